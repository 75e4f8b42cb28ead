import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { enqueue, type Job, type JobDefinition, type JobResult, type Schedule } from '@grunnmur/kernel/jobs';
import { HOUR_MS, MINUTE_MS } from '@grunnmur/kernel/time';
import { deliverNext } from '../service/apply-outcomes.ts';
import { deleteStoredDocuments } from '../service/delete-documents.ts';
import type { PostDeps } from '../service/deps.ts';
import { clearDeadlines, findDue, purgeTemporary } from '../store/due-store.ts';
import { findForsendelser } from '../store/forsendelse-store.ts';
import { insertHendelser } from '../store/hendelse-store.ts';

interface Payload {
  readonly id: string;
}

/** Most letters that one run of a schedule puts to work; the next run takes the rest. */
const PER_RUN = 5_000;

/** Finds letters whose reading deadline has passed and hands each to a job of its own tenant. */
export function deadlineSchedule(): Schedule {
  return {
    name: 'post.print_deadlines',
    everyMs: MINUTE_MS,
    run: (ctx) => enqueueDue(ctx, 'post.forfalt_print', 'post.print_unread'),
  };
}

/** Finds letters whose documents are to be deleted (SvarUt: documents are available for 3 months). */
export function retentionSchedule(): Schedule {
  return {
    name: 'post.retention',
    everyMs: 10 * MINUTE_MS,
    run: (ctx) => enqueueDue(ctx, 'post.forfalt_sletting', 'post.delete_documents'),
  };
}

/** Forgets fingerprints and reserved ids past their window. */
export function purgeSchedule(): Schedule {
  return {
    name: 'post.purge_temporary',
    everyMs: HOUR_MS,
    run: (ctx) => withTransaction(ctx, purgeTemporary),
  };
}

async function enqueueDue(
  ctx: Ctx,
  finder: 'post.forfalt_print' | 'post.forfalt_sletting',
  queue: string,
): Promise<void> {
  await withTransaction(ctx, async (trx) => {
    const due = await findDue(trx, finder, PER_RUN);
    await enqueue(
      trx,
      due.map(({ id, tenant_id }) => ({
        queue,
        tenant: tenant_id,
        payload: { id },
        subject: id,
        uniqueKey: id,
      })),
    );
  });
}

/** Sends letters that nobody opened in time to print, the next channel of their plan. */
export function printUnreadJob(): JobDefinition<Payload> {
  return { queue: 'post.print_unread', batch: 100, handle: printUnread };
}

async function printUnread(ctx: Ctx, jobs: readonly Job<Payload>[]): Promise<JobResult[]> {
  await withTransaction(ctx, async (trx) => {
    const due = await clearDeadlines(
      trx,
      jobs.map((job) => job.payload.id),
    );
    await startPrint(trx, due);
  });
  return jobs.map(() => ({ outcome: 'done' }));
}

async function startPrint(trx: Trx, ids: readonly string[]): Promise<void> {
  await insertHendelser(
    trx,
    ids.map((id) => ({ forsendelseId: id, kode: 'ikke_apnet_i_tide' })),
  );
  await deliverNext(trx, await findForsendelser(trx, ids));
}

export function deleteDocumentsJob(deps: PostDeps): JobDefinition<Payload> {
  return {
    queue: 'post.delete_documents',
    batch: 100,
    handle: async (ctx, jobs) => {
      await deleteStoredDocuments(
        ctx,
        deps,
        jobs.map((job) => job.payload.id),
        'slettet_etter_frist',
      );
      return jobs.map(() => ({ outcome: 'done' }));
    },
  };
}
