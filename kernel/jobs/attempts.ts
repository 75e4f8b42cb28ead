import { type Ctx, withCtx } from '../ctx/index.ts';
import { withTransaction } from '../db/index.ts';
import { type JobAttempt, NIL_TENANT } from './types.ts';

/** At most this many lines per answer, the newest ones. */
const MAX_ATTEMPTS = 1000;

const COLUMNS = `job_id as "jobId", queue, subject, attempt, started_at as "startedAt", finished_at as "finishedAt",
  outcome, error, detail, node`;

/** The attempts about one subject of the tenant (e.g. a forsendelse), oldest first; the newest 1000 of them. */
export async function attemptsBySubject(ctx: Ctx, subject: string): Promise<JobAttempt[]> {
  return read(ctx, 'kernel.job_attempt.by_subject', 'tenant_id = $2 and subject = $1', subject);
}

/** The attempts of one job of the tenant, oldest first; the newest 1000 of them. */
export async function attemptsByJob(ctx: Ctx, jobId: string): Promise<JobAttempt[]> {
  return read(ctx, 'kernel.job_attempt.by_job', 'tenant_id = $2 and job_id = $1', jobId);
}

async function read(ctx: Ctx, name: string, where: string, id: string): Promise<JobAttempt[]> {
  const tenant = ctx.tenant ?? NIL_TENANT;
  return withTransaction(withCtx(ctx, { tenant }), async (trx) => {
    const { rows } = await trx.pg.query<JobAttempt>({
      name,
      text: `select ${COLUMNS} from kernel.job_attempt where ${where}
        order by started_at desc, attempt desc limit ${MAX_ATTEMPTS}`,
      values: [id, tenant],
    });
    return rows.reverse();
  });
}
