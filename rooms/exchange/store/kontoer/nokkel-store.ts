import type { Trx } from '@grunnmur/kernel/db';
import { affected, rows } from '../sql.ts';

export interface NewNokkelRow {
  readonly id: string;
  readonly kontoId: string;
  readonly pem: string;
  readonly fingeravtrykk: string;
  readonly serienummer: string;
  readonly subjekt: string;
  readonly utsteder: string;
  readonly gyldigFra: Date;
  readonly gyldigTil: Date;
  readonly bits: number;
}

export interface NokkelHistoryRow {
  readonly fingeravtrykk: string;
  readonly serienummer: string;
  readonly subjekt: string;
  readonly utsteder: string;
  readonly gyldig_fra: Date;
  readonly gyldig_til: Date;
  readonly bits: number;
  readonly opprettet: Date;
  readonly erstattet: Date | null;
}

/** Fingerprint of the present key of one of the acting tenant's kontoer. */
export async function currentFingeravtrykk(trx: Trx, kontoId: string): Promise<string | null> {
  const [row] = await rows<{ fingeravtrykk: string }>(
    trx,
    'current_fingeravtrykk',
    'select fingeravtrykk from exchange.nokkel where konto_id = $1 and erstattet is null',
    [kontoId],
  );
  return row?.fingeravtrykk ?? null;
}

/** Ends the present key, which stays in the history. 0 when there is none. */
export function endNokkel(trx: Trx, kontoId: string): Promise<number> {
  return affected(
    trx,
    'end_nokkel',
    'update exchange.nokkel set erstattet = $2 where konto_id = $1 and erstattet is null',
    [kontoId, trx.ctx.now()],
  );
}

export async function insertNokkel(trx: Trx, row: NewNokkelRow): Promise<void> {
  await affected(
    trx,
    'insert_nokkel',
    `insert into exchange.nokkel (id, tenant_id, konto_id, pem, fingeravtrykk, serienummer, subjekt, utsteder,
       gyldig_fra, gyldig_til, bits, opprettet, opprettet_av)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      row.id,
      trx.ctx.tenant,
      row.kontoId,
      row.pem,
      row.fingeravtrykk,
      row.serienummer,
      row.subjekt,
      row.utsteder,
      row.gyldigFra,
      row.gyldigTil,
      row.bits,
      trx.ctx.now(),
      trx.ctx.actor.id,
    ],
  );
}

/** The keys of one of the acting tenant's kontoer, newest first. */
export function listNokler(trx: Trx, kontoId: string, limit: number): Promise<NokkelHistoryRow[]> {
  return rows(
    trx,
    'list_nokler',
    `select fingeravtrykk, serienummer, subjekt, utsteder, gyldig_fra, gyldig_til, bits, opprettet, erstattet
     from exchange.nokkel where konto_id = $1 order by opprettet desc, id desc limit $2`,
    [kontoId, limit],
  );
}
