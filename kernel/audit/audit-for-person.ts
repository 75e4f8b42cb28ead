import type { Ctx } from '../ctx/index.ts';
import { withTransaction } from '../db/index.ts';
import { KernelError } from '../errors/index.ts';
import { type AuditEntryForPerson, NIL_TENANT } from './types.ts';

const MAX_LIMIT = 200;
const CURSOR = /^(\d{1,16})_([0-9a-f-]{36})_(\d{1,5})_(\d{1,16})$/;

export interface PersonAuditQuery {
  readonly from?: Date;
  /** Exclusive. */
  readonly to?: Date;
  /** `next` of the page before: entries older than it. */
  readonly before?: string;
  /** Default 50, at most 200. */
  readonly limit?: number;
}

export interface AuditPage {
  readonly entries: readonly AuditEntryForPerson[];
  /** `before` of the next page; absent on the last one. */
  readonly next: string | undefined;
}

const READ = `
  select nullif(tenant_id, '${NIL_TENANT}') as tenant, tenant_id, chain, seq, at, actor_kind as "actorKind",
    actor_id as "actorId", actor_name as "actorName", request_id as "requestId", operation, subject, object, purpose,
    legal_basis as "legalBasis", outcome, information_kind as "informationKind", detail
  from kernel.audit
  where subject = $1 and at >= $2 and at < $3 and (at, tenant_id, chain, seq) < ($4, $5, $6, $7)
  order by subject desc, at desc, tenant_id desc, chain desc, seq desc limit $8`;

/**
 * Who has used the acting person's information: entries of every organisation, newest first. Throws
 * `kernel.forbidden` unless the actor is a person, `kernel.validation` for a bad cursor.
 */
export async function auditForPerson(ctx: Ctx, query: PersonAuditQuery = {}): Promise<AuditPage> {
  if (ctx.actor.kind !== 'person') throw KernelError.forbidden();
  const limit = Math.min(Math.max(query.limit ?? 50, 1), MAX_LIMIT);
  const values = [
    ctx.actor.id,
    query.from?.toISOString() ?? '-infinity',
    query.to?.toISOString() ?? 'infinity',
    ...parseCursor(query.before),
    limit + 1,
  ];
  const { rows } = await withTransaction(ctx, (trx) =>
    trx.pg.query<AuditEntryForPerson & { tenant_id: string }>({
      name: 'kernel.audit.for_person',
      text: READ,
      values,
    }),
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last;
  return {
    entries: page.map(({ tenant_id: _, ...entry }) => entry),
    next: more ? `${last.at.getTime()}_${last.tenant_id}_${last.chain}_${last.seq}` : undefined,
  };
}

function parseCursor(before: string | undefined): [string, string, number, string] {
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
