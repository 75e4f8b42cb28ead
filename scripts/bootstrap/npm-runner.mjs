import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const MAX_ERROR_TEXT = 64 * 1024;

/**
 * A function that runs the host's npm and gives its exit code and what it said about errors.
 *
 * The installed packages' own `node` is kept out of the way: npm may be about to replace it, and an old npm need not run on a
 * new Node.js.
 * @param {string} root
 * @returns {(args: string[], cwd?: string) => Promise<{ code: number, errors: string }>}
 */
export function npmRunner(root) {
  const env = { ...process.env };
  const own = join(root, 'node_modules');
  env.PATH = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(own))
    .join(delimiter);
  const [command, before] = npmCommand(own);
  return (args, cwd = root) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, [...before, ...args], {
        cwd,
        env,
        // What npm prints about success is of no interest; its errors are.
        stdio: ['ignore', 'ignore', 'pipe'],
        shell: process.platform === 'win32' && before.length === 0,
      });
      let errors = '';
      child.stderr.setEncoding('utf8').on('data', (text) => {
        if (errors.length < MAX_ERROR_TEXT) errors += text;
      });
      child.on('error', (error) =>
        reject(new Error(`npm could not be started (${error.message}). Is npm installed?`)),
      );
      child.on('close', (code, signal) => resolve({ code: signal ? 1 : (code ?? 1), errors: errors.trim() }));
    });
}

/** Inside an npm script npm says which program it is and which Node.js runs it; elsewhere it is found in PATH. */
function npmCommand(own) {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  const usable = cli?.endsWith('.js') && existsSync(cli) && node && existsSync(node) && !node.startsWith(own);
  return usable ? [node, [cli]] : ['npm', []];
}
