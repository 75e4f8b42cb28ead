import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { openOwner } from './evidence.ts';
import { processesNaming, type ServerUnderTest } from './server-under-test.ts';

/**
 * Kills the main process of the database, or one of its connections' processes, under the running server. After the
 * first the server must end and say so; after the second the database restarts by itself and the server goes on.
 */
export async function killDatabase(
  server: ServerUnderTest,
  main: boolean,
  kills: { database: number; worker: number },
): Promise<void> {
  const pid = await server.postgresPid();
  if (main) {
    process.kill(pid, 'SIGKILL');
    kills.database += 1;
    expect(await server.ended(15_000), 'what the server says when its database is gone').toMatch(
      /PostgreSQL|database/i,
    );
    return;
  }
  const connection = openOwner(await server.databaseUrl());
  const { rows } = await connection.query<{ pid: number }>('select pg_backend_pid() as pid');
  process.kill(rows[0]!.pid, 'SIGKILL');
  kills.worker += 1;
  await connection.end();
  for (let attempt = 0; !(await isReady(server)); attempt++) {
    if (attempt === 300 || !server.alive())
      throw new Error(`the server does not find its database again:\n${server.output()}`);
    await sleep(50);
  }
  await sleep(100);
}

async function isReady(server: ServerUnderTest): Promise<boolean> {
  const answer = await fetch(`${server.baseUrl}/health/ready`, { signal: AbortSignal.timeout(5000) }).catch(
    () => undefined,
  );
  return answer?.status === 200;
}

/** Waits until no process speaks of `text` any more. */
export async function waitUntilGone(text: string): Promise<void> {
  for (let attempt = 0; attempt < 100 && (await processesNaming(text)).length > 0; attempt++)
    await sleep(100);
}
