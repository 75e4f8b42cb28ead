import type { Access } from '@grunnmur/access';
import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { isUniqueViolation, type Trx, withTransaction } from '@grunnmur/kernel/db';
import { KernelError } from '@grunnmur/kernel/errors';
import type { Queues } from '../ports.ts';
import type { KontoLookups } from './create-kontoer.ts';

export interface KontoDeps {
  readonly access: Pick<Access, 'findOrganisation' | 'listOrganisations' | 'admin'>;
  readonly kontoer: KontoLookups;
  readonly queues: Queues;
}

/** One change, as the audit log tells it. */
export interface Change {
  /** Without the room's name: `konto.create`. */
  readonly operation: string;
  /** UUID of what is changed. */
  readonly object: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/**
 * Runs one change of the configuration in the acting tenant and records it, in one transaction. After the commit this
 * process asks the database again; others within 5 s. `work` throws when there is nothing to change.
 */
export function applyChange<T>(
  ctx: Ctx,
  deps: Pick<KontoDeps, 'kontoer'>,
  { operation, object, detail }: Change,
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  return withTransaction(ctx, async (trx) => {
    const result = await work(trx);
    await audit(trx, [
      { operation: `exchange.${operation}`, object, outcome: 'ok', ...(detail ? { detail } : {}) },
    ]);
    trx.afterCommit(deps.kontoer.forget);
    return result;
  });
}

/** `kernel.conflict` (409) for a broken unique rule: an id that the caller chose is in use. */
export function conflictWhenTaken(error: unknown): never {
  throw isUniqueViolation(error) ? KernelError.conflict() : error;
}
