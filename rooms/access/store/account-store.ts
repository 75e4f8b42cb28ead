import type { Trx } from '@grunnmur/kernel/db';
import { affected } from './sql.ts';

/** The two kinds of Basic logins; each has its own names. */
export type AccountTable = 'account_v1' | 'mottakersystem_login';

export function insertAccount(
  trx: Trx,
  row: { username: string; kontoId: string; passwordHash: string },
): Promise<number> {
  return affected(
    trx,
    'insert_account',
    `insert into access.account_v1 (username, tenant_id, konto_id, password_hash, created_at)
     values ($1, $2, $3, $4, $5)`,
    [row.username, trx.ctx.tenant, row.kontoId, row.passwordHash, trx.ctx.now()],
  );
}

export function insertMottakersystem(
  trx: Trx,
  row: { id: string; username: string; name: string; certificatePem: string; passwordHash: string },
): Promise<number> {
  return affected(
    trx,
    'insert_mottakersystem',
    `insert into access.mottakersystem_login (id, username, tenant_id, name, certificate_pem, password_hash, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [row.id, row.username, trx.ctx.tenant, row.name, row.certificatePem, row.passwordHash, trx.ctx.now()],
  );
}

export function updateAccountPassword(
  trx: Trx,
  table: AccountTable,
  username: string,
  passwordHash: string,
): Promise<number> {
  return affected(
    trx,
    `password_${table}`,
    `update access.${table} set password_hash = $3 where username = $1 and tenant_id = $2`,
    [username, trx.ctx.tenant, passwordHash],
  );
}

export function updateAccountActive(
  trx: Trx,
  table: AccountTable,
  username: string,
  active: boolean,
): Promise<number> {
  return affected(
    trx,
    `active_${table}`,
    `update access.${table} set active = $3 where username = $1 and tenant_id = $2`,
    [username, trx.ctx.tenant, active],
  );
}

export function updateMottakersystemCertificate(
  trx: Trx,
  username: string,
  certificatePem: string,
): Promise<number> {
  return affected(
    trx,
    'mottakersystem_certificate',
    'update access.mottakersystem_login set certificate_pem = $3 where username = $1 and tenant_id = $2',
    [username, trx.ctx.tenant, certificatePem],
  );
}
