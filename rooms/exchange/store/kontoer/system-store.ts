import type { Trx } from '@grunnmur/kernel/db';
import { affected, rows } from '../sql.ts';

export interface SystemRow {
  readonly id: string;
  readonly integrasjon_id: string;
  readonly navn: string;
  readonly beskrivelse: string;
  readonly eposter: readonly string[];
  readonly offentlig: boolean;
  readonly automatisk_godkjenning: boolean;
  readonly konfigureres_av_integrasjon: boolean;
  readonly leverandor_navn: string | null;
  readonly leverandor_kontaktpunkt: string | null;
  readonly opprettet: Date;
  readonly sist_endret: Date;
}

export type NewSystemRow = Omit<SystemRow, 'opprettet' | 'sist_endret'>;
export type SystemInfoRow = Omit<NewSystemRow, 'id' | 'integrasjon_id' | 'konfigureres_av_integrasjon'>;

const COLUMNS = `id, integrasjon_id, navn, beskrivelse, eposter, offentlig, automatisk_godkjenning,
  konfigureres_av_integrasjon, leverandor_navn, leverandor_kontaktpunkt`;

export async function insertSystem(trx: Trx, row: NewSystemRow): Promise<void> {
  await affected(
    trx,
    'insert_system',
    `insert into exchange.system (${COLUMNS}, tenant_id, opprettet, opprettet_av, sist_endret, sist_endret_av)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12, $13)`,
    [
      row.id,
      row.integrasjon_id,
      row.navn,
      row.beskrivelse,
      row.eposter,
      row.offentlig,
      row.automatisk_godkjenning,
      row.konfigureres_av_integrasjon,
      row.leverandor_navn,
      row.leverandor_kontaktpunkt,
      trx.ctx.tenant,
      trx.ctx.now(),
      trx.ctx.actor.id,
    ],
  );
}

/** One of the acting tenant's systems. */
export async function findSystem(trx: Trx, id: string): Promise<SystemRow | null> {
  const [row] = await rows<SystemRow>(
    trx,
    'find_system',
    `select ${COLUMNS}, opprettet, sist_endret from exchange.system where id = $1`,
    [id],
  );
  return row ?? null;
}

export function listSystems(trx: Trx, limit: number): Promise<SystemRow[]> {
  return rows(
    trx,
    'list_systems',
    `select ${COLUMNS}, opprettet, sist_endret from exchange.system where tenant_id = $1
     order by navn, id limit $2`,
    [trx.ctx.tenant, limit],
  );
}

export function updateSystemInfo(trx: Trx, id: string, info: SystemInfoRow): Promise<number> {
  return affected(
    trx,
    'update_system_info',
    `update exchange.system set navn = $2, beskrivelse = $3, eposter = $4, offentlig = $5,
       automatisk_godkjenning = $6, leverandor_navn = $7, leverandor_kontaktpunkt = $8, sist_endret = $9,
       sist_endret_av = $10
     where id = $1`,
    [
      id,
      info.navn,
      info.beskrivelse,
      info.eposter,
      info.offentlig,
      info.automatisk_godkjenning,
      info.leverandor_navn,
      info.leverandor_kontaktpunkt,
      trx.ctx.now(),
      trx.ctx.actor.id,
    ],
  );
}

/** FIKS.KONFIGURER on or off. */
export function updateKonfigureres(trx: Trx, id: string, value: boolean): Promise<number> {
  return affected(
    trx,
    'update_konfigureres',
    `update exchange.system set konfigureres_av_integrasjon = $2, sist_endret = $3, sist_endret_av = $4 where id = $1`,
    [id, value, trx.ctx.now(), trx.ctx.actor.id],
  );
}

/** Creates or changes what the organisation has beside its name and number. */
export async function saveOrganisasjon(trx: Trx, kommunenummer: string): Promise<void> {
  await affected(
    trx,
    'save_organisasjon',
    `insert into exchange.organisasjon (tenant_id, kommunenummer) values ($1, $2)
     on conflict (tenant_id) do update set kommunenummer = excluded.kommunenummer`,
    [trx.ctx.tenant, kommunenummer],
  );
}

/** Municipality numbers of organisations by id; those without one are left out. */
export async function findKommunenummer(
  trx: Trx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await rows<{ id: string; kommunenummer: string }>(
    trx,
    'kommunenummer',
    'select id, kommunenummer from exchange.offentlig_organisasjon where id = any($1::uuid[])',
    [ids],
  );
  return new Map(found.map(({ id, kommunenummer }) => [id, kommunenummer]));
}
