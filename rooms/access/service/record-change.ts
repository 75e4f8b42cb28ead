import { type AuditEntry, audit } from '@grunnmur/kernel/audit';
import type { Trx } from '@grunnmur/kernel/db';
import { isUuid } from '@grunnmur/kernel/ids';

/**
 * Writes an administrative change to the audit log, as the last thing in its transaction. `person` is the one the
 * change is about: it is then among the entries that this person can read.
 */
export async function recordChange(
  trx: Trx,
  operation: string,
  target: string,
  person?: string,
): Promise<void> {
  await audit(trx, [
    {
      operation: `access.${operation}`,
      outcome: 'ok',
      ...auditTarget(target),
      ...(person ? { subject: person, informationKind: 'role' } : {}),
    },
  ]);
}

/** The log's `object` is a UUID; what is known by a name (an account, a client) goes into the detail. */
export function auditTarget(
  target: string,
  detail?: Record<string, unknown>,
): Pick<AuditEntry, 'object' | 'detail'> {
  if (isUuid(target)) return { object: target, ...(detail ? { detail } : {}) };
  return { detail: { ...detail, target } };
}
