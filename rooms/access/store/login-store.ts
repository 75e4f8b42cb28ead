import type { Trx } from '@grunnmur/kernel/db';
import type { Grant } from '../contract.ts';
import { rows } from './sql.ts';

export interface IntegrationLogin {
  readonly id: string;
  readonly name: string;
  readonly tenant_id: string;
  readonly password_hash: string;
  readonly authorised_orgnr: string;
  readonly client_ids: readonly string[];
  readonly active: boolean;
  readonly grants: readonly Grant[];
}

export interface AccountLogin {
  readonly username: string;
  readonly tenant_id: string;
  readonly konto_id: string;
  readonly password_hash: string;
  readonly orgnr: string;
  readonly organisation_name: string;
  readonly active: boolean;
}

export interface MottakersystemLogin {
  readonly username: string;
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
  readonly certificate_pem: string;
  readonly password_hash: string;
  readonly orgnr: string;
  readonly active: boolean;
}

/** `id` must be a UUID. */
export async function findIntegrationLogin(trx: Trx, id: string): Promise<IntegrationLogin | null> {
  const found = await rows<IntegrationLogin>(
    trx,
    'integration_login',
    'select * from access.integration_for_login($1)',
    [id],
  );
  return found[0] ?? null;
}

export async function findAccountLogin(trx: Trx, username: string): Promise<AccountLogin | null> {
  const found = await rows<AccountLogin>(trx, 'account_login', 'select * from access.account_for_login($1)', [
    username,
  ]);
  return found[0] ?? null;
}

export async function findMottakersystemLogin(
  trx: Trx,
  username: string,
): Promise<MottakersystemLogin | null> {
  const found = await rows<MottakersystemLogin>(
    trx,
    'mottakersystem_login',
    'select * from access.mottakersystem_for_login($1)',
    [username],
  );
  return found[0] ?? null;
}
