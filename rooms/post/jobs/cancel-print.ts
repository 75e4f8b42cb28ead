import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import type { Job, JobDefinition, JobResult } from '@grunnmur/kernel/jobs';
import type { PostDeps } from '../service/deps.ts';
import { insertHendelser } from '../store/hendelse-store.ts';
import { recordLeveringer } from '../store/levering-store.ts';

/** Asks the print supplier to stop a letter that was read meanwhile (SvarUt: print is stopped by marking as read). */
export function cancelPrintJob(deps: PostDeps): JobDefinition<{ id: string }> {
  // Every 10 minutes for a week: a supplier that is away for an evening must not turn a read letter into paper.
  const patience = {
    maxAttempts: 1_000,
    backoffMs: (attempt: number) => Math.min(1000 * 2 ** (attempt - 1), 600_000),
  };
  return { queue: 'post.cancel_print', ...patience, handle: (ctx, jobs) => cancel(ctx, deps, jobs) };
}

async function cancel(ctx: Ctx, deps: PostDeps, jobs: readonly Job<{ id: string }>[]): Promise<JobResult[]> {
  const results: JobResult[] = [];
  for (const { payload } of jobs) {
    const answer = await deps.channels.print.cancel(payload.id, ctx.signal);
    if (answer === 'cancelled') {
      await withTransaction(ctx, async (trx) => {
        await recordLeveringer(trx, 'print', [{ forsendelseId: payload.id, tilstand: 'stanset' }]);
        await insertHendelser(trx, [{ forsendelseId: payload.id, kode: 'print_stanset' }]);
      });
    }
    results.push({ outcome: 'done', detail: { answer } });
  }
  return results;
}
