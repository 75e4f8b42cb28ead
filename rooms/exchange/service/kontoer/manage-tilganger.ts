import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { isUuid } from '@grunnmur/kernel/ids';
import { ExchangeError } from '../../errors.ts';
import { findSystemFacts } from '../../store/kontoer/facts-store.ts';
import {
  deleteTilgang,
  grantTilgang,
  hasTilgang,
  requestTilgang,
  systemsWithTilgang,
  type TilgangStatus,
} from '../../store/kontoer/tilgang-store.ts';
import { applyChange, type KontoDeps } from './change.ts';

/** Most systems that are listed for one konto. */
export const MAX_TILGANGER = 1000;

/**
 * Gives a system access to a konto of the acting tenant: one of its own organisation, a public one, or one that has
 * asked. Repeating it changes nothing. Throws `exchange.system_not_found` (404).
 */
export async function giveTilgang(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  systemId: string,
): Promise<void> {
  if (!isUuid(systemId)) throw ExchangeError.systemNotFound();
  const change = { operation: 'tilgang.give', object: kontoId, detail: { system: systemId } };
  await applyChange(ctx, deps, change, async (trx) => {
    const [system] = await findSystemFacts(trx, [systemId]);
    if (!system) throw ExchangeError.systemNotFound();
    const visible = system.tenant_id === ctx.tenant || system.offentlig;
    if (!visible && !(await hasTilgang(trx, kontoId, system.id))) throw ExchangeError.systemNotFound();
    await grantTilgang(trx, kontoId, system);
  });
}

/** Takes access, or a request for it, away. Throws `exchange.system_not_found` (404) when there is none. */
export async function removeTilgang(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  systemId: string,
  status: TilgangStatus,
): Promise<void> {
  if (!isUuid(systemId)) throw ExchangeError.systemNotFound();
  const operation = status === 'GITT' ? 'tilgang.remove' : 'tilgang.refuse';
  await applyChange(ctx, deps, { operation, object: kontoId, detail: { system: systemId } }, async (trx) => {
    if ((await deleteTilgang(trx, kontoId, systemId, status)) === 0) throw ExchangeError.systemNotFound();
  });
}

/**
 * Asks for access to somebody's konto for a system of the acting tenant; granted at once when the konto's system says
 * so. Throws `exchange.konto_not_found` (404) when the konto cannot be seen.
 */
export async function askForTilgang(
  ctx: Ctx,
  deps: KontoDeps,
  systemId: string,
  kontoId: string,
): Promise<TilgangStatus> {
  if (!isUuid(kontoId)) throw ExchangeError.kontoNotFound();
  const change = { operation: 'tilgang.ask', object: systemId, detail: { konto: kontoId } };
  return applyChange(ctx, deps, change, async (trx) => {
    const status = await requestTilgang(trx, systemId, kontoId);
    if (!status) throw ExchangeError.kontoNotFound();
    return status;
  });
}

/** Gives up a system's own access, or withdraws its request. Throws `exchange.konto_not_found` (404) when there is none. */
export async function giveUpTilgang(
  ctx: Ctx,
  deps: KontoDeps,
  systemId: string,
  kontoId: string,
  status: TilgangStatus,
): Promise<void> {
  if (!isUuid(kontoId)) throw ExchangeError.kontoNotFound();
  const operation = status === 'GITT' ? 'tilgang.give_up' : 'tilgang.withdraw';
  await applyChange(ctx, deps, { operation, object: systemId, detail: { konto: kontoId } }, async (trx) => {
    if ((await deleteTilgang(trx, kontoId, systemId, status)) === 0) throw ExchangeError.kontoNotFound();
  });
}

/** Ids of the systems that have, or have asked for, access to a konto of the acting tenant. */
export function listTilganger(ctx: Ctx, kontoId: string, status: TilgangStatus): Promise<string[]> {
  return withTransaction(ctx, (trx) => systemsWithTilgang(trx, kontoId, status, MAX_TILGANGER));
}
