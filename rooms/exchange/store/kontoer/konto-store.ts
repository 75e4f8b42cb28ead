import type { Trx } from '@grunnmur/kernel/db';
import { affected, rows } from '../sql.ts';
import type { PartRef } from './facts-store.ts';

export interface KontoRow {
  readonly id: string;
  readonly system_id: string;
  readonly navn: string;
  readonly beskrivelse: string;
  readonly protokoll: string | null;
  readonly aktiv: boolean;
  readonly send_deaktivert: boolean;
  readonly aksepterte_avsendere_aktivert: boolean;
  readonly dokumentlager_konto_id: string;
  readonly opprettet: Date;
  readonly opprettet_av: string;
  readonly sist_endret: Date;
  readonly sist_endret_av: string;
  readonly parter: readonly PartRef[];
}

export interface NewKontoRow {
  readonly id: string;
  readonly systemId: string;
  readonly navn: string;
  readonly beskrivelse: string;
  readonly protokoll: string | null;
  readonly aktiv: boolean;
}

const COLUMNS = `k.id, k.system_id, k.navn, k.beskrivelse, k.protokoll, k.aktiv, k.send_deaktivert,
  k.aksepterte_avsendere_aktivert, k.dokumentlager_konto_id, k.opprettet, k.opprettet_av, k.sist_endret, k.sist_endret_av,
  coalesce((select json_agg(json_build_object('part', p.part, 'versjon', p.versjon) order by p.part, p.versjon)
            from exchange.konto_part p where p.konto_id = k.id), '[]'::json) as parter`;

/** Inserts nothing (and gives 0) when the system is not the acting tenant's. */
export function insertKonto(trx: Trx, row: NewKontoRow): Promise<number> {
  return affected(
    trx,
    'insert_konto',
    `insert into exchange.konto (id, tenant_id, system_id, navn, beskrivelse, protokoll, aktiv, dokumentlager_konto_id,
       opprettet, opprettet_av, sist_endret, sist_endret_av)
     select $1, $2, $3, $4, $5, $6, $7, $1, $8, $9, $8, $9
     where exists (select from exchange.system where id = $3 and tenant_id = $2)`,
    [
      row.id,
      trx.ctx.tenant,
      row.systemId,
      row.navn,
      row.beskrivelse,
      row.protokoll,
      row.aktiv,
      trx.ctx.now(),
      trx.ctx.actor.id,
    ],
  );
}

/** Gives the konto exactly these parties. */
export async function replaceParter(trx: Trx, kontoId: string, parter: readonly PartRef[]): Promise<void> {
  await affected(trx, 'delete_parter', 'delete from exchange.konto_part where konto_id = $1', [kontoId]);
  await affected(
    trx,
    'insert_parter',
    `insert into exchange.konto_part (konto_id, tenant_id, part, versjon)
     select $1, $2, part, versjon from unnest($3::text[], $4::text[]) as p (part, versjon)`,
    [kontoId, trx.ctx.tenant, parter.map(({ part }) => part), parter.map(({ versjon }) => versjon)],
  );
}

/** One of the acting tenant's kontoer that is not deleted. */
export async function findKonto(trx: Trx, id: string): Promise<KontoRow | null> {
  const [row] = await rows<KontoRow>(
    trx,
    'find_konto',
    `select ${COLUMNS} from exchange.konto k where k.id = $1 and k.slettet is null`,
    [id],
  );
  return row ?? null;
}

/** The same, locked against other changes until the transaction ends. */
export async function lockKonto(trx: Trx, id: string): Promise<boolean> {
  const found = await rows(
    trx,
    'lock_konto',
    'select id from exchange.konto where id = $1 and slettet is null for update',
    [id],
  );
  return found.length === 1;
}

/** The acting tenant's kontoer, those of one system, or those that are active or not; in order of name. */
export function listKontoer(
  trx: Trx,
  filter: { readonly systemId?: string; readonly aktiv?: boolean; readonly limit: number },
): Promise<KontoRow[]> {
  return rows(
    trx,
    'list_kontoer',
    `select ${COLUMNS} from exchange.konto k
     where k.tenant_id = $1 and k.slettet is null and ($2::uuid is null or k.system_id = $2)
       and ($3::boolean is null or k.aktiv = $3)
     order by k.navn, k.id limit $4`,
    [trx.ctx.tenant, filter.systemId ?? null, filter.aktiv ?? null, filter.limit],
  );
}

/** Has the acting tenant kontoer, or messages of kontoer that it had? */
export async function hasKontoer(trx: Trx): Promise<boolean> {
  const [row] = await rows<{ found: boolean }>(
    trx,
    'has_kontoer',
    // The first part has an index, and answers for nearly everybody.
    `select exists (select from exchange.konto where tenant_id = $1 and slettet is null)
       or exists (select from exchange.konto where tenant_id = $1) as found`,
    [trx.ctx.tenant],
  );
  return row?.found ?? false;
}

export interface KontoChange {
  readonly navn?: string;
  readonly beskrivelse?: string;
  readonly aktiv?: boolean;
  readonly sendDeaktivert?: boolean;
  readonly aksepterteAvsendereAktivert?: boolean;
}

/** Changes what is given of a konto that is not deleted. */
export function updateKonto(trx: Trx, id: string, change: KontoChange): Promise<number> {
  return affected(
    trx,
    'update_konto',
    `update exchange.konto set navn = coalesce($2, navn), beskrivelse = coalesce($3, beskrivelse),
       aktiv = coalesce($4, aktiv), send_deaktivert = coalesce($5, send_deaktivert),
       aksepterte_avsendere_aktivert = coalesce($6, aksepterte_avsendere_aktivert), sist_endret = $7, sist_endret_av = $8
     where id = $1 and slettet is null`,
    [
      id,
      change.navn ?? null,
      change.beskrivelse ?? null,
      change.aktiv ?? null,
      change.sendDeaktivert ?? null,
      change.aksepterteAvsendereAktivert ?? null,
      trx.ctx.now(),
      trx.ctx.actor.id,
    ],
  );
}

/** The row stays for the messages that name it; its addresses and the access to it end. */
export async function deleteKonto(trx: Trx, id: string): Promise<void> {
  await affected(
    trx,
    'delete_konto',
    `update exchange.konto set slettet = $2, aktiv = false, sist_endret = $2, sist_endret_av = $3 where id = $1`,
    [id, trx.ctx.now(), trx.ctx.actor.id],
  );
  await affected(trx, 'delete_konto_adresser', 'delete from exchange.adresse where konto_id = $1', [id]);
  await affected(trx, 'delete_konto_tilganger', 'delete from exchange.tilgang where konto_id = $1', [id]);
}
