import { type Trx, toJson } from '@grunnmur/kernel/db';
import type { JWK } from 'jose';
import { affected, rows } from './sql.ts';

/** A client as the token endpoint reads it, before any tenant is known. */
export interface TokenClient {
  readonly client_id: string;
  readonly tenant_id: string;
  readonly orgnr: string;
  readonly scopes: readonly string[];
  readonly keys: readonly JWK[];
  readonly certificate_fingerprints: readonly string[];
  readonly active: boolean;
}

export interface OauthClientRow {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly keys: readonly JWK[];
  readonly certificateFingerprints: readonly string[];
}

export async function findTokenClient(trx: Trx, clientId: string): Promise<TokenClient | null> {
  const found = await rows<TokenClient>(trx, 'token_client', 'select * from access.client_for_token($1)', [
    clientId,
  ]);
  return found[0] ?? null;
}

/** Which of `scopes` the consumer has delegated to the supplier. */
export async function findDelegatedScopes(
  trx: Trx,
  consumer: string,
  supplier: string,
  scopes: readonly string[],
): Promise<string[]> {
  const found = await rows<{ scope: string }>(
    trx,
    'delegated_scopes',
    'select access.delegated_scopes($1, $2, $3) as scope',
    [consumer, supplier, scopes],
  );
  return found.map((row) => row.scope);
}

/** False when the client has used the id before. */
export async function rememberJti(
  trx: Trx,
  clientId: string,
  jtiHash: Buffer,
  expiresAt: Date,
): Promise<boolean> {
  const inserted = await affected(
    trx,
    'remember_jti',
    'insert into access.jti_seen (client_id, jti_hash, expires_at) values ($1, $2, $3) on conflict do nothing',
    [clientId, jtiHash, expiresAt],
  );
  return inserted === 1;
}

export function insertOauthClient(trx: Trx, row: OauthClientRow): Promise<number> {
  return affected(
    trx,
    'insert_oauth_client',
    `insert into access.oauth_client (client_id, tenant_id, scopes, keys, certificate_fingerprints, created_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [row.clientId, trx.ctx.tenant, row.scopes, toJson(row.keys), row.certificateFingerprints, trx.ctx.now()],
  );
}

export function updateOauthClientKeys(
  trx: Trx,
  clientId: string,
  keys: readonly JWK[],
  fingerprints: readonly string[],
): Promise<number> {
  return affected(
    trx,
    'oauth_client_keys',
    `update access.oauth_client set keys = $3, certificate_fingerprints = $4
     where client_id = $1 and tenant_id = $2`,
    [clientId, trx.ctx.tenant, toJson(keys), fingerprints],
  );
}

export function updateOauthClientActive(trx: Trx, clientId: string, active: boolean): Promise<number> {
  return affected(
    trx,
    'oauth_client_active',
    'update access.oauth_client set active = $3 where client_id = $1 and tenant_id = $2',
    [clientId, trx.ctx.tenant, active],
  );
}

export function insertDelegation(trx: Trx, supplierOrgnr: string, scope: string): Promise<number> {
  return affected(
    trx,
    'insert_delegation',
    `insert into access.delegation (tenant_id, supplier_orgnr, scope, created_at) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [trx.ctx.tenant, supplierOrgnr, scope, trx.ctx.now()],
  );
}

export function deleteDelegation(trx: Trx, supplierOrgnr: string, scope: string): Promise<number> {
  return affected(
    trx,
    'delete_delegation',
    'delete from access.delegation where tenant_id = $1 and supplier_orgnr = $2 and scope = $3',
    [trx.ctx.tenant, supplierOrgnr, scope],
  );
}
