import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild } from '../kit/child.ts';
import { type MemorySample, sampleMemory } from '../kit/sampler.ts';
import { type ServerProcess, startServer } from '../kit/server-process.ts';
import { type Latency, latencyOf, median } from '../kit/stats.ts';
import type { Workspace } from '../kit/workspace.ts';
import type { Generator } from '../load/generator.ts';
import type { LoadResult, Recipient } from '../load/plan.ts';
import { settleJobs } from './backlog.ts';
import { barePlan, type LoadWish, letterPlan } from './letter-plan.ts';
import { altinnRecipients } from './recipients.ts';

export interface AcceptFigures {
  readonly senders: number;
  /** Accepted letters per second, median of the rounds. */
  readonly perSecond: number;
  readonly barePerSecond: number;
  readonly latency: Latency;
  readonly bareLatency: Latency;
  readonly errors: number;
  readonly memory: MemorySample;
}

export interface AcceptReport {
  readonly bySenders: readonly AcceptFigures[];
  /** 16 senders for longer than delivery gives way: the rate that can be held. */
  readonly held: AcceptFigures;
  readonly heldSeconds: number;
  /** A server that only accepts (`ROLE=web`), 16 senders, and the bare rate measured beside it. */
  readonly webOnly: AcceptFigures;
}

export interface AcceptOptions {
  readonly rounds: number;
  readonly durationMs: number;
  /** Of the one long round. */
  readonly heldMs: number;
  /** Starts an empty database and answers with its address. */
  readonly emptyDatabase: (name: string) => Promise<string>;
}

/**
 * Accepted letters per second beside the bare accept of the same run: both under the same generator, in turns, so
 * that what else the machine does falls on both.
 */
export async function measureAccept(
  workspace: Workspace,
  generator: Generator,
  options: AcceptOptions,
): Promise<AcceptReport> {
  const bare = startChild(workspace, new URL('./bare-accept-server.ts', import.meta.url));
  const folder = await workspace.folder('bare');
  const { port } = await bare.ask<{ port: number }>({ folder }, 10_000);
  const recipients = altinnRecipients();
  const sendBare = (wish: LoadWish) => generator.run(barePlan(port, wish));
  const emptyBare = () => emptyFiles(folder);
  const run: Run = { generator, options, sendBare, emptyBare, recipients };

  const server = await startServer(workspace, { dataDir: await workspace.folder('accept') });
  const bySenders: AcceptFigures[] = [];
  for (const senders of [1, 16, 64]) bySenders.push(await measure(run, server, senders, true));
  const long = { ...run, options: { ...options, rounds: 1, durationMs: options.heldMs } };
  const held = await measure(long, server, 16, true);
  await server.stop();

  const web = await startServer(workspace, {
    dataDir: await workspace.folder('web'),
    env: { ROLE: 'web', DATABASE_URL: await options.emptyDatabase('web') },
  });
  const webOnly = await measure(run, web, 16, false);
  await web.stop();
  await bare.stop();
  return { bySenders, held, heldSeconds: options.heldMs / 1000, webOnly };
}

interface Run {
  readonly generator: Generator;
  readonly options: AcceptOptions;
  readonly sendBare: (wish: LoadWish) => Promise<LoadResult>;
  /**
   * Gives the disk back what the bare server has stored. Not between two rounds, which would pay for it. The files stay:
   * ext4 looks at every inode freed in the last minutes before it makes a new file, and that would slow down the next.
   */
  readonly emptyBare: () => Promise<void>;
  readonly recipients: readonly Recipient[];
}

async function measure(
  run: Run,
  server: ServerProcess,
  senders: number,
  works: boolean,
): Promise<AcceptFigures> {
  const { generator, options, recipients } = run;
  const wish: LoadWish = { recipients, connections: senders, durationMs: options.durationMs };
  const warm: LoadWish = { ...wish, durationMs: Math.min(2000, options.durationMs) };
  await run.sendBare(warm);
  await generator.run(await letterPlan(server, warm));
  if (works) await settleJobs(server.port);
  const sampler = sampleMemory(server.pid);
  const bare: LoadResult[] = [];
  const ours: LoadResult[] = [];
  for (let round = 0; round < options.rounds; round++) {
    bare.push(await run.sendBare(wish));
    ours.push(await generator.run(await letterPlan(server, wish)));
    if (works) await settleJobs(server.port);
  }
  const memory = await sampler.stop();
  await run.emptyBare();
  return {
    senders,
    perSecond: median(ours.map((result) => result.perSecond)),
    barePerSecond: median(bare.map((result) => result.perSecond)),
    latency: latencyOf(joined(ours)),
    bareLatency: latencyOf(joined(bare)),
    errors: ours.flatMap((result) => Object.values(result.errors)).reduce((sum, count) => sum + count, 0),
    memory,
  };
}

async function emptyFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await truncate(join(folder, name));
}

function joined(results: readonly LoadResult[]): Float64Array {
  return Float64Array.from(results.flatMap((result) => [...result.latencies]));
}
