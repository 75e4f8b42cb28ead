import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, delimiter, dirname, join, sep } from 'node:path';
import { findJavaTools, type JavaTools, javaEnvironment } from './find-tools.ts';
import type { Client, SuiteReport } from './results.ts';
import { runProcess } from './run-process.ts';
import { runSuite } from './run-suite.ts';
import { offersFiksIo, type SuiteRun, WITHOUT_FIKS_IO } from './suite-run.ts';
import { trustOptions } from './trust-store.ts';

const ROOT = join(import.meta.dirname, '..');
const BUILD_TIMEOUT_MS = 8 * 60_000;

interface JavaSuite {
  readonly suite: string;
  readonly title: string;
  readonly page: string;
  /** Maven project, from `conformance/`. */
  readonly project: string;
  readonly module: string;
  readonly main: string;
  /** `group:artifact` of the libraries whose origin is looked up and shown. */
  readonly clients: readonly string[];
  readonly needsFiksIo?: boolean;
}

export const JAVA_SUITES: readonly JavaSuite[] = [
  {
    suite: 'java-v2',
    title: 'SvarUt REST v2, Java/Kotlin client',
    page: 'svarut.md',
    project: 'svarut-java',
    module: 'v2',
    main: 'no.grunnmur.conformance.v2.Main',
    clients: ['no.ks.fiks:fiks-svarut-klient', 'no.ks.fiks:maskinporten-client', 'no.ks.fiks:kryptering'],
  },
  {
    suite: 'java-v1',
    title: 'SvarUt REST v1, Java client',
    page: 'svarut.md',
    project: 'svarut-java',
    module: 'v1',
    main: 'no.grunnmur.conformance.v1.Main',
    clients: ['no.ks.fiks.svarut:svarut-rest-klient'],
  },
  {
    suite: 'fiks-io-java',
    title: 'Fiks IO, Java client',
    page: 'fiks-io.md',
    project: 'fiks-io-java',
    module: 'klient',
    main: 'no.grunnmur.conformance.fiksio.Main',
    clients: [
      'no.ks.fiks:fiks-io-klient-java',
      'no.ks.fiks:fiks-io-asice-handler',
      'no.ks.fiks:fiks-io-send-klient',
      'no.ks.fiks:fiks-io-commons',
      'no.ks.fiks:dokumentlager-klient',
      'no.ks.fiks:kryptering',
      'no.ks.fiks:maskinporten-client',
      'com.rabbitmq:amqp-client',
    ],
    needsFiksIo: true,
  },
  {
    suite: 'fiks-io-send-java',
    title: 'Fiks IO, Java client that only sends',
    page: 'fiks-io.md',
    project: 'fiks-io-java',
    module: 'send',
    main: 'no.grunnmur.conformance.fiksio.send.Main',
    clients: ['no.ks.fiks:fiks-io-send-klient', 'no.ks.fiks:maskinporten-client', 'com.rabbitmq:amqp-client'],
    needsFiksIo: true,
  },
  {
    suite: 'dokumentlager-java',
    title: 'Fiks Dokumentlager, Java client',
    page: 'fiks-io.md',
    project: 'fiks-io-java',
    module: 'dokumentlager',
    main: 'no.grunnmur.conformance.fiksio.dokumentlager.Main',
    clients: ['no.ks.fiks:dokumentlager-klient', 'no.ks.fiks:kryptering', 'no.ks.fiks:maskinporten-client'],
    needsFiksIo: true,
  },
];

/** Builds and runs one module around a client from Maven Central. */
export async function runJavaSuite(suite: JavaSuite, run: SuiteRun): Promise<SuiteReport> {
  const report = { suite: suite.suite, title: suite.title, page: suite.page, clients: [], results: [] };
  if (suite.needsFiksIo && !offersFiksIo(run.access)) return { ...report, notRun: WITHOUT_FIKS_IO };
  const tools = await findJavaTools();
  if ('missing' in tools)
    return { ...report, notRun: { reason: 'tools', explanation: `Missing: ${tools.missing.join('. ')}` } };
  const built = await build(suite, tools, run.mavenArguments);
  if (built.unavailable)
    return {
      ...report,
      notRun: {
        reason: 'unavailable',
        explanation: `The Maven repository does not have ${built.unavailable}.`,
      },
    };
  if (!built.classpath) {
    const failure = { name: 'builds with Maven', ok: false, ms: built.ms, error: built.output };
    run.onResult(failure);
    return { ...report, results: [failure] };
  }
  const { classpath } = built;
  const clients = suite.clients.map((client) => describe(client, classpath));
  const options = ['-cp', classpath.join(delimiter), '-Dfile.encoding=UTF-8', '-Xmx512m'];
  const trust = suite.needsFiksIo ? await trustOptions(tools, run) : [];
  const results = await runSuite(tools.java, [...options, ...trust, suite.main, run.inputFile], run);
  return { ...report, clients, results };
}

interface Build {
  readonly ms: number;
  readonly output: string;
  readonly classpath?: readonly string[];
  /** Artifacts that the repository answered it does not have. */
  readonly unavailable?: string;
}

/** Compiles the module and writes down where Maven put each library. */
async function build(
  { project, module }: JavaSuite,
  tools: JavaTools,
  extra: readonly string[],
): Promise<Build> {
  const begun = Date.now();
  const folder = join(ROOT, project);
  const file = join(folder, module, 'target', 'classpath.txt');
  const goals = [
    'compile',
    'dependency:build-classpath',
    `-Dmdep.outputFile=${file}`,
    '-Dmdep.includeScope=runtime',
  ];
  // -U: an artifact that was missing yesterday is asked for again.
  const args = ['-q', '-B', '-U', '-ntp', '-pl', module, '-am', ...goals, ...extra];
  const { code, output } = await runProcess(tools.mvn, args, {
    cwd: folder,
    env: javaEnvironment(tools.javaHome),
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  const ms = Date.now() - begun;
  if (code === 0 && existsSync(file)) {
    const libraries = readFileSync(file, 'utf8').trim().split(delimiter);
    return { ms, output, classpath: [join(folder, module, 'target', 'classes'), ...libraries] };
  }
  const unavailable = unavailableArtifacts(output);
  return { ms, output: output.trim().slice(-4000), ...(unavailable && { unavailable }) };
}

/**
 * The artifacts that the repository says it does not have. A repository that cannot be reached says nothing of the kind, and
 * that is an ordinary failure.
 */
export function unavailableArtifacts(output: string): string | undefined {
  const unreachable = /Could not transfer|Unknown host|Connection (?:refused|timed out|reset)/.test(output);
  const missing = /(?:Could not find artifact|The following artifacts could not be resolved:)/.test(output);
  if (!missing || unreachable) return undefined;
  const names = output.matchAll(/\b(no\.ks\.[\w.]+:[\w.-]+):(?:jar|pom):([\w.-]+)/g);
  const artifacts = [...new Set([...names].map(([, artifact, version]) => `${artifact}:${version}`))];
  return artifacts.length > 0 ? artifacts.join(', ') : undefined;
}

/** Says which file was used and whether Maven noted that it came from Maven Central. */
function describe(coordinates: string, classpath: readonly string[]): Client {
  const [group = '', artifact = ''] = coordinates.split(':');
  const folder = join(sep, ...group.split('.'), artifact);
  const jar = classpath.find((path) => dirname(dirname(path)).endsWith(folder));
  if (!jar) return { coordinates, origin: 'not on the class path', published: false };
  const central = fromCentral(jar);
  return {
    coordinates: `${coordinates}:${basename(dirname(jar))}`,
    origin: central ? 'Maven Central' : 'local build',
    published: central,
    sha256: createHash('sha256').update(readFileSync(jar)).digest('hex'),
  };
}

/** Maven notes beside each file which repository it came from; a file that was installed locally has no repository. */
function fromCentral(jar: string): boolean {
  const note = join(dirname(jar), '_remote.repositories');
  return (
    existsSync(note) &&
    readFileSync(note, 'utf8')
      .split('\n')
      .includes(`${basename(jar)}>central=`)
  );
}
