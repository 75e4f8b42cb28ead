import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { isUuid } from '@grunnmur/kernel/ids';
import { DAY_MS } from '@grunnmur/kernel/time';
import { kjenteObjekter, ryddMeldinger } from '../../store/meldinger/retention-store.ts';
import { objektOfKey } from './object-key.ts';

/** How long the rows and history of ended messages are kept. */
export const KEEP_MS = 365 * DAY_MS;
const PER_TRANSACTION = 1000;

/** Which of these keys of the room's store a message still needs: for the room's one sweeper. */
export async function payloadsInUse(ctx: Ctx, keys: readonly string[]): Promise<Set<string>> {
  const known = await withTransaction(ctx, (trx) =>
    kjenteObjekter(trx, keys.map(objektOfKey).filter(isUuid)),
  );
  return new Set(keys.filter((key) => known.has(objektOfKey(key))));
}

/** Removes messages that ended and are older than a year, in transactions of bounded size. Answers how many. */
export async function purgeMeldinger(ctx: Ctx): Promise<number> {
  const before = firstIdOf(ctx.now().getTime() - KEEP_MS);
  for (let total = 0; ; ) {
    ctx.signal?.throwIfAborted();
    const removed = await withTransaction(ctx, (trx) => ryddMeldinger(trx, before, PER_TRANSACTION));
    total += removed;
    if (removed < PER_TRANSACTION) return total;
  }
}

/** Below every id (UUIDv7) made at this time or later. */
function firstIdOf(ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}
