import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AccessFile } from './access-file.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** `npm start` in a process of its own. */
export interface ChildServer {
  readonly pid: number;
  /** Everything it has written so far, log lines included. */
  output(): string;
  access(): Promise<AccessFile>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

export interface SpawnOptions {
  /** Run as another user; only root may. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Most open files of the process (`ulimit -n`). */
  readonly openFiles?: number;
}

function launch(settings: Record<string, string>, options: SpawnOptions) {
  const limited =
    options.openFiles === undefined ? [] : ['sh', '-c', `ulimit -n ${options.openFiles}; exec "$0" "$@"`];
  const [command = '', ...args] = [...limited, process.execPath, MAIN];
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options.user,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, output })),
  );
  return { child, ended, output: () => output };
}

/** Starts the server and waits until it says that it is ready; fails with its output when it ends instead. */
export async function startChild(
  settings: Record<string, string> & { GRUNNMUR_DATA: string },
  options: SpawnOptions = {},
): Promise<ChildServer> {
  const { child, ended, output } = launch(settings, options);
  await untilReady(child, output, ended);
  return {
    pid: child.pid!,
    output,
    access: async () =>
      JSON.parse(await readFile(join(settings.GRUNNMUR_DATA, 'demo-access.json'), 'utf8')) as AccessFile,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs a start that is expected to end by itself. */
export async function runChild(settings: Record<string, string>): Promise<Ended> {
  return launch(settings, {}).ended;
}

async function untilReady(child: ChildProcess, output: () => string, ended: Promise<Ended>): Promise<void> {
  const ready = new Promise<void>((resolve) =>
    child.stdout!.on('data', () => {
      if (output().includes('Grunnmur is ready')) resolve();
    }),
  );
  const early = ended.then((end) => {
    throw new Error(`the server ended with ${end.code ?? end.signal}:\n${end.output}`);
  });
  // After readiness the end is expected and no longer an error.
  early.catch(() => {});
  await Promise.race([ready, early]);
}
