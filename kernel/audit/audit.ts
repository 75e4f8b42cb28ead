import { type Trx, toJson } from '../db/index.ts';
import type { AuditEntry } from './types.ts';

const MAX_ENTRIES = 1000;
const MAX_DETAIL = 16_384;
const MAX_TEXT = 1000;

/**
 * Writes entries to the access log in the caller's transaction: either the use of information and its trace are both
 * stored, or neither. One round trip. Actor, tenant, request and time are the context's; without a tenant the
 * entries go to the platform's own chain.
 *
 * Call it last: from here to the commit the transaction holds one of the tenant's chains. Throws a RangeError for
 * more than 1000 entries, texts over 1000 characters and details over 16 kB.
 */
export async function audit(trx: Trx, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  if (entries.length > MAX_ENTRIES) throw new RangeError(`At most ${MAX_ENTRIES} audit entries at a time`);
  const { ctx } = trx;
  const rows = entries.map((entry) => ({
    operation: entry.operation,
    subject: entry.subject,
    object: entry.object,
    purpose: entry.purpose ?? ctx.purpose,
    legal_basis: entry.legalBasis ?? ctx.legalBasis,
    outcome: entry.outcome,
    information_kind: entry.informationKind,
    detail: entry.detail,
  }));
  rows.forEach(check);
  await trx.pg.query({
    name: 'kernel.audit.append',
    text: 'select kernel.audit_append($1, $2, $3, $4)',
    values: [ctx.now(), ctx.actor.name ?? null, ctx.requestId.slice(0, MAX_TEXT), toJson(rows)],
  });
}

function check({ detail, ...texts }: Record<string, unknown>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (typeof text === 'string' && text.length > MAX_TEXT)
      throw new RangeError(`Audit field ${name} has at most ${MAX_TEXT} characters`);
  }
  if (detail !== undefined && Buffer.byteLength(JSON.stringify(detail) ?? '') > MAX_DETAIL)
    throw new RangeError(`Audit detail has at most ${MAX_DETAIL} bytes`);
}
