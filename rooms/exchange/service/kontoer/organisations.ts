import type { Organisation } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { KontoDeps } from './change.ts';

/** Names and numbers of organisations by id; each is read once and remembered for 5 s by the access room. */
export async function organisationsById(
  ctx: Ctx,
  deps: Pick<KontoDeps, 'access'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Organisation>> {
  const found = await Promise.all([...new Set(ids)].map((id) => deps.access.findOrganisation(ctx, { id })));
  return new Map(found.flatMap((each) => (each ? [[each.id, each] as const] : [])));
}
