import { type Trx, toJson } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import type { Status } from '../types.ts';

export interface NyHendelse {
  readonly forsendelseId: string;
  readonly kode: string;
  readonly params?: Record<string, string | number>;
  /** The letter's status after this entry, when the entry changes it. */
  readonly status?: Status;
  readonly aktor?: string;
}

export interface HendelseRow {
  readonly id: string;
  readonly tidspunkt: Date;
  readonly kode: string;
  readonly params: Record<string, string | number>;
  readonly status: Status | null;
  readonly aktor: string | null;
}

/** Appends entries to the event logs of any number of letters in one statement, in the order given. */
export async function insertHendelser(trx: Trx, entries: readonly NyHendelse[]): Promise<void> {
  if (entries.length === 0) return;
  await trx.pg.query({
    name: 'post_insert_hendelse',
    text: `insert into post.hendelse (id, tenant_id, forsendelse_id, tidspunkt, kode, params, status, aktor)
           select id, $2, forsendelse, $3, kode, params::jsonb, status, aktor
           from unnest($1::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[]) as h (id, forsendelse, kode, params, status, aktor)`,
    values: [
      entries.map(() => newId()),
      trx.ctx.tenant,
      trx.ctx.now(),
      entries.map((entry) => entry.forsendelseId),
      entries.map((entry) => entry.kode),
      entries.map((entry) => toJson(entry.params ?? {})),
      entries.map((entry) => entry.status ?? null),
      entries.map((entry) => entry.aktor ?? null),
    ],
  });
}

/** Appends the entry unless the letter has one with this code and these parameters: for what may be found again. */
export async function insertHendelseOnce(trx: Trx, entry: NyHendelse): Promise<void> {
  const { rows } = await trx.pg.query({
    name: 'post_has_hendelse',
    text: 'select 1 from post.hendelse where forsendelse_id = $1 and kode = $2 and params = $3::jsonb limit 1',
    values: [entry.forsendelseId, entry.kode, toJson(entry.params ?? {})],
  });
  if (rows.length === 0) await insertHendelser(trx, [entry]);
}

export async function listHendelser(trx: Trx, forsendelseId: string): Promise<HendelseRow[]> {
  const { rows } = await trx.pg.query({
    name: 'post_list_hendelse',
    text: `select id, tidspunkt, kode, params, status, aktor from post.hendelse where forsendelse_id = $1 order by id`,
    values: [forsendelseId],
  });
  return rows as HendelseRow[];
}
