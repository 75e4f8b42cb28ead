import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { firstIdAt } from '@grunnmur/kernel/ids';
import { DAY_MS } from '@grunnmur/kernel/time';
import { ryddMeldinger } from '../../store/meldinger/retention-store.ts';

/** How long the rows and history of ended messages are kept. */
const KEEP_MS = 365 * DAY_MS;
const PER_TRANSACTION = 1000;

/** Removes messages that ended and are older than a year, in transactions of bounded size. Answers how many. */
export async function purgeMeldinger(ctx: Ctx): Promise<number> {
  const before = firstIdAt(ctx.now().getTime() - KEEP_MS);
  for (let total = 0; ; ) {
    ctx.signal?.throwIfAborted();
    const removed = await withTransaction(ctx, (trx) => ryddMeldinger(trx, before, PER_TRANSACTION));
    total += removed;
    if (removed < PER_TRANSACTION) return total;
  }
}
