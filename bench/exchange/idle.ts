import { setTimeout as sleep } from 'node:timers/promises';
import { rssMb } from '../kit/memory.ts';
import { sampleMemory } from '../kit/sampler.ts';
import { startServer } from '../kit/server-process.ts';
import type { Workspace } from '../kit/workspace.ts';
import { account } from './accounts.ts';
import { openIdleConnections } from './idle-connections.ts';

export interface IdleReport {
  readonly connections: number;
  readonly seconds: number;
  readonly heartbeatSeconds: number;
  readonly openSeconds: number;
  readonly lost: number;
  readonly heartbeats: number;
  /** Resident memory of the server before, and the most of it while they idled, MB. */
  readonly beforeMb: number;
  readonly idleMb: number;
}

export interface IdleOptions {
  readonly connections: number;
  readonly heartbeatSeconds: number;
  readonly seconds: number;
}

/** Connections that consume and get nothing: what do they cost, and do they stay? */
export async function measureIdle(workspace: Workspace, options: IdleOptions): Promise<IdleReport> {
  const { connections: count, heartbeatSeconds: heartbeat, seconds } = options;
  const server = await startServer(workspace, { dataDir: await workspace.folder('idle') });
  const to = account(server, 1);
  const { hostname: host, port, username, password } = await to.address();
  await sleep(3000);
  const beforeMb = await rssMb(server.pid);
  const started = performance.now();
  const idle = await openIdleConnections({
    host,
    port,
    username,
    password,
    count,
    queue: to.queue,
    heartbeat,
  });
  const openSeconds = (performance.now() - started) / 1000;
  const sampler = sampleMemory(server.pid, 2000);
  await sleep(seconds * 1000);
  const { processMb } = await sampler.stop();
  const [lost, heartbeats] = [idle.lost(), idle.heartbeats()];
  await idle.close();
  await server.stop();
  return {
    connections: count,
    seconds,
    heartbeatSeconds: heartbeat,
    openSeconds,
    lost,
    heartbeats,
    beforeMb,
    idleMb: processMb,
  };
}
