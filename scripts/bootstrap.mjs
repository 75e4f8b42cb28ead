/**
 * Installs the dependencies when they are missing or stale, and does nothing, quickly, when they are not. With `--without-dev`
 * it leaves out what only tests and checks need, unless that is installed already; without, it adds it.
 *
 * Runs before `npm start`, `npm test`, `npm run check` … with whatever Node.js (18 or newer) the machine has, so it is plain
 * JavaScript without dependencies. After it, `node` in npm scripts is the pinned one: npm puts `node_modules/.bin` first in PATH.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withInstallLock } from './bootstrap/install-lock.mjs';
import { npmRunner } from './bootstrap/npm-runner.mjs';
import { ensurePinnedNode, pinnedNodeProblem } from './bootstrap/pinned-node.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.grunnmur-install');
const withoutDev = process.argv.includes('--without-dev');
/** Before the fingerprint in the stamp of an installation that has no development packages. */
const RUN_ONLY = 'run-only ';

/** Files of every workspace that decide what gets installed, in a fixed order. */
function inputFiles() {
  const workspaces = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces;
  const folders = workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(root, parent))
      .sort()
      .map((name) => `${parent}/${name}`);
  });
  const files = [
    'package.json',
    'package-lock.json',
    '.npmrc',
    ...folders.map((folder) => `${folder}/package.json`),
  ];
  return files.filter((file) => existsSync(join(root, file)));
}

/** Changes whenever another set of packages, or of platform binaries, could be wanted. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}\n`);
  for (const file of inputFiles()) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** npm follows its message with pages of usage. */
const firstLines = (text) => text.split('\n').slice(0, 15).join('\n');

/** What the stamp of an earlier installation says; empty when there is none. */
function readStamp() {
  try {
    return readFileSync(stamp, 'utf8');
  } catch {
    return '';
  }
}

function isFresh(wanted) {
  const found = readStamp();
  const enough = found === wanted || (withoutDev && found === RUN_ONLY + wanted);
  return enough && pinnedNodeProblem(root) === null;
}

/** npm writes this file last, so without it an earlier installation was cut off and is better begun anew. */
const isComplete = () => existsSync(join(modules, '.package-lock.json'));

/** Who has development packages keeps them, also when `npm start` is the first to see that something is stale. */
function omitsDev() {
  const found = readStamp();
  return withoutDev && (found === '' ? !isComplete() : found.startsWith(RUN_ONLY));
}

/** @param {boolean} omitDev */
async function install(omitDev) {
  const npm = npmRunner(root);
  const complete = isComplete();
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', omitDev ? '--omit=dev' : '--include=dev'];
  console.error(
    complete
      ? 'Grunnmur: updating dependencies …'
      : 'Grunnmur: installing dependencies (the first time takes a minute or two) …',
  );
  const exact = ['ci', ...quiet];
  // Keeps what is there and never rewrites the lock file, whichever npm version runs it.
  const lenient = ['install', '--no-save', ...quiet];
  // The second way mends what the first cannot: a damaged folder, or a lock file without the packages of another platform.
  const ways = complete ? [lenient, exact] : [exact, lenient];
  const said = [];
  for (const way of ways) {
    const { code, errors } = await npm(way);
    said.push(`--- npm ${way[0]}: exit code ${code}\n${firstLines(errors)}`);
    if (code === 0) break;
    if (way === ways.at(-1))
      throw new Error(
        `npm could not install the dependencies. Check that the npm registry can be reached and that this folder is writable, ` +
          `then run the same command again.\n${said.join('\n')}`,
      );
  }
  await ensurePinnedNode(root, npm);
}

async function main() {
  if (Number(process.versions.node.split('.')[0]) < 18)
    throw new Error(`Node.js 18 or newer is needed to begin with; this is ${process.version}.`);
  const wanted = fingerprint();
  if (isFresh(wanted)) return;
  if (existsSync(modules) && !statSync(modules).isDirectory())
    throw new Error(`${modules} is in the way: it is not a folder.`);
  await withInstallLock(join(root, '.install-lock'), async () => {
    if (isFresh(wanted)) return;
    const omitDev = omitsDev();
    await install(omitDev);
    writeFileSync(stamp, omitDev ? RUN_ONLY + wanted : wanted);
  });
}

try {
  await main();
} catch (error) {
  console.error(`Grunnmur: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
