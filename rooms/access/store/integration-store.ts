import type { Trx } from '@grunnmur/kernel/db';
import { affected } from './sql.ts';

export interface IntegrationRow {
  readonly id: string;
  readonly system: string | null;
  readonly name: string;
  readonly passwordHash: string;
  readonly authorisedOrgnr: string;
  readonly clientIds: readonly string[];
}

export function insertSystem(trx: Trx, id: string, name: string): Promise<number> {
  return affected(
    trx,
    'insert_system',
    'insert into access.system (id, tenant_id, name, created_at) values ($1, $2, $3, $4)',
    [id, trx.ctx.tenant, name, trx.ctx.now()],
  );
}

export function updateSystemActive(trx: Trx, id: string, active: boolean): Promise<number> {
  return affected(
    trx,
    'system_active',
    'update access.system set active = $3 where id = $1 and tenant_id = $2',
    [id, trx.ctx.tenant, active],
  );
}

/** Inserts nothing (and gives 0) when `system` is not one of the tenant's. */
export function insertIntegration(trx: Trx, row: IntegrationRow): Promise<number> {
  return affected(
    trx,
    'insert_integration',
    `insert into access.integration
       (id, tenant_id, system, name, password_hash, authorised_orgnr, client_ids, created_at)
     select $1, $2, $3::uuid, $4, $5, $6, $7, $8
     where $3::uuid is null or exists (select from access.system where id = $3 and tenant_id = $2)`,
    [
      row.id,
      trx.ctx.tenant,
      row.system,
      row.name,
      row.passwordHash,
      row.authorisedOrgnr,
      row.clientIds,
      trx.ctx.now(),
    ],
  );
}

export function updateIntegrationPassword(trx: Trx, id: string, passwordHash: string): Promise<number> {
  return affected(
    trx,
    'integration_password',
    'update access.integration set password_hash = $3 where id = $1 and tenant_id = $2',
    [id, trx.ctx.tenant, passwordHash],
  );
}

export function updateIntegrationActive(trx: Trx, id: string, active: boolean): Promise<number> {
  return affected(
    trx,
    'integration_active',
    'update access.integration set active = $3 where id = $1 and tenant_id = $2',
    [id, trx.ctx.tenant, active],
  );
}

/** 0 when the grant was there already; a foreign key violation when there is no such integration. */
export function insertGrant(
  trx: Trx,
  integrationId: string,
  kind: string,
  resourceId: string,
): Promise<number> {
  return affected(
    trx,
    'insert_grant',
    `insert into access.integration_grant (integration_id, resource_kind, resource_id, tenant_id, created_at)
     values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [integrationId, kind, resourceId, trx.ctx.tenant, trx.ctx.now()],
  );
}

export function deleteGrant(
  trx: Trx,
  integrationId: string,
  kind: string,
  resourceId: string,
): Promise<number> {
  return affected(
    trx,
    'delete_grant',
    `delete from access.integration_grant
     where integration_id = $1 and resource_kind = $2 and resource_id = $3 and tenant_id = $4`,
    [integrationId, kind, resourceId, trx.ctx.tenant],
  );
}
