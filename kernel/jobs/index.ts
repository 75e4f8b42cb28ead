import type { Ctx } from '../ctx/index.ts';
import type { Trx } from '../db/index.ts';

/** A job as its handler sees it. Payloads carry ids, never documents and never personal data. */
export interface Job<P = unknown> {
  readonly id: string;
  readonly queue: string;
  readonly tenant: string | null;
  readonly payload: P;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly createdAt: Date;
}

/** Answer for one job of a batch. A thrown error means `retry` for every job of the batch. */
export type JobResult =
  | { readonly outcome: 'done'; readonly detail?: unknown }
  | {
      readonly outcome: 'retry';
      readonly error: string;
      readonly afterMs?: number;
      readonly detail?: unknown;
    }
  /** Not a failure: do it again later without counting an attempt (e.g. outside the sending window). */
  | { readonly outcome: 'snooze'; readonly untilMs: number }
  | { readonly outcome: 'dead'; readonly error: string; readonly detail?: unknown };

export interface JobDefinition<P = unknown> {
  readonly queue: string;
  /** Most jobs handed to one call of `handle`. All jobs of a batch belong to one tenant. Default 1. */
  readonly batch?: number;
  /** Batches of this queue running at once in one process. Default 2. */
  readonly concurrency?: number;
  /** Default 10; then the job is dead (kept, visible, can be retried by hand). */
  readonly maxAttempts?: number;
  /** Delay before attempt n+1, before jitter. Default: 1 s doubling to 1 h. */
  readonly backoffMs?: (attempt: number) => number;
  /** Lease; renewed by heartbeat while `handle` runs. Default 30 s. */
  readonly leaseMs?: number;
  /** Must be safe to run twice. `ctx` has the jobs' tenant, and actor `{kind:'system', id: queue}`. */
  readonly handle: (ctx: Ctx, jobs: readonly Job<P>[]) => Promise<readonly JobResult[] | undefined>;
  /** Called once, in its own transaction, when a job has become dead. */
  readonly onDead?: (ctx: Ctx, job: Job<P>, error: string) => Promise<void>;
}

export interface NewJob {
  readonly queue: string;
  readonly tenant: string | null;
  readonly payload: unknown;
  /** Jobs with the same queue and key run one at a time, in the order they were enqueued. */
  readonly key?: string;
  /** A second job with the same queue and `uniqueKey` is dropped while the first still waits or runs. */
  readonly uniqueKey?: string;
  readonly runAt?: Date;
}

/** Runs `run` at most once per `everyMs` over all processes. */
export interface Schedule {
  readonly name: string;
  readonly everyMs: number;
  readonly run: (ctx: Ctx) => Promise<void>;
}

export type Enqueue = (trx: Trx, jobs: readonly NewJob[]) => Promise<void>;
