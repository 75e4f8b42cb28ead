import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { objectKey } from '@grunnmur/kernel/storage';
import { findForsendelser, markDocumentsDeleted } from '../store/forsendelse-store.ts';
import { insertHendelser } from '../store/hendelse-store.ts';
import { stopWaiting } from '../store/levering-store.ts';
import { changeStatus } from './apply-outcomes.ts';
import type { PostDeps } from './deps.ts';

/**
 * Deletes the documents of letters: first the rows' reference, then the objects. A crash between the two leaves
 * objects that nothing names; the sweeper removes them. Repeated calls do nothing more.
 */
export async function deleteStoredDocuments(
  ctx: Ctx,
  deps: PostDeps,
  ids: readonly string[],
  kode: string,
): Promise<void> {
  const objekter = await withTransaction(ctx, async (trx) => {
    const letters = (await findForsendelser(trx, ids)).filter((letter) => letter.dokumenterSlettet === null);
    if (letters.length === 0) return [];
    // The deliveries first, the letter after: the order in which the delivery jobs lock them too.
    await stopWaiting(
      trx,
      letters.map((letter) => letter.id),
    );
    const gone = await markDocumentsDeleted(
      trx,
      letters.map((letter) => letter.id),
    );
    await insertHendelser(
      trx,
      letters.map((letter) => ({ forsendelseId: letter.id, kode })),
    );
    // Deleted before any channel had it: the sender has taken it back.
    const undelivered = letters.filter((letter) => letter.status === 'AKSEPTERT');
    await changeStatus(
      trx,
      'MANUELT_HANDTERT',
      undelivered.map(({ id }) => ({ id, kode: 'trukket_tilbake' })),
    );
    await audit(
      trx,
      letters.map((letter) => ({
        operation: 'post.dokumenter.slettet',
        object: letter.id,
        informationKind: 'brev',
        outcome: 'ok' as const,
        ...(letter.mottakerId ? { subject: letter.mottakerId } : {}),
      })),
    );
    return gone;
  });
  await deps.storage.remove(objekter.map((objekt) => objectKey(ctx.tenant!, objekt)));
}
