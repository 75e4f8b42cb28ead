#!/usr/bin/env node
/**
 * Runs the command line tool with the pinned Node.js. Plain JavaScript without dependencies, since the machine's own Node.js
 * (18 or newer) starts it and need not be able to run TypeScript.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { constants as os } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// npm links this file from node_modules/.bin, and may link the whole package.
const cli = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const root = dirname(dirname(cli));
const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

function isInstalled() {
  try {
    accessSync(node, constants.X_OK);
    accessSync(join(root, 'node_modules', 'commander'));
    return true;
  } catch {
    return false;
  }
}

function run() {
  const child = spawn(node, [join(cli, 'main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    // A server that we have started ends when we do, however that happens.
    env: { ...process.env, GRUNNMUR_LAUNCHER: String(process.pid) },
  });
  // A terminal sends Ctrl-C to both of us. Passing it on as well would make two of one, and two mean "at once".
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`grunnmur: ${node} could not be started (${error.message}). Install again: npm install`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => process.exit(signal ? 128 + os.signals[signal] : code));
}

if (isInstalled()) run();
else {
  console.error(
    `grunnmur: the dependencies are not installed in ${root}.\n` +
      'Run "npm start" there once (it installs them and starts the platform), or only: npm install',
  );
  process.exitCode = 1;
}
