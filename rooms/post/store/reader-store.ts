import type { Trx } from '@grunnmur/kernel/db';
import type { Status } from '../types.ts';
import { FORSENDELSE_COLUMNS, type Forsendelse } from './forsendelse-store.ts';

/** Statuses in which a letter has not reached anybody, or never will. */
export const HIDDEN_FROM_READER: readonly Status[] = [
  'MOTTATT',
  'AVVIST',
  'FEILET_UNDER_MOTTAK',
  'IKKE_LEVERT',
];

/** A page of the acting person's letters, newest first, after the letter `before`. */
export async function listInbox(trx: Trx, before: string | undefined, limit: number): Promise<Forsendelse[]> {
  const { rows } = await trx.pg.query({
    name: 'post_list_inbox',
    text: `select ${FORSENDELSE_COLUMNS} from post.forsendelse
           where id = any (array(select post.brev_for_leser($1::text[], $2::uuid, $3))) order by id desc`,
    values: [HIDDEN_FROM_READER, before ?? null, limit],
  });
  return rows as Forsendelse[];
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
