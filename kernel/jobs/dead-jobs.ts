import type { Database, Trx } from '../db/index.ts';
import { NIL_TENANT } from './types.ts';
import { wakeAfterCommit } from './wake.ts';

/** A job that failed for good. It stays until it is retried or discarded. */
export interface DeadJob {
  readonly id: string;
  readonly queue: string;
  readonly tenant: string | null;
  readonly subject: string | null;
  readonly payload: unknown;
  readonly attempts: number;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly diedAt: Date;
}

export interface DeadJobFilter {
  /** Leave out to see all tenants: for operators only. A page for a tenant gives `ctx.tenant`. `null`: no tenant. */
  readonly tenant?: string | null;
  readonly queue?: string;
}

const MATCH = '($1::uuid is null or tenant_id = $1) and ($2::text is null or queue = $2)';

/** Dead jobs, oldest job first, `after` the id that ended the page before. At most 1000 at a time, default 100. */
export async function listDeadJobs(
  db: Database,
  filter: DeadJobFilter,
  page: { readonly after?: string; readonly limit?: number } = {},
): Promise<DeadJob[]> {
  const { rows } = await db.pool.query<DeadJob>(
    `select id, queue, nullif(tenant_id, '${NIL_TENANT}') as tenant, subject, payload, attempt as attempts, error,
      created_at as "createdAt", died_at as "diedAt"
     from kernel.job_dead where ${MATCH} and ($3::uuid is null or id > $3) order by id limit $4`,
    [...filterValues(filter), page.after ?? null, Math.min(page.limit ?? 100, 1000)],
  );
  return rows;
}

/**
 * Puts dead jobs back in their queue, due now, at the end of their key's line, with all attempts before them again;
 * attempt numbers go on counting. All that match, or only `ids`. Resolves to the number put back: a job whose
 * `uniqueKey` has been enqueued anew stays dead.
 */
export async function retryDeadJobs(
  trx: Trx,
  filter: DeadJobFilter,
  ids?: readonly string[],
): Promise<number> {
  const { rows } = await trx.pg.query<{ queue: string }>(
    `with back as (
      insert into kernel.job (id, queue, tenant_id, subject, payload, key, unique_key, run_at, due_at, attempt,
          attempt_base, last_error, created_at, request_id, trace_id)
        select id, queue, tenant_id, subject, payload, key, unique_key, least($4, now()), least($4, now()), attempt,
          attempt, error, created_at, request_id, trace_id
        from kernel.job_dead where ${MATCH} and ($3::uuid[] is null or id = any ($3)) order by id
        for update skip locked
      on conflict (queue, tenant_id, unique_key) where unique_key is not null do nothing
      returning id, queue
    ), gone as (delete from kernel.job_dead d using back where d.id = back.id)
    select queue from back`,
    [...filterValues(filter), ids ?? null, trx.ctx.now()],
  );
  wakeAfterCommit(
    trx,
    rows.map((row) => row.queue),
  );
  return rows.length;
}

/** Removes dead jobs for good (their attempts stay in the history). Resolves to the number removed. */
export async function discardDeadJobs(
  trx: Trx,
  filter: DeadJobFilter,
  ids: readonly string[],
): Promise<number> {
  const { rowCount } = await trx.pg.query(
    `delete from kernel.job_dead where ${MATCH} and id = any ($3::uuid[])`,
    [...filterValues(filter), ids],
  );
  return rowCount ?? 0;
}

function filterValues(filter: DeadJobFilter): [string | null, string | null] {
  const tenant = filter.tenant === undefined ? null : (filter.tenant ?? NIL_TENANT);
  return [tenant, filter.queue ?? null];
}
