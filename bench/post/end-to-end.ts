import { setTimeout as sleep } from 'node:timers/promises';
import { type MemorySample, sampleMemory } from '../kit/sampler.ts';
import { startServer } from '../kit/server-process.ts';
import { type Latency, latencyOf, slope } from '../kit/stats.ts';
import type { Workspace } from '../kit/workspace.ts';
import type { Generator } from '../load/generator.ts';
import { pendingJobs, settleJobs } from './backlog.ts';
import { letterPlan } from './letter-plan.ts';
import { altinnRecipients } from './recipients.ts';
import { readStatuses } from './status-calls.ts';

export interface EndToEndReport {
  /** Letters offered per second. */
  readonly offered: number;
  /** Letters accepted per second of the load. */
  readonly accepted: number;
  readonly seconds: number;
  readonly acceptLatency: Latency;
  /** Letters with status VARSLET at the end, and all that were accepted. */
  readonly notified: number;
  readonly letters: number;
  /** From the answer to the sender until the status VARSLET, ms. */
  readonly toNotified: Latency;
  /** Letters notified per second, from the first answer to the last status. */
  readonly notifiedPerSecond: number;
  /** Due jobs, looked at every second. */
  readonly backlog: readonly number[];
  /** Jobs that the backlog grew by per second, over the last two thirds of the load. */
  readonly backlogGrowth: number;
  readonly memory: MemorySample;
}

/** A steady load for a while: does delivery keep up with acceptance? */
export async function measureEndToEnd(
  workspace: Workspace,
  generator: Generator,
  options: { readonly perSecond: number; readonly durationMs: number },
): Promise<EndToEndReport> {
  const server = await startServer(workspace, { dataDir: await workspace.folder('end-to-end') });
  const wish = { recipients: altinnRecipients(), connections: 64 };
  await generator.run(await letterPlan(server, { ...wish, durationMs: 2000, connections: 4 }));
  await settleJobs(server.port);

  const sampler = sampleMemory(server.pid, 1000);
  const watching = new AbortController();
  const watched = watchBacklog(server.port, watching.signal);
  const result = await generator
    .run(await letterPlan(server, { ...wish, ...options }))
    .finally(() => watching.abort());
  const backlog = await watched;
  await settleJobs(server.port);
  const memory = await sampler.stop();

  const statuses = await readStatuses(server, result.ids);
  await server.stop();
  const acceptedAt = new Map(result.ids.map((id, index) => [id, result.acceptedAt[index]!]));
  const notified = statuses.filter((letter) => letter.status === 'VARSLET');
  const times = notified.map((letter) => Date.parse(letter.sisteStatusEndring));
  const first = Math.min(...acceptedAt.values());
  return {
    offered: options.perSecond,
    accepted: (result.ids.length * 1000) / options.durationMs,
    seconds: options.durationMs / 1000,
    acceptLatency: latencyOf(result.latencies),
    notified: notified.length,
    letters: result.ids.length,
    // The status carries the time of the transaction, which may begin before the sender has read the answer.
    toNotified: latencyOf(
      notified.map((letter, index) => Math.max(0, times[index]! - acceptedAt.get(letter.id)!)),
    ),
    notifiedPerSecond: (notified.length * 1000) / (times.reduce((a, b) => Math.max(a, b), first) - first),
    backlog,
    backlogGrowth: slope(backlog.slice(Math.floor(backlog.length / 3))),
    memory,
  };
}

async function watchBacklog(port: number, signal: AbortSignal): Promise<number[]> {
  const seen: number[] = [];
  while (!signal.aborted) {
    await sleep(1000, undefined, { signal }).catch(() => {});
    if (!signal.aborted) seen.push(await pendingJobs(port));
  }
  return seen;
}
