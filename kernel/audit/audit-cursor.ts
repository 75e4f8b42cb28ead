import { KernelError } from '../errors/index.ts';
import { type AuditEntryForPerson, NIL_TENANT } from './types.ts';

/** What is read of an entry for the person it concerns; `tenant_id` is for the cursor alone. */
export const AUDIT_COLUMNS = `nullif(tenant_id, '${NIL_TENANT}') as tenant, tenant_id, chain, seq, at,
    actor_kind as "actorKind", actor_id as "actorId", actor_name as "actorName", request_id as "requestId", operation,
    subject, object, purpose, legal_basis as "legalBasis", outcome, information_kind as "informationKind", detail`;

const CURSOR = /^(\d{1,16})_([0-9a-f-]{36})_(\d{1,5})_(\d{1,16})$/;

/** Where the page after `entry` begins. */
export function auditCursor(
  entry: Pick<AuditEntryForPerson, 'at' | 'chain' | 'seq'> & { readonly tenant_id: string },
): string {
  return `${entry.at.getTime()}_${entry.tenant_id}_${entry.chain}_${entry.seq}`;
}

/** `at`, tenant, chain and seq that the page's entries come before. Throws `kernel.validation`. */
export function parseAuditCursor(before: string | undefined): [string, string, number, string] {
  if (before === undefined) return ['infinity', NIL_TENANT, 0, '0'];
  const match = CURSOR.exec(before);
  const at = new Date(Number(match?.[1]));
  if (!match || Number.isNaN(at.getTime()))
    throw KernelError.validation({
      params: { detail: 'before' },
      fields: [{ field: 'before', rule: 'cursor' }],
    });
  return [at.toISOString(), match[2]!, Number(match[3]), match[4]!];
}
