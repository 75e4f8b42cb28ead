import type { Database } from '../db/index.ts';
import { newId } from '../ids/index.ts';
import type { Logger } from '../log/index.ts';
import { errorForLog, errorText } from './settle.ts';
import type { Schedule } from './types.ts';

const LEASE_MS = 30_000;

export interface ScheduleEnv {
  readonly db: Database;
  readonly log: Logger;
  readonly now: (() => Date) | undefined;
  readonly node: string;
  readonly signal: AbortSignal;
}

/** Starts every schedule that is due and not taken by another process; resolves to the runs begun, none rejecting. */
export async function runDueSchedules(
  env: ScheduleEnv,
  schedules: readonly Schedule[],
): Promise<Promise<void>[]> {
  if (schedules.length === 0) return [];
  const token = newId();
  const { rows } = await env.db.pool.query<{ name: string }>({
    name: 'kernel.schedule.claim',
    text: 'select kernel.schedule_claim($1, $2, $3, $4, $5, $6) as name',
    values: [
      schedules.map((schedule) => schedule.name),
      schedules.map((schedule) => schedule.everyMs),
      LEASE_MS,
      token,
      env.node,
      env.now?.() ?? null,
    ],
  });
  const claimed = new Set(rows.map((row) => row.name));
  return schedules.filter((s) => claimed.has(s.name)).map((schedule) => runSchedule(env, schedule, token));
}

/** Runs one schedule; the lease keeps a run that is longer than its period from being joined by the next. */
async function runSchedule(env: ScheduleEnv, schedule: Schedule, token: string): Promise<void> {
  const { name } = schedule;
  const requestId = newId();
  const heartbeat = setInterval(() => void renew(env, name, token), LEASE_MS / 3);
  let error: string | null = null;
  try {
    await schedule.run({
      tenant: null,
      actor: { kind: 'system', id: name },
      requestId,
      db: env.db,
      log: env.log.child({ schedule: name, requestId }),
      now: env.now ?? (() => new Date()),
      signal: env.signal,
    });
  } catch (failure) {
    error = errorText(failure);
    env.log.error({ schedule: name, ...errorForLog(failure) }, 'schedule failed');
  } finally {
    clearInterval(heartbeat);
  }
  const text = `update kernel.schedule set finished_at = coalesce($4::timestamptz, clock_timestamp()),
    lease_until = null, token = null, last_error = $3 where name = $1 and token = $2`;
  await env.db.pool.query(text, [name, token, error, env.now?.() ?? null]).catch((failure: unknown) => {
    env.log.warn({ schedule: name, ...errorForLog(failure) }, 'end of schedule not recorded');
  });
}

async function renew(env: ScheduleEnv, name: string, token: string): Promise<void> {
  const text = `update kernel.schedule set lease_until = coalesce($3::timestamptz, clock_timestamp())
    + $4::int * interval '1 ms' where name = $1 and token = $2`;
  await env.db.pool.query(text, [name, token, env.now?.() ?? null, LEASE_MS]).catch((failure: unknown) => {
    env.log.warn({ schedule: name, ...errorForLog(failure) }, 'lease of schedule not renewed');
  });
}
