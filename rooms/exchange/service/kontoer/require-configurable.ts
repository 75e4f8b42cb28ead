import type { Ctx } from '@grunnmur/kernel/ctx';
import { isUuid } from '@grunnmur/kernel/ids';
import { ExchangeError } from '../../errors.ts';
import type { SystemRow } from '../../store/kontoer/system-store.ts';
import type { KontoDeps } from './change.ts';
import type { KontoFacts } from './konto-facts.ts';
import { getSystem } from './manage-systems.ts';

interface Principal {
  readonly integrationId: string;
  readonly tenant: string;
}

/**
 * The caller's own konto, in a system that its integration may configure. Throws `exchange.konto_not_found` (404), also
 * for somebody else's, and `exchange.configuration_off` (403).
 */
export async function configurableKonto(
  ctx: Ctx,
  deps: Pick<KontoDeps, 'kontoer'>,
  principal: Principal,
  kontoId: string,
): Promise<KontoFacts> {
  const konto = await deps.kontoer.own(ctx, principal, kontoId);
  if (!konto.konfigureresAvIntegrasjon) throw ExchangeError.configurationOff();
  return konto;
}

/**
 * The caller's own system, named with the organisation that owns it, when its integration may configure it (fiks-io
 * §2.5). Throws `exchange.system_not_found` (404), also for somebody else's, and `exchange.configuration_off` (403).
 */
export async function configurableSystem(
  ctx: Ctx,
  deps: Pick<KontoDeps, 'kontoer'>,
  principal: Principal,
  path: { readonly fiksOrgId: string; readonly systemId: string },
): Promise<SystemRow> {
  const own = await deps.kontoer.systemOf(ctx, principal.integrationId);
  const matches = own === path.systemId.toLowerCase() && principal.tenant === path.fiksOrgId.toLowerCase();
  if (!matches) throw ExchangeError.systemNotFound();
  const system = await getSystem(ctx, own);
  if (!system.konfigureres_av_integrasjon) throw ExchangeError.configurationOff();
  return system;
}

/** A konto of that system. Throws `exchange.konto_not_found` (404). */
export async function kontoOfSystem(
  ctx: Ctx,
  deps: Pick<KontoDeps, 'kontoer'>,
  system: SystemRow,
  kontoId: string,
): Promise<KontoFacts> {
  const konto = isUuid(kontoId) ? await deps.kontoer.facts(ctx, kontoId) : undefined;
  if (!konto || konto.slettet || konto.systemId !== system.id) throw ExchangeError.kontoNotFound();
  return konto;
}
