import type { Trx } from '@grunnmur/kernel/db';
import { rows } from '../sql.ts';

/** What an operator has let an organisation be found by. */
export interface RettRow {
  readonly tenant_id: string;
  readonly identifikator: string;
  readonly gitt: Date;
  readonly gitt_av: string;
}

/** An identifier of an active address. */
export interface IBrukRow {
  readonly tenant_id: string;
  readonly konto_id: string;
  readonly adresse_id: string;
  readonly identifikator: string;
}

/** Those of `identifikatorer` that the acting tenant has been given. */
export async function findGranted(trx: Trx, identifikatorer: readonly string[]): Promise<string[]> {
  const found = await rows<{ identifikator: string }>(
    trx,
    'find_granted',
    'select identifikator from exchange.identifikator_rett where identifikator = any($1::text[])',
    [identifikatorer],
  );
  return found.map((row) => row.identifikator);
}

/** To the acting tenant, by the system itself; true when it is new. */
export async function grant(trx: Trx, identifikator: string): Promise<boolean> {
  const [row] = await rows<{ done: boolean }>(
    trx,
    'grant_identifikator',
    'select exchange.gi_identifikator($1, $2) as done',
    [identifikator, trx.ctx.now()],
  );
  return row!.done;
}

/** From the acting tenant; true when there was such a right. */
export async function revoke(trx: Trx, identifikator: string): Promise<boolean> {
  const [row] = await rows<{ done: boolean }>(
    trx,
    'revoke_identifikator',
    'select exchange.ta_identifikator($1) as done',
    [identifikator],
  );
  return row!.done;
}

/** Every right, of all tenants: for the platform only. */
export function listGranted(trx: Trx): Promise<RettRow[]> {
  return rows(trx, 'list_granted', 'select * from exchange.identifikator_retter()', []);
}

/** Identifiers of active addresses, of all tenants, that nobody has given: for the platform only. */
export function listUngranted(trx: Trx): Promise<IBrukRow[]> {
  return rows(trx, 'list_ungranted', 'select * from exchange.identifikatorer_i_bruk()', []);
}

/** Switches the acting tenant's active addresses with this identifier off; gives their ids. */
export async function deactivateWith(trx: Trx, identifikator: string): Promise<string[]> {
  const gone = await rows<{ id: string }>(
    trx,
    'deactivate_with',
    `update exchange.adresse set aktiv = false, sist_endret = $2, sist_endret_av = $3
     where aktiv and identifikatorer @> array[$1::text] returning id`,
    [identifikator, trx.ctx.now(), trx.ctx.actor.id],
  );
  return gone.map(({ id }) => id);
}
