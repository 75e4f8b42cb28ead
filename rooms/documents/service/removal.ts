import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { enqueue, type NewJob } from '@grunnmur/kernel/jobs';
import { objectKey } from '@grunnmur/kernel/storage';
import { markKorrelasjonDeleted, type Slettet } from '../store/dokument-store.ts';
import { findForfalte, giveUpObjects } from '../store/forfall-store.ts';
import type { DokumentlagerDeps } from './deps.ts';
import { usesOf } from './traces.ts';

/** Queue of the job that removes the bytes of one document. */
export const REMOVE_OBJECTS = 'exchange.fjern_dokument';
/** Queue of the job that deletes what a korrelasjonsid names. */
export const DELETE_KORRELASJON = 'exchange.slett_korrelasjon';

export interface RemovalPayload {
  readonly id: string;
}

export interface KorrelasjonPayload {
  readonly kontoId: string;
  readonly korrelasjonsid: string;
  /** What is uploaded later is not meant. */
  readonly until: string;
}

/** Deleted, or past its time: whether its bytes have been removed yet makes no difference to anybody. */
export function isGone(
  document: { readonly slettet: Date | null; readonly tilgjengelig_til: Date | null },
  now: Date,
): boolean {
  const { slettet, tilgjengelig_til: til } = document;
  return slettet !== null || (til !== null && til <= now);
}

/** Most documents that one run of the schedule puts to work; the next run takes the rest. */
const PER_RUN = 5_000;
/** Most documents of one transaction. */
const PER_TRANSACTION = 500;

function removalJobs(documents: readonly { readonly id: string; readonly tenant: string }[]): NewJob[] {
  return documents.map(({ id, tenant }) => {
    const payload: RemovalPayload = { id };
    return { queue: REMOVE_OBJECTS, tenant, payload, subject: id, uniqueKey: id };
  });
}

/** What goes with a deletion: the job that removes the bytes, and the trace. */
export async function recordDeletion(trx: Trx, deleted: readonly Slettet[]): Promise<void> {
  await enqueue(trx, removalJobs(deleted.map(({ id }) => ({ id, tenant: trx.ctx.tenant! }))));
  await audit(
    trx,
    deleted.flatMap((dokument) => usesOf('exchange.dokument.slettet', dokument)),
  );
}

/** Hands every document that is past its time, or whose removal was lost, to a job of its own tenant. */
export async function enqueueForfalte(ctx: Ctx): Promise<void> {
  await withTransaction(ctx, async (trx) => {
    const due = await findForfalte(trx, PER_RUN);
    await enqueue(trx, removalJobs(due.map(({ id, tenant_id }) => ({ id, tenant: tenant_id }))));
  });
}

/**
 * Removes the bytes of documents that are deleted or past their time: first the row's claim, then the object. A crash
 * between the two leaves an object that nothing names; the sweeper removes it. The rows stay (fiks-io §2.6).
 */
export async function removeObjects(
  ctx: Ctx,
  deps: Pick<DokumentlagerDeps, 'storage'>,
  ids: readonly string[],
): Promise<void> {
  const gone = await withTransaction(ctx, (trx) => giveUpObjects(trx, ids));
  await deps.storage.remove(gone.map((id) => objectKey(ctx.tenant!, id)));
}

/** Deletes what a korrelasjonsid names, in transactions of bounded size. */
export async function deleteByKorrelasjon(ctx: Ctx, payload: KorrelasjonPayload): Promise<void> {
  for (;;) {
    ctx.signal?.throwIfAborted();
    const deleted = await withTransaction(ctx, async (trx) => {
      const found = await markKorrelasjonDeleted(trx, {
        kontoId: payload.kontoId,
        korrelasjonsid: payload.korrelasjonsid,
        until: new Date(payload.until),
        limit: PER_TRANSACTION,
      });
      await recordDeletion(trx, found);
      return found.length;
    });
    if (deleted < PER_TRANSACTION) return;
  }
}
