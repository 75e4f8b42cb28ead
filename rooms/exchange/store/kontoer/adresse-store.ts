import type { Trx } from '@grunnmur/kernel/db';
import { affected, rows } from '../sql.ts';

export interface AdresseRow {
  readonly id: string;
  readonly konto_id: string;
  readonly beskrivelse: string;
  readonly aktiv: boolean;
  readonly identifikatorer: readonly string[];
  readonly meldingsprotokoller: readonly string[];
  readonly sikkerhetsnivaer: readonly number[];
  readonly opprettet: Date;
  readonly opprettet_av: string;
  readonly sist_endret: Date;
  readonly sist_endret_av: string;
}

export interface OverlapRow {
  readonly id: string;
  readonly konto_id: string;
  readonly tenant_id: string;
  readonly identifikatorer: readonly string[];
  readonly meldingsprotokoller: readonly string[];
  readonly sikkerhetsnivaer: readonly number[];
}

export interface AdresseValues {
  readonly identifikatorer: readonly string[];
  readonly meldingsprotokoller: readonly string[];
  readonly sikkerhetsnivaer: readonly number[];
}

const COLUMNS = `id, konto_id, beskrivelse, aktiv, identifikatorer, meldingsprotokoller, sikkerhetsnivaer, opprettet,
  opprettet_av, sist_endret, sist_endret_av`;

/** Inserts nothing (and gives 0) when the konto has `limit` addresses. */
export function insertAdresse(
  trx: Trx,
  id: string,
  kontoId: string,
  beskrivelse: string,
  limit: number,
): Promise<number> {
  return affected(
    trx,
    'insert_adresse',
    `insert into exchange.adresse (id, tenant_id, konto_id, beskrivelse, opprettet, opprettet_av, sist_endret, sist_endret_av)
     select $1, $2, $3, $4, $5, $6, $5, $6
     where (select count(*) from exchange.adresse where konto_id = $3) < $7`,
    [id, trx.ctx.tenant, kontoId, beskrivelse, trx.ctx.now(), trx.ctx.actor.id, limit],
  );
}

export function listAdresser(trx: Trx, kontoId: string): Promise<AdresseRow[]> {
  return rows(
    trx,
    'list_adresser',
    `select ${COLUMNS} from exchange.adresse where konto_id = $1 order by id`,
    [kontoId],
  );
}

/** An address of one of the acting tenant's kontoer, locked until the transaction ends. */
export async function lockAdresse(trx: Trx, kontoId: string, id: string): Promise<AdresseRow | null> {
  const [row] = await rows<AdresseRow>(
    trx,
    'lock_adresse',
    `select ${COLUMNS} from exchange.adresse where id = $1 and konto_id = $2 for update`,
    [id, kontoId],
  );
  return row ?? null;
}

export async function updateAdresse(
  trx: Trx,
  id: string,
  change: AdresseValues & { readonly beskrivelse: string; readonly aktiv: boolean },
): Promise<AdresseRow> {
  const [row] = await rows<AdresseRow>(
    trx,
    'update_adresse',
    `update exchange.adresse set beskrivelse = $2, aktiv = $3, identifikatorer = $4, meldingsprotokoller = $5,
       sikkerhetsnivaer = $6, sist_endret = $7, sist_endret_av = $8
     where id = $1 returning ${COLUMNS}`,
    [
      id,
      change.beskrivelse,
      change.aktiv,
      change.identifikatorer,
      change.meldingsprotokoller,
      change.sikkerhetsnivaer,
      trx.ctx.now(),
      trx.ctx.actor.id,
    ],
  );
  return row!;
}

export function deleteAdresse(trx: Trx, kontoId: string, id: string): Promise<number> {
  return affected(trx, 'delete_adresse', 'delete from exchange.adresse where id = $1 and konto_id = $2', [
    id,
    kontoId,
  ]);
}

/** Addresses of all organisations become active one at a time, so that two that overlap cannot at once. */
export async function lockActivation(trx: Trx): Promise<void> {
  await rows(
    trx,
    'lock_activation',
    `select pg_advisory_xact_lock(hashtextextended('exchange.adresse', 0))`,
    [],
  );
}

/** Active addresses of any organisation that share a value of each kind with `values`; at most 100. */
export function findOverlaps(
  trx: Trx,
  values: AdresseValues,
  exceptId: string | undefined,
): Promise<OverlapRow[]> {
  return rows(
    trx,
    'find_overlaps',
    'select * from exchange.overlappende_adresser($1::text[], $2::text[], $3::smallint[], $4::uuid)',
    [values.identifikatorer, values.meldingsprotokoller, values.sikkerhetsnivaer, exceptId ?? null],
  );
}

/** The active konto that is found by exactly these values. */
export async function findAdressat(
  trx: Trx,
  identifikator: string,
  meldingsprotokoll: string,
  sikkerhetsniva: number,
): Promise<string | null> {
  const [row] = await rows<{ id: string | null }>(
    trx,
    'find_adressat',
    'select exchange.finn_adressat($1, $2, $3::smallint) as id',
    [identifikator, meldingsprotokoll, sikkerhetsniva],
  );
  return row?.id ?? null;
}
