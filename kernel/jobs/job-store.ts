import { type Database, toJson } from '../db/index.ts';
import { JOB_DEFAULTS, type Job, type JobDefinition, NIL_TENANT } from './types.ts';

/** A job together with what only the worker needs. */
export interface PickedJob {
  readonly seq: number;
  readonly key: string | null;
  /** Attempts made before the last retry by hand. */
  readonly attemptBase: number;
  /** Failed for good earlier: only `onDead` remains to be called. */
  readonly dying: boolean;
  readonly lastError: string | null;
  readonly job: Job;
}

export interface PickedBatch {
  /** Proof of the lease. */
  readonly token: string;
  /** As stored: the nil UUID for none. */
  readonly tenantId: string;
  readonly jobs: readonly PickedJob[];
  /** More jobs of the queue are probably due. */
  readonly more: boolean;
  /** When the job was due that had waited longest of all tenants', if that was looked for. */
  readonly oldest: Date | undefined;
}

/** What becomes of one job; see `kernel.job_finish`. */
export interface Settlement {
  readonly seq: number;
  readonly action: 'delete' | 'wait' | 'bury' | 'hold';
  readonly waitMs?: number;
  readonly until?: string;
  /** Take back the attempt that was counted at pick-up. */
  readonly uncount?: boolean;
  /** Writes a line in the attempt history. */
  readonly outcome?: 'done' | 'retry' | 'dead' | 'interrupted';
  readonly error?: string;
  readonly detail?: unknown;
}

/** The connection and clock of a worker. Without a clock the database's is used, the same for every node. */
export interface JobStore {
  readonly db: Database;
  readonly now: (() => Date) | undefined;
  readonly node: string;
}

/** Where picking begins to look; see `kernel.job_pick`. */
export interface PickPosition {
  readonly afterTenant: string | undefined;
  readonly from: Date | undefined;
}

interface JobRow {
  more: boolean;
  oldest: Date | null;
  seq: number | null;
  id: string;
  tenant_id: string;
  subject: string | null;
  payload: unknown;
  key: string | null;
  attempt: number;
  attempt_base: number;
  dying: boolean;
  last_error: string | null;
  created_at: Date;
  request_id: string | null;
  trace_id: string | null;
}

/** Takes the next batch of a queue under a new lease. */
export async function pickJobs(
  store: JobStore,
  definition: JobDefinition,
  position: PickPosition,
): Promise<PickedBatch> {
  const token = crypto.randomUUID();
  const { rows } = await store.db.pool.query<JobRow>({
    name: 'kernel.job.pick',
    text: 'select * from kernel.job_pick($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    values: [
      definition.queue,
      position.afterTenant ?? null,
      position.from ?? null,
      Math.min(definition.batch ?? JOB_DEFAULTS.batch, 500),
      definition.maxAttempts ?? JOB_DEFAULTS.maxAttempts,
      leaseOf(definition),
      token,
      store.node,
      store.now?.() ?? null,
    ],
  });
  const jobs = rows
    .filter((row): row is JobRow & { seq: number } => row.seq !== null)
    .sort((a, b) => a.seq - b.seq)
    .map((row) => toPickedJob(definition.queue, row));
  const tenantId = jobs.length > 0 ? rows[0]!.tenant_id : NIL_TENANT;
  return { token, tenantId, jobs, more: rows[0]?.more ?? false, oldest: rows[0]?.oldest ?? undefined };
}

/** Settles jobs of a batch in one round trip; resolves to the seqs whose lease we still held. */
export async function finishJobs(
  store: JobStore,
  definition: JobDefinition,
  batch: PickedBatch,
  settlements: readonly Settlement[],
): Promise<readonly number[]> {
  const keys = [...new Set(batch.jobs.flatMap((picked) => picked.key ?? []))];
  const { rows } = await store.db.pool.query<{ seqs: number[] }>({
    name: 'kernel.job.finish',
    text: 'select kernel.job_finish($1, $2, $3, $4, $5, $6, $7) as seqs',
    values: [
      definition.queue,
      batch.tenantId,
      batch.token,
      keys.length > 0 ? keys : null,
      leaseOf(definition),
      toJson(settlements),
      store.now?.() ?? null,
    ],
  });
  return rows[0]!.seqs.map(Number);
}

/** Moves the end of the lease; resolves to the number of jobs that are still ours. */
export async function renewJobs(
  store: JobStore,
  definition: JobDefinition,
  batch: PickedBatch,
): Promise<number> {
  const { rows } = await store.db.pool.query<{ count: number }>({
    name: 'kernel.job.renew',
    text: 'select kernel.job_renew($1, $2, $3, $4) as count',
    values: [batch.token, batch.jobs.map((picked) => picked.seq), leaseOf(definition), store.now?.() ?? null],
  });
  return rows[0]!.count;
}

/** Milliseconds until the next job of each queue is due; queues with nothing to wait for are left out. */
export async function nextDue(store: JobStore, queues: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await store.db.pool.query<{ queue: string; due_in_ms: number }>({
    name: 'kernel.job.next_due',
    text: 'select queue, due_in_ms from kernel.job_next_due($1, $2)',
    values: [queues, store.now?.() ?? null],
  });
  return new Map(rows.map((row) => [row.queue, row.due_in_ms]));
}

export function leaseOf(definition: JobDefinition): number {
  return definition.leaseMs ?? JOB_DEFAULTS.leaseMs;
}

function toPickedJob(queue: string, row: JobRow & { seq: number }): PickedJob {
  return {
    seq: row.seq,
    key: row.key,
    attemptBase: row.attempt_base,
    dying: row.dying,
    lastError: row.last_error,
    job: {
      id: row.id,
      queue,
      tenant: row.tenant_id === NIL_TENANT ? null : row.tenant_id,
      payload: row.payload,
      subject: row.subject,
      attempt: row.attempt,
      createdAt: row.created_at,
      requestId: row.request_id,
      traceId: row.trace_id,
    },
  };
}
