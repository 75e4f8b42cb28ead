import type { Trx } from '@grunnmur/kernel/db';
import type { HendelseKode, MeldingStatus } from '../../types.ts';

/** A message as its two parties may see it: never its payload. */
export interface MeldingRow {
  readonly id: string;
  readonly konto_id: string;
  readonly avsender_konto_id: string;
  readonly type: string;
  readonly svar_til: string | null;
  readonly klient_melding_id: string | null;
  readonly klient_korrelasjons_id: string | null;
  readonly plattform: boolean;
  readonly storrelse: number;
  readonly dokument_id: string | null;
  readonly status: MeldingStatus;
  readonly mottatt: Date;
  readonly utlop: Date;
  readonly avsluttet: Date | null;
}

export interface HendelseRow {
  readonly tidspunkt: Date;
  readonly kode: HendelseKode;
  readonly levert: Date | null;
  readonly forbindelse: string | null;
  readonly varsel_id: string | null;
}

const COLUMNS = `m.id, m.konto_id, m.avsender_konto_id, m.type, m.svar_til, m.klient_melding_id, m.klient_korrelasjons_id,
  m.plattform, m.storrelse, m.dokument_id, m.status, m.mottatt, m.utlop, m.avsluttet`;
/** Sent from or to a konto of the integration $1, or when it is null of the organisation, whose rows alone are seen here. */
const OWN = `exists (select from exchange.konto k join exchange.system s on s.id = k.system_id
  where k.id in (m.konto_id, m.avsender_konto_id) and ($1::uuid is null or s.integrasjon_id = $1))`;

export async function findMelding(
  trx: Trx,
  scope: string | null,
  id: string,
): Promise<MeldingRow | undefined> {
  const { rows } = await trx.pg.query<MeldingRow>({
    name: 'exchange_find_melding',
    text: `select ${COLUMNS} from exchange.melding m where m.id = $2 and ${OWN}`,
    values: [scope, id],
  });
  return rows[0];
}

export async function findHendelser(trx: Trx, id: string): Promise<HendelseRow[]> {
  const { rows } = await trx.pg.query<HendelseRow>({
    name: 'exchange_find_hendelser',
    text: `select tidspunkt, kode, levert, forbindelse, varsel_id from exchange.hendelse where melding_id = $1 order by nr limit 200`,
    values: [id],
  });
  return rows;
}

/** The delivery that is under way, if the message is with a consumer now. */
export async function findDelivery(
  trx: Trx,
  { id, konto_id }: MeldingRow,
): Promise<{ levert: Date; forbindelse: string } | undefined> {
  const { rows } = await trx.pg.query<{ levert: Date; forbindelse: string }>({
    name: 'exchange_find_delivery',
    // A message that is out stands among the first of its queue; what waits behind is not read.
    text: `select levert, forbindelse from (
        select k.melding_id, k.token, k.levert, k.forbindelse from exchange.ko k where k.konto_id = $2 order by k.konto_id, k.seq limit 20000
      ) k where k.melding_id = $1 and k.token is not null`,
    values: [id, konto_id],
  });
  return rows[0];
}

/**
 * Does `answer` really answer `original`? A sender may write any id into svarPaMelding (fiks-io §2.2), and the receiver gets
 * it as it was sent; but only the organisations that exchanged a message can answer it.
 */
const answers = (answer: string, original: string) =>
  `${answer}.svar_til = ${original}.id and ${answer}.avsender_tenant_id in (${original}.tenant_id, ${original}.avsender_tenant_id)`;

export async function findAnswers(
  trx: Trx,
  scope: string | null,
  id: string,
  limit: number,
): Promise<MeldingRow[]> {
  const { rows } = await trx.pg.query<MeldingRow>({
    name: 'exchange_find_answers',
    text: `select ${COLUMNS} from exchange.melding m join exchange.melding o on o.id = $2
      where m.svar_til = $2 and ${answers('m', 'o')} and ${OWN} order by m.id limit $3`,
    values: [scope, id, limit],
  });
  return rows;
}

/** What a message answers, what that answers, and so on, and all their answers: the oldest first. */
export async function findConversation(
  trx: Trx,
  scope: string | null,
  id: string,
  limit: number,
): Promise<MeldingRow[]> {
  const { rows } = await trx.pg.query<MeldingRow>({
    name: 'exchange_find_conversation',
    text: `with recursive opp as (
        select m.id, m.svar_til, m.avsender_tenant_id, 1 as steg from exchange.melding m where m.id = $2
        union all
        select m.id, m.svar_til, m.avsender_tenant_id, o.steg + 1
        from opp o join exchange.melding m on ${answers('o', 'm')} where o.steg < $3
      ), ned as (
        select * from (select o.id, 1 as steg from opp o order by o.steg desc limit 1) rot
        union
        select m.id, n.steg + 1 from ned n cross join lateral (
          select m.id from exchange.melding o join exchange.melding m on m.svar_til = n.id and ${answers('m', 'o')}
          where o.id = n.id order by m.id limit $3
        ) m where n.steg < $3
      )
      select ${COLUMNS} from (select distinct id from (select id from ned limit $3 * 10) n) n
        join exchange.melding m on m.id = n.id where ${OWN} order by m.id limit $3`,
    values: [scope, id, limit],
  });
  return rows;
}

export interface SearchFilter {
  readonly kontoId?: string | undefined;
  /** Pattern of LIKE that the type's name fits, whatever the case: see {@link typePattern}. */
  readonly type?: string | undefined;
  readonly status?: string | undefined;
  readonly klientMeldingId?: string | undefined;
  readonly korrelasjonsId?: string | undefined;
  readonly fra?: Date | undefined;
  readonly til?: Date | undefined;
  /** Only messages with an id below it. */
  readonly before: string;
  /** Only messages with an id from it on. */
  readonly from: string;
  readonly limit: number;
}

/** The whole name of a type, or any part of it, as a pattern: what was written stands for itself. */
export function typePattern(type: string | undefined, part: string | undefined): string | undefined {
  const literal = (text: string) => text.replace(/[\\%_]/g, '\\$&');
  if (type !== undefined) return literal(type);
  return part === undefined ? undefined : `%${literal(part)}%`;
}

const MATCHES = `($3::text is null or m.type ilike $3) and ($4::text is null or m.status = $4)
  and ($5::text is null or m.klient_melding_id = $5) and ($6::text is null or m.klient_korrelasjons_id = $6)
  and ($7::timestamptz is null or m.mottatt >= $7) and ($8::timestamptz is null or m.mottatt < $8)
  and ($2::uuid is null or $2 in (m.konto_id, m.avsender_konto_id))`;

/** Messages that one of the sender's ids names, the newest first. */
export async function searchByClientId(
  trx: Trx,
  scope: string | null,
  filter: SearchFilter,
): Promise<MeldingRow[]> {
  const column =
    filter.klientMeldingId === undefined ? 'klient_korrelasjons_id = $6' : 'klient_melding_id = $5';
  const { rows } = await trx.pg.query<MeldingRow>({
    name: `exchange_search_${column.slice(0, 20)}`,
    text: `select ${COLUMNS} from exchange.melding m
      where m.${column} and m.id < $9 and m.id >= $10 and ${MATCHES} and ${OWN} order by m.id desc limit $11`,
    values: values(scope, filter),
  });
  return rows;
}

/** Messages that are, or whose sender calls them or their dialogue, what was asked for: the newest first. */
export async function searchByAnyId(
  trx: Trx,
  scope: string | null,
  filter: SearchFilter,
  asked: { readonly uuid: string | undefined; readonly texts: readonly string[] },
): Promise<MeldingRow[]> {
  const { rows } = await trx.pg.query<MeldingRow>({
    name: 'exchange_search_any_id',
    text: `with treff as materialized (
        select $12::uuid as id
        union
        select m.id from unnest($13::text[]) t (tekst) cross join lateral (
          select m.id from exchange.melding m where m.klient_melding_id = t.tekst and m.id < $9 and m.id >= $10
            and ${MATCHES} and ${OWN} order by m.id desc limit $11) m
        union
        select m.id from unnest($13::text[]) t (tekst) cross join lateral (
          select m.id from exchange.melding m where m.klient_korrelasjons_id = t.tekst and m.id < $9 and m.id >= $10
            and ${MATCHES} and ${OWN} order by m.id desc limit $11) m
      )
      select ${COLUMNS} from treff t join exchange.melding m on m.id = t.id
      where m.id < $9 and m.id >= $10 and ${MATCHES} and ${OWN} order by m.id desc limit $11`,
    values: [...values(scope, filter), asked.uuid ?? null, asked.texts],
  });
  return rows;
}

/** Rows of one konto and direction that a search reads before it answers with what it has found so far. */
const WINDOW = 2000;
/** Enough when nearly every row that is read is a hit; an organisation may have many kontoer. At least a page. */
const UNFILTERED_WINDOW = 100;

/**
 * Messages to and from the integration's kontoer, the newest first. At most a window of rows of each konto and
 * direction is read: `frontier` is where the search has come when it found less than a page, undefined when there is no more.
 */
export async function searchByKonto(
  trx: Trx,
  scope: string | null,
  filter: SearchFilter,
): Promise<{ rows: MeldingRow[]; frontier: string | undefined }> {
  const filtered = [filter.type, filter.status, filter.til].some((value) => value !== undefined);
  const window = filtered ? WINDOW : UNFILTERED_WINDOW;
  const { rows } = await trx.pg.query<MeldingRow & { frontier: string | null }>({
    name: `exchange_search_konto_${window}`,
    text: `with egen as materialized (
        select k.id from exchange.konto k join exchange.system s on s.id = k.system_id
        where ($1::uuid is null or s.integrasjon_id = $1) and ($2::uuid is null or k.id = $2)
      ), lest as materialized (
        select e.id as konto, 1 as retning, x.id from egen e cross join lateral (
          select m.id from exchange.melding m where m.konto_id = e.id and m.id < $9 and m.id >= $10
          order by m.id desc limit ${window}) x
        union all
        select e.id, 2, x.id from egen e cross join lateral (
          select m.id from exchange.melding m where m.avsender_konto_id = e.id and m.id < $9 and m.id >= $10
          order by m.id desc limit ${window}) x
      ), grense as materialized (
        -- uuid has no max: the text of a UUID sorts as it does
        select max(forst)::uuid as frontier from (
          select min(l.id::text) as forst from lest l group by l.konto, l.retning having count(*) = ${window}) g
      ), treff as (
        select ${COLUMNS} from (select distinct l.id from lest l) l join exchange.melding m on m.id = l.id
        where ${MATCHES} and m.id >= coalesce((select frontier from grense), '00000000-0000-0000-0000-000000000000')
        order by m.id desc limit $11
      )
      select t.*, g.frontier from grense g left join treff t on true order by t.id desc`,
    values: values(scope, filter),
  });
  return { rows: rows.filter((row) => row.id !== null), frontier: rows[0]?.frontier ?? undefined };
}

function values(scope: string | null, filter: SearchFilter): unknown[] {
  return [
    scope,
    filter.kontoId ?? null,
    filter.type ?? null,
    filter.status ?? null,
    filter.klientMeldingId ?? null,
    filter.korrelasjonsId ?? null,
    filter.fra ?? null,
    filter.til ?? null,
    filter.before,
    filter.from,
    filter.limit,
  ];
}
