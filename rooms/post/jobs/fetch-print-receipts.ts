import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import type { Schedule } from '@grunnmur/kernel/jobs';
import type { PrintReceipt } from '../external/index.ts';
import { auditDeliveries, changeStatus, fallThrough } from '../service/apply-outcomes.ts';
import { byTenant } from '../service/by-tenant.ts';
import type { PostDeps } from '../service/deps.ts';
import { findForsendelser } from '../store/forsendelse-store.ts';
import { insertHendelser } from '../store/hendelse-store.ts';
import { recordLeveringer } from '../store/levering-store.ts';

const PER_CALL = 500;
const MAX_CALLS = 20;

/** Collects the print supplier's receipts; acknowledged only after they are stored, so a crash repeats them. */
export function printReceiptSchedule(deps: PostDeps, everyMs: number): Schedule {
  return { name: 'post.print_receipts', everyMs, run: (ctx) => fetchAll(ctx, deps) };
}

async function fetchAll(ctx: Ctx, deps: PostDeps): Promise<void> {
  for (let call = 0; call < MAX_CALLS; call++) {
    const receipts = await deps.channels.print.fetchReceipts(PER_CALL, ctx.signal);
    if (receipts.length === 0) return;
    for (const [tenant, own] of await byTenant(ctx, receipts, (receipt) => receipt.jobId)) {
      await withTransaction(withCtx(ctx, { tenant }), (trx) => store(trx, own));
    }
    await deps.channels.print.acknowledge(
      receipts.map((receipt) => receipt.receiptId),
      ctx.signal,
    );
    if (receipts.length < PER_CALL) return;
  }
}

async function store(trx: Trx, receipts: readonly PrintReceipt[]): Promise<void> {
  const printed = receipts.filter((receipt) => receipt.type === 'printed');
  await recordLeveringer(
    trx,
    'print',
    printed.map(({ receiptId: _, type: __, jobId, ...detaljer }) => ({
      forsendelseId: jobId,
      tilstand: 'levert' as const,
      detaljer,
    })),
  );
  const handedOver = await changeStatus(
    trx,
    'SENDT_PRINT',
    printed.map(({ jobId }) => ({ id: jobId, kanal: 'print' as const, kode: 'sendt_print' })),
  );
  await auditDeliveries(trx, 'print', await findForsendelser(trx, [...handedOver]));
  await changeStatus(
    trx,
    'PRINTET',
    printed.map(({ jobId }) => ({ id: jobId, kode: 'printet' })),
  );
  const others = receipts.filter((receipt) => receipt.type !== 'printed');
  const returned = others.filter((receipt) => receipt.type === 'returned');
  await recordLeveringer(
    trx,
    'print',
    returned.map(({ jobId, type, at }) => ({
      forsendelseId: jobId,
      tilstand: 'feilet' as const,
      detaljer: { type, at },
    })),
  );
  await insertHendelser(
    trx,
    returned.map(({ jobId }) => ({ forsendelseId: jobId, kode: 'print_retur' })),
  );
  // It could not be produced: another way, or the sender is told (print receipt `failed`).
  const failed = others.flatMap((receipt) => (receipt.type === 'failed' ? [receipt.jobId] : []));
  await fallThrough(
    trx,
    'print',
    (await findForsendelser(trx, failed)).map((letter) => ({
      letter,
      kode: 'print_mislyktes',
      detail: 'failed',
    })),
    ['venter', 'sendt'],
  );
}
