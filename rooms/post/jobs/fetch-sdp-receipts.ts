import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import type { Schedule } from '@grunnmur/kernel/jobs';
import type { DpiReceipt } from '../external/index.ts';
import { auditDeliveries, changeStatus, fallThrough } from '../service/apply-outcomes.ts';
import { byTenant } from '../service/by-tenant.ts';
import type { PostDeps } from '../service/deps.ts';
import { cancelPrint, markRead } from '../service/mark-read.ts';
import { findForsendelser } from '../store/forsendelse-store.ts';
import { insertHendelser } from '../store/hendelse-store.ts';
import { findLeveringer, recordLeveringer, stopWaiting } from '../store/levering-store.ts';

const PER_CALL = 100;
const MAX_CALLS = 50;

/** Collects the mailboxes' receipts; each is acknowledged only after it is stored, so a crash repeats it. */
export function sdpReceiptSchedule(deps: PostDeps, everyMs: number): Schedule {
  return { name: 'post.sdp_receipts', everyMs, run: (ctx) => fetchAll(ctx, deps) };
}

async function fetchAll(ctx: Ctx, deps: PostDeps): Promise<void> {
  for (let call = 0; call < MAX_CALLS; call++) {
    const receipts = await deps.channels.sdp.fetchReceipts(PER_CALL, ctx.signal);
    if (receipts.length === 0) return;
    const readable = receipts.filter((receipt): receipt is DpiReceipt => receipt.type !== 'unreadable');
    if (readable.length < receipts.length)
      ctx.log.error({ count: receipts.length - readable.length }, 'unreadable mailbox receipts');
    for (const [tenant, own] of await byTenant(ctx, readable, (receipt) => receipt.messageId)) {
      await withTransaction(withCtx(ctx, { tenant }), (trx) => store(trx, own));
    }
    for (const receipt of receipts) await deps.channels.sdp.acknowledge(receipt.receiptId, ctx.signal);
    if (receipts.length < PER_CALL) return;
  }
}

async function store(trx: Trx, receipts: readonly DpiReceipt[]): Promise<void> {
  const delivered = receipts.filter((receipt) => receipt.type === 'leveringskvittering');
  await recordLeveringer(
    trx,
    'sdp',
    delivered.map(({ messageId }) => ({ forsendelseId: messageId, tilstand: 'levert' as const })),
  );
  const ids = delivered.map(({ messageId }) => messageId);
  // Delivery counts: nothing else is tried, also when we had given the mailbox up.
  await stopWaiting(trx, ids);
  // A receipt proves the hand-over, also when our own record of it is not committed yet or was lost with its worker.
  const handedOver = await changeStatus(
    trx,
    'SENDT_SDP',
    ids.map((id) => ({ id, kanal: 'sdp' as const, kode: 'sendt_sdp' })),
  );
  await auditDeliveries(trx, 'sdp', await findForsendelser(trx, [...handedOver]));
  const printing = (await findLeveringer(trx, ids)).filter(
    (row) => row.kanal === 'print' && row.tilstand === 'sendt',
  );
  await cancelPrint(
    trx,
    printing.map((row) => row.forsendelseId),
  );
  await changeStatus(
    trx,
    'LEVERT_SDP',
    delivered.map(({ messageId }) => ({ id: messageId, kode: 'levert_sdp' })),
  );
  for (const { messageId } of receipts.filter((receipt) => receipt.type === 'aapningskvittering')) {
    await markRead(trx, messageId, 'lest_sdp', trx.ctx.now());
  }
  const unnoticed = receipts.filter((receipt) => receipt.type === 'varslingfeiletkvittering');
  await insertHendelser(
    trx,
    unnoticed.map(({ messageId }) => ({ forsendelseId: messageId, kode: 'sdp_varsling_feilet' })),
  );
  await refuse(
    trx,
    receipts.filter((receipt) => receipt.type === 'feil' || receipt.type === 'returpostkvittering'),
  );
}

/** The mailbox could not deliver: the next channel at once (SvarUt: digital delivery failure). */
async function refuse(trx: Trx, faults: readonly DpiReceipt[]): Promise<void> {
  const letters = await findForsendelser(
    trx,
    faults.map((receipt) => receipt.messageId),
  );
  const open = letters.filter((letter) => letter.status === 'SENDT_SDP' || letter.status === 'AKSEPTERT');
  const details = new Map(faults.map((receipt) => [receipt.messageId, receipt.fault ?? receipt.type]));
  await fallThrough(
    trx,
    'sdp',
    open.map((letter) => ({ letter, kode: 'sdp_avvist', detail: details.get(letter.id) ?? 'feil' })),
    ['venter', 'sendt'],
  );
}
