import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Client, Result, SuiteReport } from './results.ts';
import { runProcess } from './run-process.ts';
import { runSuite } from './run-suite.ts';
import { offersFiksIo, type SuiteRun, WITHOUT_FIKS_IO } from './suite-run.ts';

export const PYTHON_SUITES = [
  {
    suite: 'python',
    title: 'From Python: a client generated from the description, and aio-pika',
    page: 'fiks-io.md',
  },
] as const;

const FOLDER = join(import.meta.dirname, '..', 'python');
const REQUIREMENTS = join(FOLDER, 'requirements.txt');
const CLIENTS = ['openapi-python-client', 'aio-pika'];
/** The generated code uses what came with it. */
const WANTED = '3.11';
const INSTALL = 'On Debian or Ubuntu: apt-get install python3 python3-venv python3-pip.';
const TIMEOUT_MS = 5 * 60_000;

/** Installs the clients where nothing else is, generates one from the running server, and runs the suite with both. */
export async function runPythonSuite(
  suite: (typeof PYTHON_SUITES)[number],
  run: SuiteRun,
): Promise<SuiteReport> {
  const report: SuiteReport = { ...suite, clients: [], results: [] };
  if (!offersFiksIo(run.access)) return { ...report, notRun: WITHOUT_FIKS_IO };
  const python = await findPython();
  if (!python) {
    const explanation = `There is no Python ${WANTED} or newer with venv and pip. ${INSTALL}`;
    return { ...report, notRun: { reason: 'tools', explanation } };
  }
  const place = join(run.folder, 'python');
  const bin = join(place, 'bin');
  const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter), PYTHONDONTWRITEBYTECODE: '1' };
  const steps: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
    ['an environment for it is made', python, ['-m', 'venv', place]],
    [
      'it is installed',
      join(bin, 'pip'),
      ['install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS],
    ],
    [
      'a client is generated from the description, without a warning',
      join(bin, 'openapi-python-client'),
      [
        ...['generate', '--url', `${run.baseUrl}/api/openapi.json`, '--meta', 'none', '--fail-on-warning'],
        ...['--output-path', join(place, 'generated')],
      ],
    ],
  ];
  const results: Result[] = [];
  for (const [name, command, args] of steps) {
    const begun = Date.now();
    const { code, output } = await runProcess(command, args, { timeoutMs: TIMEOUT_MS, env });
    if (code !== 0 && UNAVAILABLE.test(output)) {
      const explanation = `The package index in reach does not have what is asked for: ${output.trim().slice(-500)}`;
      return { ...report, notRun: { reason: 'unavailable', explanation } };
    }
    const result = { name, ok: code === 0, ms: Date.now() - begun, ...(code === 0 ? {} : { error: output }) };
    results.push(result);
    run.onResult(result);
    if (code !== 0) return { ...report, clients: clients(), results };
  }
  const withClient = { ...env, PYTHONPATH: place };
  results.push(
    ...(await runSuite(join(bin, 'python'), [join(FOLDER, 'main.py'), run.inputFile], run, withClient)),
  );
  return { ...report, clients: clients(), results };
}

const UNAVAILABLE = /No matching distribution found/;

async function findPython(): Promise<string | undefined> {
  const version = WANTED.replace('.', ', ');
  const question = `import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (${version}) else 1)`;
  for (const program of [process.env.PYTHON, 'python3', 'python']) {
    if (!program) continue;
    if ((await runProcess(program, ['-c', question], { timeoutMs: 30_000 })).code === 0) return program;
  }
  return undefined;
}

function clients(): Client[] {
  const lines = readFileSync(REQUIREMENTS, 'utf8').split('\n');
  return CLIENTS.map((name) => {
    const line = lines.find((each) => each.startsWith(`${name}==`));
    if (!line) throw new Error(`${REQUIREMENTS} has no version of ${name}`);
    return { coordinates: line.replace('==', '@'), origin: 'PyPI', published: true };
  });
}
