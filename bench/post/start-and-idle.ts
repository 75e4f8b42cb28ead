import { setTimeout as sleep } from 'node:timers/promises';
import { childrenMb, rssMb } from '../kit/memory.ts';
import { startServer } from '../kit/server-process.ts';
import { median } from '../kit/stats.ts';
import type { Workspace } from '../kit/workspace.ts';

export interface StartReport {
  /** On an empty data folder, s. */
  readonly firstSeconds: number;
  /** On the same folder again, s, median. */
  readonly laterSeconds: number;
  readonly idleMb: number;
  readonly idleDatabaseMb: number;
}

/** How long a start takes, and what a server without work keeps in memory. */
export async function measureStart(
  workspace: Workspace,
  options: { readonly starts: number; readonly idleMs: number },
): Promise<StartReport> {
  const dataDir = await workspace.folder('start');
  // With the demonstration's letters, as `npm start` has them.
  const env = { DEMO_LETTERS: 'true' };
  const first = await startServer(workspace, { dataDir, env });
  await first.stop();
  const later: number[] = [];
  for (let start = 1; start < options.starts; start++) {
    const server = await startServer(workspace, { dataDir, env });
    later.push(server.startMs / 1000);
    await server.stop();
  }
  const server = await startServer(workspace, { dataDir, env });
  later.push(server.startMs / 1000);
  await sleep(options.idleMs);
  const report = {
    firstSeconds: first.startMs / 1000,
    laterSeconds: median(later),
    idleMb: await rssMb(server.pid),
    idleDatabaseMb: await childrenMb(server.pid),
  };
  await server.stop();
  return report;
}
