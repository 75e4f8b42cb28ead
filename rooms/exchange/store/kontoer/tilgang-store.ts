import type { Trx } from '@grunnmur/kernel/db';
import { affected, rows } from '../sql.ts';

export type TilgangStatus = 'FORESPURT' | 'GITT';

/** Gives a system access to one of the acting tenant's kontoer, whether it had asked or not. */
export async function grantTilgang(
  trx: Trx,
  kontoId: string,
  system: { readonly id: string; readonly tenant_id: string },
): Promise<void> {
  await affected(
    trx,
    'grant_tilgang',
    `insert into exchange.tilgang (konto_id, system_id, tenant_id, system_tenant_id, status, opprettet, opprettet_av, gitt)
     values ($1, $2, $3, $4, 'GITT', $5, $6, $5)
     on conflict (konto_id, system_id) do update set status = 'GITT', gitt = excluded.gitt
       where exchange.tilgang.status = 'FORESPURT'`,
    [kontoId, system.id, trx.ctx.tenant, system.tenant_id, trx.ctx.now(), trx.ctx.actor.id],
  );
}

/** Removes a grant or a request; the acting tenant owns the konto or the system. 0 when there is none. */
export function deleteTilgang(
  trx: Trx,
  kontoId: string,
  systemId: string,
  status: TilgangStatus,
): Promise<number> {
  return affected(
    trx,
    'delete_tilgang',
    'delete from exchange.tilgang where konto_id = $1 and system_id = $2 and status = $3',
    [kontoId, systemId, status],
  );
}

/** Systems that have, or have asked for, access to a konto; in the order they came. */
export async function systemsWithTilgang(
  trx: Trx,
  kontoId: string,
  status: TilgangStatus,
  limit: number,
): Promise<string[]> {
  const found = await rows<{ system_id: string }>(
    trx,
    'systems_with_tilgang',
    `select system_id from exchange.tilgang where konto_id = $1 and status = $2
     order by opprettet, system_id limit $3`,
    [kontoId, status, limit],
  );
  return found.map((row) => row.system_id);
}

/** Kontoer that a system has, or has asked for, access to. */
export async function kontoerWithTilgang(
  trx: Trx,
  systemId: string,
  status: TilgangStatus,
  limit: number,
): Promise<string[]> {
  const found = await rows<{ konto_id: string }>(
    trx,
    'kontoer_with_tilgang',
    `select konto_id from exchange.tilgang where system_id = $1 and status = $2
     order by opprettet, konto_id limit $3`,
    [systemId, status, limit],
  );
  return found.map((row) => row.konto_id);
}

/** Has the system access to, or asked for access to, one of the acting tenant's kontoer? */
export async function hasTilgang(trx: Trx, kontoId: string, systemId: string): Promise<boolean> {
  const found = await rows(
    trx,
    'has_tilgang',
    'select status from exchange.tilgang where konto_id = $1 and system_id = $2',
    [kontoId, systemId],
  );
  return found.length > 0;
}

/** Asks for access for one of the acting tenant's systems; null when the konto cannot be seen. */
export async function requestTilgang(
  trx: Trx,
  systemId: string,
  kontoId: string,
): Promise<TilgangStatus | null> {
  const [row] = await rows<{ status: TilgangStatus | null }>(
    trx,
    'request_tilgang',
    'select exchange.be_om_tilgang($1, $2, $3, $4) as status',
    [systemId, kontoId, trx.ctx.now(), trx.ctx.actor.id],
  );
  return row?.status ?? null;
}
