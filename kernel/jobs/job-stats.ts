import type { Database } from '../db/index.ts';

/** Counting stops here, so that a scrape costs the same whatever the backlog. */
const STATS_CAP = 100_000;

/** Figures of one queue; each count is exact up to {@link STATS_CAP} and stops there. */
export interface QueueStats {
  readonly queue: string;
  /** Due and not taken yet. */
  readonly pending: number;
  /** Not due yet: delayed, waiting behind an earlier job of their key, or running. */
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
  /** How long the job that has been due longest has waited, in ms; 0 when none is due. */
  readonly oldestMs: number;
}

/** The state of every queue that has living or dead jobs, over all tenants. `now` defaults to the database's clock. */
export async function jobStats(db: Database, now?: Date): Promise<QueueStats[]> {
  const { rows } = await db.pool.query<QueueStats>({
    name: 'kernel.job.stats',
    text: `select queue, due as pending, waiting, running, dead, coalesce(oldest_ms, 0) as "oldestMs"
      from kernel.job_stats($1, $2)`,
    values: [STATS_CAP, now ?? null],
  });
  return rows;
}
