import type { Trx } from '@grunnmur/kernel/db';
import { affected, rows } from '../sql.ts';

export interface ValidatorNokkelRow {
  readonly fingeravtrykk: string;
  readonly pem: string;
  readonly privat_forseglet: Buffer;
}

export async function insertValidatorNokkel(
  trx: Trx,
  kontoId: string,
  row: ValidatorNokkelRow,
): Promise<void> {
  await affected(
    trx,
    'insert_validator_nokkel',
    `insert into exchange.validator_nokkel (konto_id, tenant_id, fingeravtrykk, pem, privat_forseglet, opprettet)
     values ($1, $2, $3, $4, $5, $6)`,
    [kontoId, trx.ctx.tenant, row.fingeravtrykk, row.pem, row.privat_forseglet, trx.ctx.now()],
  );
}

/** The keys of one of the acting tenant's validator kontoer, newest first. */
export function listValidatorNokler(trx: Trx, kontoId: string, limit: number): Promise<ValidatorNokkelRow[]> {
  return rows(
    trx,
    'list_validator_nokler',
    `select fingeravtrykk, pem, privat_forseglet from exchange.validator_nokkel
     where konto_id = $1 order by opprettet desc, fingeravtrykk limit $2`,
    [kontoId, limit],
  );
}

/** Has the konto answered this message with a message of the type? */
export async function hasAnswered(
  trx: Trx,
  kontoId: string,
  meldingId: string,
  type: string,
): Promise<boolean> {
  const found = await rows(
    trx,
    'has_answered',
    `select 1 from exchange.melding where svar_til = $1 and avsender_konto_id = $2 and type = $3 limit 1`,
    [meldingId, kontoId, type],
  );
  return found.length > 0;
}
