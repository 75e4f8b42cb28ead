import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/index.ts';
import type { Logger } from '../log/index.ts';
import { finishJobs, type JobStore, nextDue, type PickedBatch, pickJobs } from './job-store.ts';
import { listenForJobs } from './listen.ts';
import { type BatchCounts, type BatchEnv, type RunningBatch, runBatch } from './run-batch.ts';
import { runDueSchedules } from './schedules.ts';
import { errorForLog, giveBack } from './settle.ts';
import { JOB_DEFAULTS, type JobDefinition, type Schedule } from './types.ts';
import { onWake } from './wake.ts';

export interface WorkerOptions {
  readonly db: Database;
  readonly log: Logger;
  readonly definitions: readonly JobDefinition[];
  readonly schedules?: readonly Schedule[];
  /** Clock for due times and leases. Default: the database's, which all nodes share. Tests give their own. */
  readonly now?: () => Date;
  /** Batches running at once in this process, over all queues. Default 8. */
  readonly maxBatches?: number;
  /** Slow poll, for jobs that no wake-up told of, and for schedules. Default 1500 ms. */
  readonly pollMs?: number;
  /** How long `stop` waits for running handlers. Default 10 s. */
  readonly stopTimeoutMs?: number;
  /** Keep a connection that hears of other processes' jobs. Default `true`. */
  readonly listen?: boolean;
  /** Name in the attempt history. Default: host name and process id. */
  readonly node?: string;
  /** Source of jitter, in [0, 1). */
  readonly random?: () => number;
}

export interface WorkerStats extends Omit<BatchCounts, 'nextInMs'> {
  /** Batches whose handler runs now, per queue. */
  readonly running: Readonly<Record<string, number>>;
}

export interface Worker {
  /** Begins to take jobs and to run schedules. */
  start(): Promise<void>;
  /**
   * Takes no more jobs, waits for running handlers up to the limit, then aborts them and gives their jobs back.
   * Ends for good.
   */
  stop(): Promise<void>;
  /**
   * Handles what is due now, and what that enqueues for now; resolves to the number of jobs settled. Works without
   * `start`, for tests and tools; jobs that were delayed by a retry or snooze are not waited for.
   */
  drain(): Promise<number>;
  /** Looks at once whether the queue has due jobs. */
  nudge(queue: string): void;
  stats(): WorkerStats;
}

interface Queue {
  readonly definition: JobDefinition;
  readonly concurrency: number;
  active: number;
  picking: number;
  /** Jobs may be due that nobody has looked for yet. */
  dirty: boolean;
  /** Set while there is a backlog: the tenant served last. Without one the oldest job comes first anyway. */
  lastTenant: string | undefined;
  /** No job is due before this, except ones that the next look from the beginning will find. */
  from: Date | undefined;
  lookedAt: number;
  wakeAt: NodeJS.Timeout | undefined;
  gathering: NodeJS.Timeout | undefined;
}

interface State {
  readonly options: WorkerOptions;
  readonly env: BatchEnv;
  readonly queues: ReadonlyMap<string, Queue>;
  /** Who gets the next free place: the queue served last stands last. */
  readonly line: Queue[];
  readonly maxBatches: number;
  readonly pollMs: number;
  readonly running: Set<RunningBatch>;
  readonly scheduled: Set<Promise<void>>;
  readonly counts: BatchCounts;
  /** Ends the polling. */
  readonly polling: AbortController;
  /** Tells running schedules to stop. */
  readonly work: AbortController;
  readonly idleWaiters: (() => void)[];
  active: number;
  started: boolean;
  stopping: boolean;
  failing: boolean;
}

/** A worker for the given queues. Any number may run, in any number of processes. */
export function createWorker(options: WorkerOptions): Worker {
  const state = createState(options);
  const endings: (() => void | Promise<void>)[] = [];
  let stopped: Promise<void> | undefined;
  return {
    start: async () => {
      if (state.started || state.stopping) return;
      state.started = true;
      endings.push(onWake(options.db, (queue) => wake(state, queue)));
      if (options.listen !== false)
        endings.push(listenForJobs(options.db, options.log, (queue) => wake(state, queue)));
      endings.push(startPolling(state));
    },
    stop: () => {
      stopped ??= stop(state, endings);
      return stopped;
    },
    drain: () => drain(state),
    nudge: (queue) => wake(state, queue),
    stats: () => {
      const { nextInMs: _, ...counts } = state.counts;
      const running = [...state.queues].map(([name, queue]) => [name, queue.active - queue.picking] as const);
      return { ...counts, running: Object.fromEntries(running) };
    },
  };
}

function createState(options: WorkerOptions): State {
  const store: JobStore = {
    db: options.db,
    now: options.now,
    node: options.node ?? `${hostname()}:${process.pid}`,
  };
  const queues = new Map<string, Queue>();
  for (const definition of options.definitions) {
    if (queues.has(definition.queue)) throw new Error(`Queue ${definition.queue} is defined twice`);
    const concurrency = definition.concurrency ?? JOB_DEFAULTS.concurrency;
    const idle = {
      active: 0,
      picking: 0,
      dirty: false,
      lastTenant: undefined,
      wakeAt: undefined,
      gathering: undefined,
    };
    const position = { from: undefined, lookedAt: Number.NEGATIVE_INFINITY };
    queues.set(definition.queue, { definition, concurrency, ...idle, ...position });
  }
  return {
    options,
    env: { store, log: options.log, random: options.random ?? Math.random },
    queues,
    line: [...queues.values()],
    maxBatches: options.maxBatches ?? 8,
    pollMs: options.pollMs ?? 1500,
    running: new Set(),
    scheduled: new Set(),
    counts: { done: 0, retried: 0, snoozed: 0, dead: 0, lost: 0, nextInMs: 0 },
    polling: new AbortController(),
    work: new AbortController(),
    idleWaiters: [],
    active: 0,
    started: false,
    stopping: false,
    failing: false,
  };
}

/** Without a name: every queue, at once. A named queue may gather first, so that jobs of the same moment share a batch. */
function wake(state: State, name?: string): void {
  if (name === undefined) {
    for (const queue of state.queues.values()) takeUp(state, queue);
    return;
  }
  const queue = state.queues.get(name);
  if (!queue) return;
  const { gatherMs = 0 } = queue.definition;
  if (gatherMs === 0 || !state.started) takeUp(state, queue);
  else if (!queue.gathering) gather(state, queue, gatherMs, performance.now());
}

const GIVE_WAY_LOOK_MS = 50;

function gather(state: State, queue: Queue, ms: number, since: number): void {
  const { giveWay } = queue.definition;
  queue.gathering = setTimeout(() => {
    if (giveWay && performance.now() - since < giveWay.atMostMs && giveWay.when())
      gather(state, queue, GIVE_WAY_LOOK_MS, since);
    else takeUp(state, queue);
  }, ms);
}

function takeUp(state: State, queue: Queue): void {
  clearTimeout(queue.gathering);
  queue.gathering = undefined;
  queue.dirty = true;
  if (queue.picking === 0) startSlot(state, queue);
}

/** One more batch of the queue, when limits allow; otherwise `dirty` waits for the next free place. */
function startSlot(state: State, queue: Queue): void {
  if (state.stopping || queue.active >= queue.concurrency || state.active >= state.maxBatches) return;
  queue.active++;
  state.active++;
  void runSlot(state, queue).finally(() => {
    queue.active--;
    state.active--;
    state.line.splice(state.line.indexOf(queue), 1);
    state.line.push(queue);
    fillFreePlace(state);
  });
}

function fillFreePlace(state: State): void {
  for (const queue of [...state.line]) {
    if (queue.dirty && queue.picking === 0) startSlot(state, queue);
  }
  if (state.active === 0) for (const resolve of state.idleWaiters.splice(0)) resolve();
}

async function runSlot(state: State, queue: Queue): Promise<void> {
  try {
    while (queue.dirty && !state.stopping) {
      await takeBatch(state, queue);
      if (state.active >= state.maxBatches && othersWait(state, queue)) break;
    }
    state.failing = false;
  } catch (error) {
    // Once per outage; the poll tries again.
    if (!state.failing) state.options.log.error(errorForLog(error), 'jobs cannot be picked up');
    state.failing = true;
    queue.dirty = false;
  }
}

function othersWait(state: State, queue: Queue): boolean {
  return state.line.some((other) => other !== queue && other.dirty && other.active === 0);
}

async function takeBatch(state: State, queue: Queue): Promise<void> {
  const { definition } = queue;
  queue.dirty = false;
  queue.picking++;
  const batch = await pickFrom(state, queue).finally(() => queue.picking--);
  if (batch.more) queue.dirty = true;
  if (batch.jobs.length === 0) return;
  if (state.stopping) {
    const back = batch.jobs.map((picked) => giveBack(picked.seq));
    await finishJobs(state.env.store, definition, batch, back);
    return;
  }
  if (batch.more) startSlot(state, queue);
  const run = runBatch(state.env, definition, batch);
  state.running.add(run);
  const counts = await run.done.finally(() => state.running.delete(run));
  for (const name of ['done', 'retried', 'snoozed', 'dead', 'lost'] as const)
    state.counts[name] += counts[name];
  if (counts.nextInMs < state.pollMs) wakeIn(state, queue, counts.nextInMs);
  // The next job of a key may have become free.
  if (batch.jobs.some((picked) => picked.key !== null)) queue.dirty = true;
}

/** How far back to look besides the full looks: transactions that began this long ago have mostly committed. */
const LOOK_BACK_MS = 5000;
const FULL_LOOK_EVERY_MS = 1000;

async function pickFrom(state: State, queue: Queue): Promise<PickedBatch> {
  const full = performance.now() - queue.lookedAt > FULL_LOOK_EVERY_MS;
  if (full) queue.lookedAt = performance.now();
  const position = { afterTenant: queue.lastTenant, from: full ? undefined : queue.from };
  const batch = await pickJobs(state.env.store, queue.definition, position);
  if (batch.oldest) queue.from = new Date(batch.oldest.getTime() - LOOK_BACK_MS);
  queue.lastTenant = batch.more && batch.jobs.length > 0 ? batch.tenantId : undefined;
  return batch;
}

function wakeIn(state: State, queue: Queue, ms: number): void {
  clearTimeout(queue.wakeAt);
  if (!state.started || state.stopping) return;
  queue.wakeAt = setTimeout(() => wake(state, queue.definition.queue), Math.max(1, ms + 1));
}

function startPolling(state: State): () => Promise<void> {
  const poll = async () => {
    while (!state.stopping) {
      await pollOnce(state).catch((error) => {
        if (!state.failing) state.options.log.error(errorForLog(error), 'jobs cannot be polled');
        state.failing = true;
      });
      await sleep(state.pollMs, undefined, { signal: state.polling.signal }).catch(() => {});
    }
  };
  const polling = poll();
  return () => polling;
}

async function pollOnce(state: State): Promise<void> {
  const due = await nextDue(state.env.store, [...state.queues.keys()]);
  state.failing = false;
  for (const [name, inMs] of due) {
    if (inMs <= 0) wake(state, name);
    else if (inMs < state.pollMs) wakeIn(state, state.queues.get(name)!, inMs);
  }
  if (state.stopping) return;
  const { db, log, now, schedules = [] } = state.options;
  const env = { db, log, now, node: state.env.store.node, signal: state.work.signal };
  for (const run of await runDueSchedules(env, schedules)) {
    const tracked = run.finally(() => state.scheduled.delete(tracked));
    state.scheduled.add(tracked);
  }
}

async function drain(state: State): Promise<number> {
  const settled = () => state.counts.done + state.counts.retried + state.counts.snoozed + state.counts.dead;
  const before = settled();
  let last: number;
  do {
    last = settled();
    for (const queue of state.line) queue.lookedAt = Number.NEGATIVE_INFINITY;
    wake(state);
    await idle(state);
  } while (settled() !== last && !state.stopping);
  return settled() - before;
}

async function idle(state: State): Promise<void> {
  if (state.active > 0) await new Promise<void>((resolve) => void state.idleWaiters.push(resolve));
}

async function stop(state: State, endings: readonly (() => void | Promise<void>)[]): Promise<void> {
  state.stopping = true;
  for (const queue of state.line) {
    clearTimeout(queue.wakeAt);
    clearTimeout(queue.gathering);
  }
  state.polling.abort();
  for (const end of endings) await end();
  const work = Promise.all([idle(state), ...state.scheduled]);
  const limit = state.options.stopTimeoutMs ?? 10_000;
  const inTime = await withinMs(work, limit);
  state.work.abort(new Error('the worker stops'));
  if (!inTime) {
    for (const run of state.running) run.abort();
    await withinMs(work, Math.min(1000, limit));
    await Promise.allSettled([...state.running].map((run) => run.abandon()));
  }
}

/** Whether `work` ended within the time. */
async function withinMs(work: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    timer.abort();
  }
}
