import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Client, SuiteReport } from './results.ts';
import { runSuite } from './run-suite.ts';
import { offersFiksIo, type SuiteRun, WITHOUT_FIKS_IO } from './suite-run.ts';

interface NpmSuite {
  readonly suite: string;
  readonly title: string;
  readonly page: string;
  /** From `conformance/`. */
  readonly program: string;
  /** Packages whose origin is shown. */
  readonly clients: readonly string[];
  readonly needsFiksIo?: boolean;
}

export const NPM_SUITES: readonly NpmSuite[] = [
  {
    suite: 'npm-v1',
    title: 'SvarUt REST v1, npm client',
    page: 'svarut.md',
    // It changes TLS settings for its whole process, so it gets one of its own.
    program: 'svarut-npm/main.ts',
    clients: ['@vtfk/svarut'],
  },
  {
    suite: 'fiks-io-node',
    title: 'Fiks IO from Node.js: amqplib and our own client',
    page: 'fiks-io.md',
    program: 'fiks-io-node/main.ts',
    clients: ['amqplib', '@grunnmur/exchange-client'],
    needsFiksIo: true,
  },
];

/** Runs a suite around packages from npm. */
export async function runNpmSuite(suite: NpmSuite, run: SuiteRun): Promise<SuiteReport> {
  const report = { suite: suite.suite, title: suite.title, page: suite.page, clients: [], results: [] };
  if (suite.needsFiksIo && !offersFiksIo(run.access)) return { ...report, notRun: WITHOUT_FIKS_IO };
  const program = join(import.meta.dirname, '..', suite.program);
  const results = await runSuite(process.execPath, [program, run.inputFile], run);
  return { ...report, clients: suite.clients.map(npmClient), results };
}

function npmClient(name: string): Client {
  const manifest = findPackageJSON(name, import.meta.url);
  if (!manifest) throw new Error(`${name} is not installed`);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return {
    coordinates: `${name}@${version}`,
    origin: name.startsWith('@grunnmur/') ? 'this repository' : 'npm',
    published: true,
    sha256: hashFolder(dirname(manifest)),
  };
}

/** Over names and contents of all the client's own files, so that two runs can be seen to have tried the same code. */
function hashFolder(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.filter((each) => !each.includes(`${folder}/node_modules/`)).sort())
    hash.update(relative(folder, path)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}
