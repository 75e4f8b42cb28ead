import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivate } from './secrets.ts';

/** What a running server tells commands in other terminals, `<data>/server.json`. */
export interface RunningServer {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Address for people and systems; behind a proxy the proxy's. */
  readonly baseUrl: string;
  /** Where this machine reaches it past any proxy; undefined for a worker, which listens nowhere. */
  readonly localUrl: string | undefined;
  /** The operator's own listener, when metrics and health are not at the main address. */
  readonly operationsUrl: string | undefined;
  readonly amqpPorts: readonly number[];
}

const fileIn = (dataDir: string) => join(dataDir, 'server.json');

export async function announceServer(dataDir: string, server: RunningServer): Promise<void> {
  await writePrivate(fileIn(dataDir), `${JSON.stringify(server, null, 2)}\n`);
}

/** Leaves what another process has written since. */
export async function withdrawServer(dataDir: string, pid = process.pid): Promise<void> {
  const known = await readServer(dataDir);
  if (known?.pid === pid) await rm(fileIn(dataDir), { force: true });
}

/** The server that runs on the folder; undefined when none does, also when one was killed. */
export async function findRunningServer(dataDir: string): Promise<RunningServer | undefined> {
  const known = await readServer(dataDir);
  return known && lives(known.pid) ? known : undefined;
}

async function readServer(dataDir: string): Promise<RunningServer | undefined> {
  try {
    return JSON.parse(await readFile(fileIn(dataDir), 'utf8')) as RunningServer;
  } catch {
    return undefined;
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
