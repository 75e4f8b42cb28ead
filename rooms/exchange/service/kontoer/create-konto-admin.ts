import type { Organisation } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { IBrukRow, RettRow } from '../../store/kontoer/identifikator-store.ts';
import type { KontoRow } from '../../store/kontoer/konto-store.ts';
import type { NokkelHistoryRow } from '../../store/kontoer/nokkel-store.ts';
import type { SystemRow } from '../../store/kontoer/system-store.ts';
import type { KontoDeps } from './change.ts';
import {
  grantedIdentifikatorer,
  grantIdentifikator,
  revokeIdentifikator,
  strayIdentifikatorer,
} from './identifikatorer.ts';
import {
  activateKonto,
  createKonto,
  deactivateKonto,
  getKonto,
  listOwnKontoer,
  type NewKonto,
  removeKonto,
  setSendDeaktivert,
} from './manage-kontoer.ts';
import { nokkelHistory, removeNokkel, setNokkel } from './manage-nokler.ts';
import {
  type CreatedSystem,
  createOrganisasjon,
  createSystem,
  getSystem,
  listOwnSystems,
  type NewOrganisasjon,
  type NewSystem,
  registerSystem,
  setKommunenummer,
  setKonfigureresAvIntegrasjon,
} from './manage-systems.ts';

/**
 * What the operator, or somebody who has been given an organisation, does with it. Each function acts in `ctx.tenant`
 * and trusts the caller to have checked that the actor may; the access room checks again where logins are made.
 */
export interface KontoAdmin {
  createOrganisasjon(ctx: Ctx, input: NewOrganisasjon): Promise<Organisation>;
  setKommunenummer(ctx: Ctx, kommunenummer: string): Promise<void>;
  /** The password is in this answer and nowhere else. */
  createSystem(ctx: Ctx, input: NewSystem): Promise<CreatedSystem>;
  /** Makes an integration that exists already a system of Fiks IO. */
  registerSystem(ctx: Ctx, input: Parameters<typeof registerSystem>[2]): Promise<void>;
  listSystems(ctx: Ctx): Promise<SystemRow[]>;
  /** A new password for the system's integration; the old one stops working within 5 s. */
  rotatePassword(ctx: Ctx, systemId: string): Promise<{ integrasjonId: string; integrasjonPassord: string }>;
  setKonfigureresAvIntegrasjon(ctx: Ctx, systemId: string, value: boolean): Promise<void>;
  createKonto(ctx: Ctx, input: NewKonto): Promise<string>;
  listKontoer(ctx: Ctx, filter?: { systemId?: string; aktiv?: boolean }): Promise<KontoRow[]>;
  setNokkel(ctx: Ctx, kontoId: string, pem: string): Promise<void>;
  removeNokkel(ctx: Ctx, kontoId: string): Promise<void>;
  /** Present and earlier keys, newest first. */
  nokler(ctx: Ctx, kontoId: string): Promise<NokkelHistoryRow[]>;
  activateKonto(ctx: Ctx, kontoId: string): Promise<void>;
  deactivateKonto(ctx: Ctx, kontoId: string): Promise<void>;
  removeKonto(ctx: Ctx, kontoId: string): Promise<void>;
  setSendDeaktivert(ctx: Ctx, kontoId: string, value: boolean): Promise<void>;
  /** Lets the organisation be found by an identifier that is not by itself its own; false when it was so already. */
  grantIdentifikator(ctx: Ctx, identifikator: string): Promise<boolean>;
  /** Ids of the addresses that this switched off; undefined when nothing had been given. */
  revokeIdentifikator(ctx: Ctx, identifikator: string): Promise<readonly string[] | undefined>;
  /** `ctx` is the platform's. */
  grantedIdentifikatorer(ctx: Ctx): Promise<readonly RettRow[]>;
  /** Of active addresses, those that their organisation may not have. `ctx` is the platform's. */
  strayIdentifikatorer(ctx: Ctx): Promise<readonly IBrukRow[]>;
}

export function createKontoAdmin(deps: KontoDeps): KontoAdmin {
  const owned = async (ctx: Ctx, kontoId: string) => {
    // Read past the memory: what is told of a konto when its queue is closed must be what it is.
    await getKonto(ctx, kontoId);
    deps.kontoer.forget();
    return (await deps.kontoer.facts(ctx, kontoId))!;
  };
  return {
    createOrganisasjon: (ctx, input) => createOrganisasjon(ctx, deps, input),
    setKommunenummer: (ctx, kommunenummer) => setKommunenummer(ctx, deps, kommunenummer),
    createSystem: (ctx, input) => createSystem(ctx, deps, input),
    registerSystem: (ctx, input) => registerSystem(ctx, deps, input),
    listSystems: listOwnSystems,
    rotatePassword: async (ctx, systemId) => {
      const { integrasjon_id: integrasjonId } = await getSystem(ctx, systemId);
      const { password } = await deps.access.admin.rotateIntegrationPassword(ctx, integrasjonId);
      return { integrasjonId, integrasjonPassord: password };
    },
    setKonfigureresAvIntegrasjon: (ctx, id, value) => setKonfigureresAvIntegrasjon(ctx, deps, id, value),
    createKonto: (ctx, input) => createKonto(ctx, deps, input),
    listKontoer: (ctx, filter = {}) => listOwnKontoer(ctx, filter),
    setNokkel: (ctx, id, pem) => setNokkel(ctx, deps, id, pem),
    removeNokkel: (ctx, id) => removeNokkel(ctx, deps, id),
    nokler: async (ctx, id) => {
      await getKonto(ctx, id);
      return nokkelHistory(ctx, id);
    },
    activateKonto: (ctx, id) => activateKonto(ctx, deps, id),
    deactivateKonto: async (ctx, id) => deactivateKonto(ctx, deps, await owned(ctx, id)),
    removeKonto: async (ctx, id) => removeKonto(ctx, deps, await owned(ctx, id)),
    setSendDeaktivert: (ctx, id, value) => setSendDeaktivert(ctx, deps, id, value),
    grantIdentifikator: (ctx, identifikator) => grantIdentifikator(ctx, deps, identifikator),
    revokeIdentifikator: (ctx, identifikator) => revokeIdentifikator(ctx, deps, identifikator),
    grantedIdentifikatorer,
    strayIdentifikatorer: (ctx) => strayIdentifikatorer(ctx, deps),
  };
}
