import { setTimeout as sleep } from 'node:timers/promises';
import type { Ctx } from '../ctx/index.ts';
import { newId } from '../ids/index.ts';
import type { Logger } from '../log/index.ts';
import {
  finishJobs,
  type JobStore,
  leaseOf,
  type PickedBatch,
  type PickedJob,
  renewJobs,
  type Settlement,
} from './job-store.ts';
import { errorForLog, errorText, interrupt, settleDying, settlementFor } from './settle.ts';
import { JOB_DEFAULTS, type JobDefinition, type JobResult } from './types.ts';

export interface BatchEnv {
  readonly store: JobStore;
  readonly log: Logger;
  readonly random: () => number;
}

export interface BatchCounts {
  done: number;
  retried: number;
  snoozed: number;
  dead: number;
  /** Settled by somebody else because our lease had run out. */
  lost: number;
  /** Shortest delay given to a job of the batch, in ms. */
  nextInMs: number;
}

/** A batch whose handler runs. */
export interface RunningBatch {
  readonly done: Promise<BatchCounts>;
  /** Tells the handler to stop. */
  abort(): void;
  /** Gives the jobs back; whatever the handler answers later is ignored. */
  abandon(): Promise<void>;
}

interface Run extends BatchEnv {
  readonly definition: JobDefinition;
  readonly batch: PickedBatch;
  readonly controller: AbortController;
  readonly counts: BatchCounts;
  abandoned: boolean;
}

/** Hands a batch to its handler under a renewed lease and settles every job of it. `done` never rejects. */
export function runBatch(env: BatchEnv, definition: JobDefinition, batch: PickedBatch): RunningBatch {
  const run: Run = {
    ...env,
    definition,
    batch,
    controller: new AbortController(),
    counts: { done: 0, retried: 0, snoozed: 0, dead: 0, lost: 0, nextInMs: Number.POSITIVE_INFINITY },
    abandoned: false,
  };
  const heartbeat = setInterval(() => void beat(run), Math.max(10, leaseOf(definition) / 3));
  const done = process(run)
    .catch((error) => {
      // The jobs stay ours until the lease ends, then somebody takes them over.
      run.log.error({ queue: definition.queue, ...errorForLog(error) }, 'jobs could not be settled');
    })
    .then(() => run.counts)
    .finally(() => clearInterval(heartbeat));
  return {
    done,
    abort: () => run.controller.abort(new Error('the worker stops')),
    abandon: async () => {
      run.abandoned = true;
      clearInterval(heartbeat);
      await finishJobs(run.store, definition, batch, batch.jobs.map(interrupt));
    },
  };
}

async function process(run: Run): Promise<void> {
  const { batch, definition } = run;
  const dying = batch.jobs.filter((picked) => picked.dying);
  const living = batch.jobs.filter((picked) => !picked.dying);
  const settlements: Settlement[] = [];
  if (living.length > 0) {
    const results = await callHandler(run, living);
    for (const [index, picked] of living.entries())
      settlements.push(settlementFor(definition, picked, results[index]!, run.random));
  }
  if (settlements.length > 0) await settle(run, settlements);
  const held = new Map(settlements.filter((s) => s.action === 'hold').map((s) => [s.seq, s.error]));
  const mourned = living.filter((picked) => held.has(picked.seq));
  const farewells: Settlement[] = [];
  for (const picked of [...dying, ...mourned]) {
    const failed = await sayFarewell(run, picked, held.get(picked.seq) ?? picked.lastError ?? 'unknown');
    farewells.push(settleDying(picked.seq, failed));
  }
  if (farewells.length > 0) await settle(run, farewells);
}

async function callHandler(run: Run, living: readonly PickedJob[]): Promise<readonly JobResult[]> {
  const { definition, controller } = run;
  const timeoutMs = definition.timeoutMs ?? JOB_DEFAULTS.timeoutMs;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`timed out after ${timeoutMs} ms`);
      reject(error);
      controller.abort(error);
    }, timeoutMs);
  });
  try {
    const jobs = living.map((picked) => picked.job);
    const work = Promise.resolve().then(() => definition.handle(ctxFor(run, jobs.length === 1), jobs));
    const results = await Promise.race([work, timeout]);
    if (!results) return living.map(() => ({ outcome: 'done' }));
    if (results.length !== living.length)
      throw new Error(`handler answered ${results.length} results for ${living.length} jobs`);
    return results;
  } catch (error) {
    run.log.warn(
      {
        queue: definition.queue,
        jobs: living.length,
        attempt: living[0]!.job.attempt,
        ...errorForLog(error),
      },
      'job handler failed',
    );
    return living.map(() => ({ outcome: 'retry', error: errorText(error) }));
  } finally {
    clearTimeout(timer);
  }
}

/** Calls `onDead`; true when it failed. */
async function sayFarewell(run: Run, picked: PickedJob, error: string): Promise<boolean> {
  const { definition } = run;
  try {
    await definition.onDead?.(ctxFor(run, run.batch.jobs.length === 1), picked.job, error);
    return false;
  } catch (failure) {
    run.log.error({ queue: definition.queue, ...errorForLog(failure) }, 'onDead failed');
    return true;
  }
}

function ctxFor(run: Run, alone: boolean): Ctx {
  const { job } = run.batch.jobs[0]!;
  const requestId = (alone ? job.requestId : null) ?? newId();
  return {
    tenant: job.tenant,
    actor: { kind: 'system', id: run.definition.queue },
    requestId,
    ...(alone && job.traceId ? { traceId: job.traceId } : {}),
    db: run.store.db,
    log: run.log.child({ queue: run.definition.queue, requestId }),
    now: run.store.now ?? (() => new Date()),
    signal: run.controller.signal,
  };
}

async function settle(run: Run, settlements: readonly Settlement[]): Promise<void> {
  if (run.abandoned) return;
  const settled = new Set(await finishWithPatience(run, settlements));
  const { counts } = run;
  for (const settlement of settlements) {
    if (!settled.has(settlement.seq)) counts.lost++;
    else count(counts, settlement);
  }
  if (counts.lost > 0)
    run.log.warn(
      { queue: run.definition.queue, jobs: counts.lost },
      'lease lost before the jobs were settled',
    );
}

function count(counts: BatchCounts, settlement: Settlement): void {
  if (settlement.action === 'delete') counts.done++;
  else if (settlement.action === 'bury') counts.dead++;
  else if (settlement.uncount) counts.snoozed++;
  else if (settlement.action === 'wait') counts.retried++;
  if (settlement.waitMs !== undefined) counts.nextInMs = Math.min(counts.nextInMs, settlement.waitMs);
}

/** A short outage of the database must not turn finished work into repeated work. */
async function finishWithPatience(run: Run, settlements: readonly Settlement[]): Promise<readonly number[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await finishJobs(run.store, run.definition, run.batch, settlements);
    } catch (error) {
      if (attempt >= 6 || run.abandoned) throw error;
      // Class 22: data PostgreSQL cannot store. The outcome matters more than its detail.
      if (String((error as { code?: string }).code).startsWith('22'))
        settlements = settlements.map(({ detail: _, ...rest }) => rest);
      else await sleep(100 * 2 ** attempt);
    }
  }
}

async function beat(run: Run): Promise<void> {
  try {
    const left = await renewJobs(run.store, run.definition, run.batch);
    if (left === 0) run.controller.abort(new Error('the lease was lost'));
  } catch (error) {
    run.log.warn({ queue: run.definition.queue, ...errorForLog(error) }, 'lease not renewed');
  }
}
