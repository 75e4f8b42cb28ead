import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const nodePackage = (root) => join(root, 'node_modules', 'node');
const binary = (root) => join(nodePackage(root), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** What stands in the way of running the pinned Node.js, or null. Cheap: does not start it. */
export function pinnedNodeProblem(root) {
  try {
    accessSync(binary(root), constants.X_OK);
    if (process.platform !== 'win32') accessSync(join(root, 'node_modules', '.bin', 'node'), constants.X_OK);
    return null;
  } catch (error) {
    return `${error.path ?? binary(root)} is ${error.code === 'EACCES' ? 'not executable' : 'missing'}`;
  }
}

/** Name of the package that holds the binary for this machine, as the package `node` chooses it. */
function platformPackage() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${platform}-${process.arch}`;
}

/**
 * Makes `node_modules/.bin/node` run the pinned version.
 *
 * The package `node` brings the binary by an install script. Where npm skips install scripts (`ignore-scripts`, or a policy that
 * asks for approval), the same platform package is fetched and linked here.
 * @param {string} root
 * @param {(args: string[], cwd?: string) => Promise<{ code: number, errors: string }>} npm
 */
export async function ensurePinnedNode(root, npm) {
  const version = JSON.parse(readFileSync(join(nodePackage(root), 'package.json'), 'utf8')).version;
  if (!existsSync(binary(root))) await placeBinary(root, version, npm);
  chmodSync(binary(root), 0o755);
  linkCommand(root);
  const run = spawnSync(binary(root), ['--version'], { encoding: 'utf8', timeout: 30_000 });
  if (run.status !== 0 || run.stdout.trim() !== `v${version}`)
    throw new Error(
      `the pinned Node.js ${version} does not run here (${platformPackage()}): ` +
        `${run.error?.message ?? run.stderr?.trim() ?? `it says ${run.stdout?.trim()}`}`,
    );
}

async function placeBinary(root, version, npm) {
  const name = platformPackage();
  const nested = join('node_modules', name, 'bin', 'node');
  const installed = [join(nodePackage(root), nested), join(root, nested)].find((file) => existsSync(file));
  if (installed) return place(installed, binary(root));
  const scratch = mkdtempSync(join(tmpdir(), 'grunnmur-node-'));
  try {
    console.error(
      `Grunnmur: npm ran no install script for the pinned Node.js; fetching ${name}@${version} …`,
    );
    const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    const { code, errors } = await npm(
      ['install', ...options, '--prefix', scratch, `${name}@${version}`],
      scratch,
    );
    const fetched = join(scratch, nested);
    if (code !== 0 || !existsSync(fetched))
      throw new Error(
        `the pinned Node.js ${version} is missing and ${name}@${version} could not be installed. ` +
          `Is there a Node.js for ${process.platform}-${process.arch} in the registry you use?\n${errors}`,
      );
    place(fetched, binary(root));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A hard link where possible, since the file is about 150 MB; a copy across file systems. */
function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  rmSync(to, { force: true });
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

function linkCommand(root) {
  if (process.platform === 'win32') return; // npm writes a command file there, which needs no target to exist
  const link = join(root, 'node_modules', '.bin', 'node');
  if (lstatSync(link, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join('..', 'node', 'bin', 'node'), link);
}
