import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { enqueue } from '@grunnmur/kernel/jobs';
import { insertHendelser } from '../store/hendelse-store.ts';
import { findLeveringer, stopWaiting } from '../store/levering-store.ts';
import type { KontoRef } from '../types.ts';
import { changeStatus } from './apply-outcomes.ts';
import { ownLetter } from './own-letter.ts';

/**
 * A system outside reports that the recipient has read the letter (v1 settLest, v2 lest). LEST when the state table
 * allows it; a letter already closed gets a log entry only. Paper not yet printed is stopped.
 */
export async function markReadExternally(
  ctx: Ctx,
  konto: KontoRef,
  id: string,
  read: { fnr: string; tidspunkt: Date; system?: string },
): Promise<void> {
  await withTransaction(ctx, async (trx) => {
    await ownLetter(trx, konto, id);
    await markRead(trx, id, 'lest_eksternt', {
      system: read.system ?? 'ukjent',
      lest: read.tidspunkt.toISOString(),
    });
    await audit(trx, [
      {
        operation: 'post.forsendelse.lest_eksternt',
        subject: read.fnr,
        object: id,
        informationKind: 'brev',
        outcome: 'ok',
        detail: { system: read.system ?? null },
      },
    ]);
  });
}

/** Sets LEST, plans nothing more, and asks the print supplier to stop a job under way. */
export async function markRead(
  trx: Trx,
  id: string,
  kode: string,
  params: Record<string, string> = {},
): Promise<void> {
  // The deliveries first, the letter after: the order in which the delivery jobs lock them too.
  await stopWaiting(trx, [id]);
  const moved = await changeStatus(trx, 'LEST', [{ id, kode, params }]);
  if (!moved.has(id)) {
    await insertHendelser(trx, [{ forsendelseId: id, kode, params }]);
    return;
  }
  const leveringer = await findLeveringer(trx, [id]);
  if (leveringer.some(({ kanal, tilstand }) => kanal === 'print' && tilstand === 'sendt'))
    await cancelPrint(trx, [id]);
}

/** Has the print supplier asked to stop the jobs of letters that were read meanwhile. */
export async function cancelPrint(trx: Trx, ids: readonly string[]): Promise<void> {
  await enqueue(
    trx,
    ids.map((id) => ({
      queue: 'post.cancel_print',
      tenant: trx.ctx.tenant,
      payload: { id },
      subject: id,
      uniqueKey: id,
    })),
  );
}
