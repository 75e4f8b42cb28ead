import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startProcess, stopProcess } from './run-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const START_TIMEOUT_MS = 120_000;

/** Printable letters are refused above this size on our own server, so that the rule can be tried with a small file. */
export const MAX_PRINTABLE_MB = 5;

export interface RunningServer {
  readonly accessFile: string;
  readonly logFile: string;
  stop(): Promise<void>;
}

/** Starts the whole platform as `npm start` does, with nothing in it but the demonstration, on a free port. */
export async function startServer(folder: string): Promise<RunningServer> {
  const dataDir = join(folder, 'data');
  await mkdir(dataDir, { mode: 0o755 });
  const logFile = join(folder, 'server.log');
  const child = startProcess(process.execPath, ['apps/server/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      // Not the settings of whoever starts the run: a fresh server means the defaults and what is said here.
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      PORT: '0',
      GRUNNMUR_DATA: dataDir,
      MAX_PRINTABLE_MB: String(MAX_PRINTABLE_MB),
    },
  });
  const log = createWriteStream(logFile);
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const accessFile = join(dataDir, 'demo-access.json');
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isReady(accessFile))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The server did not start:\n${tail(logFile)}`);
    if (Date.now() > deadline) {
      await stopProcess(child);
      throw new Error(`The server was not ready within ${START_TIMEOUT_MS / 1000} s:\n${tail(logFile)}`);
    }
    await wait(200);
  }
  return { accessFile, logFile, stop: () => stopProcess(child) };
}

async function isReady(accessFile: string): Promise<boolean> {
  if (!existsSync(accessFile)) return false;
  try {
    const { baseUrl } = JSON.parse(readFileSync(accessFile, 'utf8')) as { baseUrl: string };
    return (await fetch(`${baseUrl}/health/ready`, { signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}

/** The last lines of a file. */
export function tail(file: string, lines = 40): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '';
}
