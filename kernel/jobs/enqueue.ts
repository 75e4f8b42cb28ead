import { type Trx, toJson } from '../db/index.ts';
import { newId } from '../ids/index.ts';
import { type NewJob, NIL_TENANT } from './types.ts';
import { wakeAfterCommit } from './wake.ts';

const MAX_JOBS = 10_000;
const MAX_PAYLOAD = 65_536;
const MAX_KEY = 200;
const QUEUE = /^[a-z][a-z0-9_.:-]{0,99}$/;

// Without a wanted time a job is due at once by both clocks, the caller's and the database's; a time in the past means
// the same.
const INSERT = `
  insert into kernel.job (id, queue, tenant_id, subject, payload, key, unique_key, run_at, due_at, created_at,
      request_id, trace_id)
    select n.id, n.queue, n.tenant, n.subject, n.payload::jsonb, n.key, n.unique_key,
      greatest(n.run_at, least($9, now())), greatest(n.run_at, least($9, now())), $9, $10, $11
    from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
      with ordinality as n (id, queue, tenant, subject, payload, key, unique_key, run_at, position)
    order by n.position
  on conflict (queue, tenant_id, unique_key) where unique_key is not null do nothing`;

/**
 * Stores jobs in the caller's transaction: one statement, whatever their number (at most 10 000). Workers hear of
 * them after the commit. Throws a RangeError for a payload over 64 kB, a key over 200 characters or a bad queue name.
 */
export async function enqueue(trx: Trx, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return;
  if (jobs.length > MAX_JOBS) throw new RangeError(`At most ${MAX_JOBS} jobs at a time`);
  const payloads = jobs.map(checkedPayload);
  const now = trx.ctx.now();
  await trx.pg.query({
    name: 'kernel.job.enqueue',
    text: INSERT,
    values: [
      jobs.map(() => newId()),
      jobs.map((job) => job.queue),
      jobs.map((job) => job.tenant ?? NIL_TENANT),
      jobs.map((job) => job.subject ?? null),
      payloads,
      jobs.map((job) => job.key ?? null),
      jobs.map((job) => job.uniqueKey ?? null),
      jobs.map((job) => job.runAt?.toISOString() ?? null),
      now,
      trx.ctx.requestId.slice(0, MAX_KEY),
      trx.ctx.traceId?.slice(0, MAX_KEY) ?? null,
    ],
  });
  const dueNow = jobs.filter((job) => !job.runAt || job.runAt <= now);
  wakeAfterCommit(
    trx,
    dueNow.map((job) => job.queue),
  );
}

function checkedPayload(job: NewJob): string {
  if (!QUEUE.test(job.queue)) throw new RangeError('Bad queue name');
  if ((job.key?.length ?? 0) > MAX_KEY || (job.uniqueKey?.length ?? 0) > MAX_KEY)
    throw new RangeError(`Job keys have at most ${MAX_KEY} characters (queue ${job.queue})`);
  const text = toJson(job.payload ?? null);
  if (text === undefined || Buffer.byteLength(text) > MAX_PAYLOAD)
    throw new RangeError(`Job payloads are JSON of at most ${MAX_PAYLOAD} bytes (queue ${job.queue})`);
  return text;
}
