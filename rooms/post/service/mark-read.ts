import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { enqueue } from '@grunnmur/kernel/jobs';
import { insertHendelser } from '../store/hendelse-store.ts';
import { stopWaiting } from '../store/levering-store.ts';
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
    const letter = await ownLetter(trx, konto, id);
    const params = { system: read.system ?? 'ukjent', lest: read.tidspunkt.toISOString() };
    await markRead(
      trx,
      id,
      'lest_eksternt',
      letter.kanal === 'print' || letter.status === 'SENDT_PRINT',
      params,
    );
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
  printing: boolean,
  params: Record<string, string> = {},
): Promise<void> {
  const moved = await changeStatus(trx, 'LEST', [{ id, kode, params }]);
  if (!moved.has(id)) {
    await insertHendelser(trx, [{ forsendelseId: id, kode, params }]);
    return;
  }
  await stopWaiting(trx, [id]);
  if (printing)
    await enqueue(trx, [
      { queue: 'post.cancel_print', tenant: trx.ctx.tenant, payload: { id }, subject: id, uniqueKey: id },
    ]);
}
