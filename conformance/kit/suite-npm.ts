import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Client, Result, SuiteReport } from './results.ts';
import { runSuite } from './run-suite.ts';

const NAME = '@vtfk/svarut';
const PROGRAM = join(import.meta.dirname, '..', 'svarut-npm', 'main.ts');

/** The npm client for REST v1. It changes TLS settings for its whole process, so it gets one of its own. */
export async function runNpmSuite(
  inputFile: string,
  baseUrl: string,
  onResult: (result: Result) => void,
): Promise<SuiteReport> {
  const results = await runSuite(process.execPath, [PROGRAM, inputFile], { baseUrl, onResult });
  return { suite: 'npm-v1', title: 'SvarUt REST v1, npm client', clients: [npmClient()], results };
}

function npmClient(): Client {
  const manifest = createRequire(import.meta.url).resolve(`${NAME}/package.json`);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return {
    coordinates: `${NAME}@${version}`,
    origin: 'npm',
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
