import type { Ctx } from '../ctx/index.ts';
import type { Trx } from '../db/index.ts';

/** A job as its handler sees it. Payloads carry ids, never documents and never personal data. */
export interface Job<P = unknown> {
  readonly id: string;
  readonly queue: string;
  readonly tenant: string | null;
  readonly payload: P;
  /** What the job is about (e.g. a forsendelse), as given when it was enqueued. */
  readonly subject: string | null;
  /** 1 for the first attempt. Goes on counting when a dead job is retried by hand. */
  readonly attempt: number;
  readonly createdAt: Date;
  /** Request and trace in which the job was enqueued. */
  readonly requestId: string | null;
  readonly traceId: string | null;
}

/** Answer for one job of a batch. A thrown error means `retry` for every job of the batch. */
export type JobResult =
  | { readonly outcome: 'done'; readonly detail?: unknown }
  | {
      readonly outcome: 'retry';
      /** Kept in the permanent history: no personal data. */
      readonly error: string;
      /** Exact delay in ms; without it the definition's backoff with jitter. */
      readonly afterMs?: number;
      readonly detail?: unknown;
    }
  /**
   * Not a failure: do it again at `untilMs` (ms since 1970) without counting an attempt (e.g. outside the sending
   * window). The job goes on blocking later ones of its key.
   */
  | { readonly outcome: 'snooze'; readonly untilMs: number }
  | { readonly outcome: 'dead'; readonly error: string; readonly detail?: unknown };

/**
 * Jobs that can wait give way to what cannot: after gathering, no batch is begun while `when()` holds, for at most
 * `atMostMs`. Then all that is due is handled, however long that takes; what comes afterwards may wait again.
 */
export interface GiveWay {
  readonly when: () => boolean;
  readonly atMostMs: number;
}

/** Methods, so that a definition with a typed payload fits in a list: the payload is what the room itself enqueued. */
export interface JobDefinition<P = unknown> {
  readonly queue: string;
  /** Most jobs handed to one call of `handle`. All jobs of a batch belong to one tenant. Default 1, at most 500. */
  readonly batch?: number;
  /**
   * How long to wait after a wake-up for more jobs to share the batch, in ms. Default 0: at once. A batch of a hundred
   * costs little more than a batch of one.
   */
  readonly gatherMs?: number;
  /** What the queue's jobs wait for. Only with `gatherMs`. Default: nothing. */
  readonly giveWay?: GiveWay;
  /** Batches of this queue running at once in one process. Default 2. */
  readonly concurrency?: number;
  /** Default 10; then the job is dead (kept, visible, can be retried by hand). */
  readonly maxAttempts?: number;
  /** Delay in ms before attempt n+1, before jitter (±25 %). Default: 1 s doubling to 1 h. */
  readonly backoffMs?: (attempt: number) => number;
  /** Lease in ms; renewed by heartbeat while `handle` runs. Default 30 s. */
  readonly leaseMs?: number;
  /**
   * Most time for one call of `handle`; then `ctx.signal` is aborted and every job of the batch is retried. Default
   * 10 min.
   */
  readonly timeoutMs?: number;
  /** `false`: successes without detail leave no row in the attempt history. Default `true`. */
  readonly recordSuccess?: boolean;
  /**
   * Must be safe to run twice. `ctx` has the jobs' tenant, and actor `{kind:'system', id: queue}`; its signal is
   * aborted when time is up, when the lease was lost, and when the process stops. No answer means that all are done.
   */
  handle(ctx: Ctx, jobs: readonly Job<P>[]): Promise<readonly JobResult[] | undefined>;
  /**
   * Called in its own transaction when a job has failed for good; the job counts as dead when it has succeeded. Once,
   * unless the process dies right then: must be safe to run twice. An error in it is retried every minute.
   */
  onDead?(ctx: Ctx, job: Job<P>, error: string): Promise<void>;
}

export interface NewJob {
  readonly queue: string;
  readonly tenant: string | null;
  /** JSON, at most 64 kB. */
  readonly payload: unknown;
  /** What the job is about; its attempts can be listed by it ({@link JobAttempt}). */
  readonly subject?: string;
  /**
   * Jobs with the same queue, tenant and key run one at a time, in the order they were enqueued; a retrying or
   * snoozing one blocks those behind it, a dead one does not. At most 200 characters.
   */
  readonly key?: string;
  /**
   * A second job with the same queue, tenant and `uniqueKey` is dropped while the first still waits or runs. At most
   * 200 characters. A transaction that enqueues the same one waits until the first transaction has ended.
   */
  readonly uniqueKey?: string;
  readonly runAt?: Date;
}

/**
 * Runs `run` at most once per `everyMs` over all processes, the first time at once. When periods were missed, one
 * run makes up for them. A failed run is not repeated before the next period.
 */
export interface Schedule {
  readonly name: string;
  readonly everyMs: number;
  /** `ctx` has no tenant, and actor `{kind:'system', id: name}`. */
  readonly run: (ctx: Ctx) => Promise<void>;
}

export type Enqueue = (trx: Trx, jobs: readonly NewJob[]) => Promise<void>;

/** One line of the permanent attempt history. */
export interface JobAttempt {
  readonly jobId: string;
  readonly queue: string;
  readonly subject: string | null;
  readonly attempt: number;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** `lost`: the worker died or stalled. `interrupted`: the worker was stopped before the job was through. */
  readonly outcome: 'done' | 'retry' | 'dead' | 'lost' | 'interrupted';
  readonly error: string | null;
  readonly detail: unknown;
  readonly node: string | null;
}

/** Stored in place of a missing tenant (RFC 9562 §5.9), so that indexes need no special case. */
export const NIL_TENANT = '00000000-0000-0000-0000-000000000000';

export const JOB_DEFAULTS = {
  batch: 1,
  concurrency: 2,
  maxAttempts: 10,
  leaseMs: 30_000,
  timeoutMs: 600_000,
  backoffMs: (attempt: number): number => Math.min(1000 * 2 ** (attempt - 1), 3_600_000),
} as const;
