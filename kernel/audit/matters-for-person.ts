import type { Ctx } from '../ctx/index.ts';
import { type Trx, withTransaction } from '../db/index.ts';
import { KernelError } from '../errors/index.ts';
import { AUDIT_COLUMNS, auditCursor, parseAuditCursor } from './audit-cursor.ts';
import { type AuditEntryForPerson, NIL_TENANT } from './types.ts';

const MAX_LIMIT = 100;
/** Entries of one matter that are read. */
const MAX_ENTRIES = 50;
/** Entries that the choices of a filter are made from: the newest. */
const CHOICES_FROM = 5000;

export interface MatterQuery {
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
  /** `next` of the page before. */
  readonly before?: string;
  /** Matters on a page; default 25, at most 100. */
  readonly limit?: number;
  /** Only what this organisation did; `null` for what nobody in particular did. */
  readonly tenant?: string | null;
  readonly informationKind?: string;
  /** Matters that only the person's own visits are left of, too. Default false. */
  readonly own?: boolean;
}

/** What was done with one thing (a letter) of the person's, or one entry that names no thing. */
export interface AuditMatter {
  readonly object: string | null;
  /** Newest first; at most 50, own visits among them. */
  readonly entries: readonly AuditEntryForPerson[];
  /** There are older entries than those. */
  readonly more: boolean;
}

export interface MatterPage {
  readonly matters: readonly AuditMatter[];
  readonly next: string | undefined;
}

const FILTER = (
  row: string,
) => `${row}.at >= $2 and ${row}.at < $3 and ($8::uuid is null or ${row}.tenant_id = $8)
  and ($9::text is null or ${row}.information_kind = $9)
  and ($10 or not (${row}.actor_kind = 'person' and ${row}.actor_id = $1))`;

/** Each matter at its newest entry that fits: entries with a newer one of the same matter are passed over. */
const HEADS = `
  select ${AUDIT_COLUMNS} from kernel.audit e
  where e.subject = $1 and (e.at, e.tenant_id, e.chain, e.seq) < ($4, $5, $6, $7) and ${FILTER('e')}
    and (e.object is null or not exists (
      select from kernel.audit n where n.object = e.object and n.subject = $1
        and (n.at, n.tenant_id, n.chain, n.seq) > (e.at, e.tenant_id, e.chain, e.seq) and ${FILTER('n')}))
  order by e.subject desc, e.at desc, e.tenant_id desc, e.chain desc, e.seq desc limit $11`;

const ENTRIES = `
  select e.* from unnest($2::uuid[]) o (id) cross join lateral (
    select ${AUDIT_COLUMNS} from kernel.audit e
    where e.object = o.id and e.subject = $1 and e.at >= $3 and e.at < $4
    order by e.at desc, e.tenant_id desc, e.chain desc, e.seq desc limit ${MAX_ENTRIES + 1}) e`;

type Row = AuditEntryForPerson & { readonly tenant_id: string };

/**
 * Who has used the acting person's information, by matter: all that was done with one letter stands together, where
 * its newest use stands. Throws `kernel.forbidden` unless the actor is a person, `kernel.validation` for a bad cursor.
 */
export async function auditMattersForPerson(ctx: Ctx, query: MatterQuery): Promise<MatterPage> {
  const person = requirePerson(ctx);
  const limit = Math.min(Math.max(query.limit ?? 25, 1), MAX_LIMIT);
  const period = [query.from.toISOString(), query.to.toISOString()];
  const tenant = query.tenant === null ? NIL_TENANT : (query.tenant ?? null);
  const filter = [tenant, query.informationKind ?? null, query.own ?? false];
  return withTransaction(ctx, async (trx) => {
    const { rows } = await trx.pg.query<Row>({
      name: 'kernel.audit.matters',
      text: HEADS,
      values: [person, ...period, ...parseAuditCursor(query.before), ...filter, limit + 1],
    });
    const heads = rows.slice(0, limit);
    const last = heads.at(-1);
    const byObject = await entriesOf(trx, person, heads, period);
    return {
      matters: heads.map((head) => toMatter(head, byObject)),
      next: rows.length > limit && last ? auditCursor(last) : undefined,
    };
  });
}

async function entriesOf(trx: Trx, person: string, heads: readonly Row[], period: readonly string[]) {
  const objects = heads.flatMap(({ object }) => (object === null ? [] : [object]));
  if (objects.length === 0) return new Map<string, Row[]>();
  const { rows } = await trx.pg.query<Row>({
    name: 'kernel.audit.matter_entries',
    text: ENTRIES,
    values: [person, objects, ...period],
  });
  return Map.groupBy(rows, ({ object }) => object!);
}

function toMatter(head: Row, byObject: ReadonlyMap<string, readonly Row[]>): AuditMatter {
  const rows = head.object === null ? [head] : (byObject.get(head.object) ?? [head]);
  return {
    object: head.object,
    entries: rows.slice(0, MAX_ENTRIES).map(({ tenant_id: _, ...entry }) => entry),
    more: rows.length > MAX_ENTRIES,
  };
}

/** Whose and what kinds of uses there are in a period, of its newest 5000: what a filter can offer. */
export async function auditChoicesForPerson(
  ctx: Ctx,
  period: { readonly from: Date; readonly to: Date },
): Promise<{ readonly tenants: readonly string[]; readonly kinds: readonly string[] }> {
  const person = requirePerson(ctx);
  const { rows } = await withTransaction(ctx, (trx) =>
    trx.pg.query<{ tenant: string | null; kind: string | null }>({
      name: 'kernel.audit.choices',
      text: `select distinct nullif(e.tenant_id, '${NIL_TENANT}') as tenant, e.information_kind as kind from (
          select tenant_id, information_kind from kernel.audit
          where subject = $1 and at >= $2 and at < $3 and not (actor_kind = 'person' and actor_id = $1)
          order by subject desc, at desc limit ${CHOICES_FROM}) e`,
      values: [person, period.from.toISOString(), period.to.toISOString()],
    }),
  );
  const each = (values: readonly (string | null)[]) =>
    [...new Set(values.filter((value) => value !== null))].sort();
  return { tenants: each(rows.map(({ tenant }) => tenant)), kinds: each(rows.map(({ kind }) => kind)) };
}

function requirePerson({ actor }: Ctx): string {
  if (actor.kind !== 'person') throw KernelError.forbidden();
  return actor.id;
}
