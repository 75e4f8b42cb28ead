import { type Trx, toJson } from '@grunnmur/kernel/db';
import type { JWK } from 'jose';
import { affected, rows } from './sql.ts';

export type KeyPurpose = 'issuer' | 'idporten';

export interface SigningKeyRow {
  readonly kid: string;
  readonly purpose: KeyPurpose;
  readonly private_wrapped: Buffer;
  readonly public_jwk: JWK;
  readonly created_at: Date;
  readonly active_from: Date;
}

/** One process at a time makes a key for a purpose: released with the transaction. */
export async function lockSigningKeys(trx: Trx, purpose: KeyPurpose): Promise<void> {
  await rows(
    trx,
    'lock_signing_keys',
    `select pg_advisory_xact_lock(hashtext('access.signing_key'), hashtext($1))`,
    [purpose],
  );
}

/** Keys not withdrawn, newest first. Keys older than ten rotations have no token left to verify. */
export function findSigningKeys(trx: Trx, purpose: KeyPurpose): Promise<SigningKeyRow[]> {
  return rows(
    trx,
    'signing_keys',
    `select kid, purpose, private_wrapped, public_jwk, created_at, active_from from access.signing_key
     where purpose = $1 and withdrawn_at is null order by active_from desc, kid desc limit 10`,
    [purpose],
  );
}

export async function insertSigningKey(trx: Trx, row: SigningKeyRow): Promise<void> {
  await affected(
    trx,
    'insert_signing_key',
    `insert into access.signing_key (kid, purpose, private_wrapped, public_jwk, created_at, active_from)
     values ($1, $2, $3, $4, $5, $6)`,
    [row.kid, row.purpose, row.private_wrapped, toJson(row.public_jwk), row.created_at, row.active_from],
  );
}

export async function withdrawSigningKeys(trx: Trx, purpose: KeyPurpose): Promise<void> {
  await affected(
    trx,
    'withdraw_signing_keys',
    'update access.signing_key set withdrawn_at = $2 where purpose = $1 and withdrawn_at is null',
    [purpose, trx.ctx.now()],
  );
}
