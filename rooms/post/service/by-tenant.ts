import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { isUuid } from '@grunnmur/kernel/ids';
import { findOwners } from '../store/forsendelse-store.ts';

/**
 * Groups what an outside service tells about letters by the tenants that own them. What names no letter of ours is
 * left out: an outside service must not be able to stop the rest.
 */
export async function byTenant<T>(
  ctx: Ctx,
  items: readonly T[],
  letterId: (item: T) => string,
): Promise<Map<string, T[]>> {
  const ids = [...new Set(items.map(letterId).filter(isUuid))];
  const owners = await withTransaction(ctx, (trx) => findOwners(trx, ids));
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const tenant = owners.get(letterId(item).toLowerCase());
    if (!tenant) {
      ctx.log.warn({ letter: letterId(item).slice(0, 40) }, 'receipt for an unknown letter');
      continue;
    }
    groups.set(tenant, [...(groups.get(tenant) ?? []), item]);
  }
  return groups;
}
