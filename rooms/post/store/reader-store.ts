import type { Trx } from '@grunnmur/kernel/db';
import type { Status } from '../types.ts';
import { FORSENDELSE_COLUMNS, type Forsendelse } from './forsendelse-store.ts';

/** Statuses in which a letter has not reached anybody, or never will. */
const HIDDEN_FROM_READER: readonly Status[] = ['MOTTATT', 'AVVIST', 'FEILET_UNDER_MOTTAK', 'IKKE_LEVERT'];

/** What to look for in the reader's letters. */
export interface InboxFilter {
  /** Stands in the title, whatever the case, or … */
  readonly text?: string;
  /** … the letter is from one of these tenants. */
  readonly senders?: readonly string[];
  /** Only letters that wait to be opened (`true`), or only the others. */
  readonly unopened?: boolean;
  /** Level of the login: titles of level-4 letters are not searched below 4. */
  readonly level: number;
}

/** A page of the acting person's letters, newest first, after the letter `before`. */
export async function listInbox(
  trx: Trx,
  before: string | undefined,
  limit: number,
  filter: InboxFilter,
): Promise<Forsendelse[]> {
  const all = filter.text === undefined && filter.unopened === undefined;
  const page = [HIDDEN_FROM_READER, before ?? null, limit];
  const { rows } = all
    ? await trx.pg.query({
        name: 'post_list_inbox',
        text: `select ${FORSENDELSE_COLUMNS} from post.forsendelse
           where id = any (array(select post.brev_for_leser($1::text[], $2::uuid, $3))) order by id desc`,
        values: page,
      })
    : await trx.pg.query({
        name: 'post_search_inbox',
        text: `select ${FORSENDELSE_COLUMNS} from post.forsendelse where id = any (array(
             select post.sok_brev_for_leser($1::text[], $2::uuid, $3, $4, $5::uuid[], $6, $7))) order by id desc`,
        values: [...page, filter.text ?? null, filter.senders ?? [], filter.level, filter.unopened ?? null],
      });
  return rows as Forsendelse[];
}

/** The tenants that the acting person has letters from. */
export async function listSenders(trx: Trx): Promise<string[]> {
  const { rows } = await trx.pg.query({
    name: 'post_list_senders',
    text: 'select post.avsendere_for_leser() as id',
  });
  return rows.map((row: { id: string }) => row.id);
}

/** How many of the acting person's letters wait to be opened; `cap` stands for that many or more. */
export async function countUnopened(trx: Trx, cap: number): Promise<number> {
  const { rows } = await trx.pg.query({
    name: 'post_count_unopened',
    text: 'select least(post.antall_uapnet($1::text[], $2), $2) as count',
    values: [HIDDEN_FROM_READER, cap],
  });
  return (rows[0] as { count: number }).count;
}

/** One letter as far as the acting person may see it. */
export async function findForReader(trx: Trx, id: string): Promise<Forsendelse | undefined> {
  const { rows } = await trx.pg.query({
    name: 'post_find_for_reader',
    text: `select ${FORSENDELSE_COLUMNS} from post.forsendelse where id = $1 and not status = any($2::text[])
             and (status <> 'IKKE_LEVERT' or kanal is not null)`,
    values: [id, HIDDEN_FROM_READER],
  });
  return rows[0] as Forsendelse | undefined;
}

/** When `reader` opened each of the letters, by id. */
export async function findApninger(
  trx: Trx,
  ids: readonly string[],
  reader: string,
): Promise<Map<string, Date>> {
  const { rows } = await trx.pg.query({
    name: 'post_find_apning',
    text: 'select forsendelse_id as id, tidspunkt from post.apning where forsendelse_id = any($1::uuid[]) and leser = $2',
    values: [ids, reader],
  });
  return new Map(rows.map((row: { id: string; tidspunkt: Date }) => [row.id, row.tidspunkt]));
}

/** Notes that `reader` has opened the letter; false when that was known. */
export async function insertApning(
  trx: Trx,
  id: string,
  reader: string,
  kilde: 'portal' | 'ekstern',
  at: Date,
): Promise<boolean> {
  const { rowCount } = await trx.pg.query({
    name: 'post_insert_apning',
    text: `insert into post.apning (forsendelse_id, leser, tenant_id, tidspunkt, kilde) values ($1, $2, $3, $4, $5)
           on conflict (forsendelse_id, leser) do nothing`,
    values: [id, reader, trx.ctx.tenant, at, kilde],
  });
  return rowCount === 1;
}

/** Sets when the letter was opened, unless it was before. */
export async function setLest(trx: Trx, id: string, at: Date): Promise<void> {
  await trx.pg.query({
    name: 'post_set_lest',
    text: 'update post.forsendelse set lest = $2 where id = $1 and lest is null',
    values: [id, at],
  });
}

/** Titles of those of the letters that the acting person may see. */
export async function findTitles(
  trx: Trx,
  ids: readonly string[],
): Promise<Pick<Forsendelse, 'id' | 'tenantId' | 'tittel' | 'niva4'>[]> {
  const { rows } = await trx.pg.query({
    name: 'post_find_titles',
    text: `select id, tenant_id as "tenantId", tittel, niva4 from post.forsendelse
           where id = any($1::uuid[]) and not status = any($2::text[])`,
    values: [ids, HIDDEN_FROM_READER],
  });
  return rows as Pick<Forsendelse, 'id' | 'tenantId' | 'tittel' | 'niva4'>[];
}

/** When the reader downloaded each document, by number. */
export async function findNedlastinger(trx: Trx, id: string, reader: string): Promise<Map<number, Date>> {
  const { rows } = await trx.pg.query({
    name: 'post_find_nedlasting',
    text: 'select nr, tidspunkt from post.nedlasting where forsendelse_id = $1 and leser = $2',
    values: [id, reader],
  });
  return new Map(rows.map((row: { nr: number; tidspunkt: Date }) => [row.nr, row.tidspunkt]));
}

/** Notes completed downloads; returns how many different documents the reader has downloaded by now. */
export async function recordNedlastinger(
  trx: Trx,
  id: string,
  reader: string,
  numbers: readonly number[],
): Promise<number> {
  // Two documents that end at once must see each other's rows, or neither would be the last one.
  await trx.pg.query({
    name: 'post_lock_nedlasting',
    text: `select pg_advisory_xact_lock(hashtextextended('post.nedlasting/' || $1 || '/' || $2, 0))`,
    values: [id, reader],
  });
  await trx.pg.query({
    name: 'post_record_nedlasting',
    text: `insert into post.nedlasting (forsendelse_id, nr, leser, tenant_id, tidspunkt)
           select $1, nr, $2, $3, $4 from unnest($5::int[]) as n (nr)
           on conflict (forsendelse_id, nr, leser) do update set tidspunkt = excluded.tidspunkt`,
    values: [id, reader, trx.ctx.tenant, trx.ctx.now(), numbers],
  });
  const { rows } = await trx.pg.query({
    name: 'post_count_nedlasting',
    text: 'select count(*)::int as count from post.nedlasting where forsendelse_id = $1 and leser = $2',
    values: [id, reader],
  });
  return (rows[0] as { count: number }).count;
}
