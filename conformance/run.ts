/**
 * `npm run conformance`: runs published clients, unmodified, against a complete server and reports how it went. `--help` tells the
 * options.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAccess } from './kit/access.ts';
import { type Options, readOptions, USAGE } from './kit/options.ts';
import { writeProtocolPages } from './kit/protocol-page.ts';
import { createQuestions } from './kit/questions.ts';
import { addUp, type NotRunReason, resultLine, type SuiteReport, type Totals } from './kit/results.ts';
import { stopAll } from './kit/run-process.ts';
import type { SuiteInput } from './kit/run-suite.ts';
import { writeSampleDocuments } from './kit/sample-documents.ts';
import { availableBrokers, BROKERS, type BrokerName, startBroker } from './kit/start-broker.ts';
import { MAX_PRINTABLE_MB, type RunningServer, startServer, tail } from './kit/start-server.ts';
import { JAVA_SUITES, runJavaSuite } from './kit/suite-java.ts';
import { NPM_SUITES, runNpmSuite } from './kit/suite-npm.ts';
import { PYTHON_SUITES, runPythonSuite } from './kit/suite-python.ts';
import type { SuiteRun } from './kit/suite-run.ts';

const FIKS_IO_PAGE = 'fiks-io.md';

/** The run's own folder, while it exists. */
let folder: string | undefined;

const ci = Boolean(process.env.CI) && process.env.CI !== 'false';

async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  const options = readOptions(process.argv.slice(2), ci);
  folder = await mkdtemp(join(tmpdir(), 'grunnmur-conformance-'));
  // PostgreSQL runs as somebody else when we are root, and has to get to its folder below this one.
  await chmod(folder, 0o755);
  try {
    const brokers = brokersFor(options);
    const reports: SuiteReport[] = [];
    for (const broker of brokers) reports.push(...(await runWith(options, join(folder, broker), broker)));
    const totals = await conclude(options, reports);
    // Alone on the last line, for whoever adds up.
    console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
    // A run that tried nothing has shown nothing.
    return totals.failed > 0 || totals.passed === 0 ? 1 : 0;
  } finally {
    await removeFolder();
  }
}

/** An installation that is already there has the broker it has. */
function brokersFor({ brokers, target, strict }: Options): readonly BrokerName[] {
  if (target) return ['built-in'];
  const available = availableBrokers();
  const missing = brokers.filter((broker) => !available.includes(broker));
  if (missing.length > 0 || (strict && brokers.length === 0 && available.length < BROKERS.length))
    throw new Error('RabbitMQ is not installed (on Debian: apt-get install rabbitmq-server).');
  if (available.length < BROKERS.length)
    console.log('RabbitMQ is not installed: it is not tried as the broker.');
  return brokers.length > 0 ? brokers : available;
}

/** Runs the suites against a server with this broker; with RabbitMQ those of Fiks IO, since nothing else knows of it. */
async function runWith(options: Options, place: string, name: BrokerName): Promise<SuiteReport[]> {
  await mkdir(place, { mode: 0o755 });
  const broker = name === 'rabbitmq' ? await startBroker(place) : undefined;
  let server: RunningServer | undefined;
  try {
    if (!options.target) server = await startServer(place, broker);
    const accessFile = options.target?.accessFile ?? (server as RunningServer).accessFile;
    const access = readAccess(accessFile);
    const baseUrl = options.target?.baseUrl ?? access.baseUrl;
    const how = broker
      ? `, started for this run with ${broker.name} as the broker`
      : ', started for this run';
    console.log(`Conformance against ${baseUrl}${server ? how : ''}`);
    const inputFile = await prepare(place, {
      baseUrl,
      access: accessFile,
      ownServer: server !== undefined,
      broker: name,
    });
    const reports = await runSuites(options, broker !== undefined, {
      inputFile,
      baseUrl,
      access,
      folder: place,
      mavenArguments: options.mavenArguments,
      questions: createQuestions(baseUrl, access, server),
      onResult: (result) => console.log(resultLine(result)),
    });
    const failed = reports.some(({ results }) => results.some(({ ok }) => !ok));
    if (failed && server) console.log(`\nThe server's last words:\n${tail(server.logFile)}`);
    return broker ? reports.map((report) => ({ ...report, broker: broker.name })) : reports;
  } finally {
    await server?.stop();
    await broker?.stop();
  }
}

async function removeFolder(): Promise<void> {
  if (folder) await rm(folder, { recursive: true, force: true });
  folder = undefined;
}

/** Writes the sample documents and what the suites need to know; gives the path of the latter. */
async function prepare(folder: string, known: Omit<SuiteInput, 'documents'>): Promise<string> {
  await writeSampleDocuments(folder, MAX_PRINTABLE_MB + 1);
  const inputFile = join(folder, 'input.json');
  const input: SuiteInput = { ...known, documents: folder };
  await writeFile(inputFile, JSON.stringify(input), { mode: 0o600 });
  return inputFile;
}

async function runSuites({ only }: Options, fiksIoOnly: boolean, run: SuiteRun): Promise<SuiteReport[]> {
  const suites = [
    ...NPM_SUITES.map((suite) => ({ ...suite, start: () => runNpmSuite(suite, run) })),
    ...PYTHON_SUITES.map((suite) => ({ ...suite, start: () => runPythonSuite(suite, run) })),
    ...JAVA_SUITES.map((suite) => ({ ...suite, start: () => runJavaSuite(suite, run) })),
  ];
  const unknown = only.filter((name) => !suites.some(({ suite }) => suite === name));
  if (unknown.length > 0)
    throw new Error(
      `No such suite: ${unknown.join(', ')}. There are: ${suites.map(({ suite }) => suite).join(', ')}`,
    );
  const reports: SuiteReport[] = [];
  for (const { suite, title, page, start } of suites) {
    if (only.length > 0 && !only.includes(suite)) continue;
    if (fiksIoOnly && page !== FIKS_IO_PAGE) continue;
    console.log(`\n${title} (${suite})`);
    reports.push(await start());
  }
  return reports;
}

/** Prints the summary and writes the protocol page. */
async function conclude(options: Options, reports: readonly SuiteReport[]): Promise<Totals> {
  const mayBeMissing = (reason: NotRunReason): boolean =>
    !options.strict || (reason === 'unavailable' && options.allowUnavailable);
  console.log('\nSummary');
  for (const { suite, clients, results, notRun, broker } of reports) {
    const failed = results.filter((result) => !result.ok).length;
    console.log(
      `  ${suite.padEnd(18)} ${notRun ? 'NOT RUN' : `${results.length - failed} passed, ${failed} failed`}${broker ? ` (${broker})` : ''}`,
    );
    for (const { coordinates, origin, sha256 } of clients)
      console.log(`    ${coordinates} (${origin}${sha256 ? `, sha256 ${sha256.slice(0, 16)}…` : ''})`);
  }
  for (const { suite, title, notRun } of reports)
    if (notRun)
      console.log(
        `\n!! NOT RUN: ${title} (${suite})\n   ${notRun.explanation}\n   Nothing is known about this client.`,
      );
  if (options.write) {
    const day = new Date().toISOString().slice(0, 10);
    for (const line of writeProtocolPages(reports, day, options.localOrigin)) console.log(`\n${line}`);
  }
  return addUp(reports, mayBeMissing);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    void stopAll()
      .then(removeFolder)
      .finally(() => process.exit(130));
  });

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`Conformance: ${error instanceof Error ? error.message : error}`);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  await stopAll();
}
