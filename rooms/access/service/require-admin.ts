import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Trx } from '@grunnmur/kernel/db';
import { KernelError } from '@grunnmur/kernel/errors';
import { hasRole } from '../store/role-store.ts';

/** The operator's own tools and the program itself; no person and no integration. */
export function requireOperator(ctx: Ctx): void {
  if (ctx.actor.kind !== 'system') throw KernelError.forbidden();
}

/** The operator, or a person who is organisasjonsadministrator of the tenant that `trx` acts in. */
export async function requireAdmin(trx: Trx): Promise<void> {
  const { actor, tenant } = trx.ctx;
  if (!tenant) throw KernelError.forbidden();
  if (actor.kind === 'system') return;
  if (actor.kind === 'person' && (await hasRole(trx, actor.id, 'organisasjonsadministrator'))) return;
  throw KernelError.forbidden();
}
