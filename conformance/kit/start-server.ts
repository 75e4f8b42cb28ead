import type { ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readAccess } from './access.ts';
import { killProcess, startProcess, stopProcess } from './run-process.ts';
import type { RunningBroker } from './start-broker.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const START_TIMEOUT_MS = 120_000;

/** Printable letters are refused above this size on our own server, so that the rule can be tried with a small file. */
export const MAX_PRINTABLE_MB = 5;

export interface RunningServer {
  readonly accessFile: string;
  readonly logFile: string;
  /** Kills it without warning and starts it again, on the same addresses and on what it had stored. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the whole platform as `npm start` does, with nothing in it but the demonstration, on free ports. With a broker, that
 * has the queues, and is stopped and started again when the server is killed.
 */
export async function startServer(folder: string, broker?: RunningBroker): Promise<RunningServer> {
  const dataDir = join(folder, 'data');
  await mkdir(dataDir, { mode: 0o755 });
  const place: Place = {
    dataDir,
    accessFile: join(dataDir, 'demo-access.json'),
    logFile: join(folder, 'server.log'),
  };
  const begin = async (ports: NodeJS.ProcessEnv) => {
    const child = await launch(place, { ...ports, ...broker?.env });
    if (broker) nameAuthority(place.accessFile, broker.caPem);
    return child;
  };
  let child = await begin({ PORT: '0', AMQP_PORT: '0', AMQPS_PORT: '0' });
  return {
    ...place,
    restart: async () => {
      const ports = usedPorts(place.accessFile);
      await killProcess(child);
      // A file of the time before would be taken for a sign of life.
      await rm(place.accessFile);
      await broker?.shutDown();
      await broker?.start();
      child = await begin(ports);
    },
    stop: () => stopProcess(child),
  };
}

/** The server does not know who vouches for the broker's certificate. */
function nameAuthority(accessFile: string, caPem: string): void {
  const access = JSON.parse(readFileSync(accessFile, 'utf8')) as { amqp: object };
  writeFileSync(accessFile, JSON.stringify({ ...access, amqp: { ...access.amqp, caPem } }), { mode: 0o600 });
}

interface Place {
  readonly dataDir: string;
  readonly accessFile: string;
  readonly logFile: string;
}

async function launch(
  { dataDir, accessFile, logFile }: Place,
  ports: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  const child = startProcess(process.execPath, ['apps/server/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      // Not the settings of whoever starts the run: a fresh server means the defaults and what is said here.
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      GRUNNMUR_DATA: dataDir,
      MAX_PRINTABLE_MB: String(MAX_PRINTABLE_MB),
      ...ports,
    },
  });
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
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
  return child;
}

function usedPorts(accessFile: string): NodeJS.ProcessEnv {
  const { baseUrl, amqp } = readAccess(accessFile);
  return {
    PORT: new URL(baseUrl).port,
    AMQP_PORT: String(amqp?.port ?? 0),
    AMQPS_PORT: String(amqp?.tlsPort ?? 0),
  };
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
