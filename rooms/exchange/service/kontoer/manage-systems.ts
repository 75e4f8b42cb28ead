import type { Organisation, OrganisationKind } from '@grunnmur/access';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { isUuid } from '@grunnmur/kernel/ids';
import { ExchangeError } from '../../errors.ts';
import {
  findSystem,
  insertSystem,
  listSystems,
  type SystemRow,
  saveOrganisasjon,
  updateKonfigureres,
  updateSystemInfo,
} from '../../store/kontoer/system-store.ts';
import { applyChange, conflictWhenTaken, type KontoDeps } from './change.ts';
import { check, checkText } from './invalid.ts';
import { isOrgnr } from './orgnr.ts';

export interface SystemInfo {
  readonly navn: string;
  readonly beskrivelse?: string;
  readonly eposter?: readonly string[];
  readonly offentlig?: boolean;
  readonly automatiskGodkjenning?: boolean;
  readonly leverandorNavn?: string;
  readonly leverandorKontaktpunkt?: string;
}

export interface NewSystem extends SystemInfo {
  /** The number that must be the consumer of the caller's tokens. Default: the organisation's own. */
  readonly autorisertOrgnr?: string;
  /** When given, only tokens issued to these client ids are accepted. */
  readonly klientIder?: readonly string[];
  readonly konfigureresAvIntegrasjon?: boolean;
}

export interface CreatedSystem {
  readonly systemId: string;
  readonly integrasjonId: string;
  /** In this answer and nowhere else. */
  readonly integrasjonPassord: string;
}

export interface NewOrganisasjon {
  readonly orgnr: string;
  readonly navn: string;
  readonly type: OrganisationKind;
  readonly malform?: 'nb' | 'nn';
  readonly kommunenummer?: string;
}

/** Most systems of one organisation that are listed. */
const MAX_SYSTEMS = 1000;
const EPOST = /^[^\s@]{1,100}@[^\s@]{1,150}$/;
const KOMMUNENUMMER = /^\d{4}$/;

/**
 * Creates an organisation. Operator only (a system actor), as in the access room.
 * Throws `access.organisation_exists` (409) and `kernel.validation`.
 */
export async function createOrganisasjon(
  ctx: Ctx,
  deps: KontoDeps,
  input: NewOrganisasjon,
): Promise<Organisation> {
  const { kommunenummer } = input;
  checkKommunenummer(kommunenummer);
  const organisation = await deps.access.admin.createOrganisation(ctx, {
    orgnr: input.orgnr,
    name: input.navn,
    kind: input.type,
    ...(input.malform ? { language: input.malform } : {}),
  });
  if (kommunenummer !== undefined)
    await setKommunenummer(withCtx(ctx, { tenant: organisation.id }), deps, kommunenummer);
  return organisation;
}

/** The municipality number that the catalogue shows of the acting tenant. */
export async function setKommunenummer(ctx: Ctx, deps: KontoDeps, kommunenummer: string): Promise<void> {
  checkKommunenummer(kommunenummer);
  const change = { operation: 'organisasjon.kommunenummer', object: ctx.tenant!, detail: { kommunenummer } };
  await applyChange(ctx, deps, change, (trx) => saveOrganisasjon(trx, kommunenummer));
}

/**
 * Creates a system with its integration and password. Three steps in this order, so that one that fails half-way
 * leaves only what nobody can use: a system without integration, or an integration without kontoer.
 */
export async function createSystem(ctx: Ctx, deps: KontoDeps, input: NewSystem): Promise<CreatedSystem> {
  checkSystemInfo(input);
  // Asked before the first step, so that a wrong number leaves no system behind.
  const { autorisertOrgnr } = input;
  check(
    autorisertOrgnr === undefined || isOrgnr(autorisertOrgnr),
    'autorisertOrgnr',
    'checksum',
    'er ikke et gyldig organisasjonsnummer',
  );
  const organisation = await deps.access.findOrganisation(ctx, { id: ctx.tenant ?? '' });
  if (!organisation) throw ExchangeError.organisasjonNotFound();
  const { id: systemId } = await deps.access.admin.createSystem(ctx, { name: input.navn });
  const { integrationId, password } = await deps.access.admin.createIntegration(ctx, {
    name: input.navn,
    system: systemId,
    authorisedOrgnr: autorisertOrgnr ?? organisation.orgnr,
    ...(input.klientIder ? { clientIds: input.klientIder } : {}),
  });
  await registerSystem(ctx, deps, { ...input, systemId, integrasjonId: integrationId });
  return { systemId, integrasjonId: integrationId, integrasjonPassord: password };
}

/**
 * Makes an integration that exists already a system of Fiks IO. `systemId`: its system in the access room. Throws
 * `kernel.conflict` (409) when either is one already.
 */
export async function registerSystem(
  ctx: Ctx,
  deps: KontoDeps,
  input: SystemInfo & {
    readonly systemId: string;
    readonly integrasjonId: string;
    readonly konfigureresAvIntegrasjon?: boolean;
  },
): Promise<void> {
  checkSystemInfo(input);
  check(isUuid(input.systemId), 'systemId', 'format', 'må være en UUID');
  check(isUuid(input.integrasjonId), 'integrasjonId', 'format', 'må være en UUID');
  const row = {
    id: input.systemId.toLowerCase(),
    integrasjon_id: input.integrasjonId.toLowerCase(),
    konfigureres_av_integrasjon: input.konfigureresAvIntegrasjon ?? true,
    ...infoRow(input),
  };
  await applyChange(ctx, deps, { operation: 'system.create', object: row.id }, (trx) =>
    insertSystem(trx, row).catch(conflictWhenTaken),
  );
}

/** One of the acting tenant's systems. Throws `exchange.system_not_found` (404). */
export async function getSystem(ctx: Ctx, systemId: string): Promise<SystemRow> {
  const system = isUuid(systemId)
    ? await withTransaction(ctx, (trx) => findSystem(trx, systemId.toLowerCase()))
    : null;
  if (!system) throw ExchangeError.systemNotFound();
  return system;
}

/** The acting tenant's systems in order of name, at most 1000. */
export function listOwnSystems(ctx: Ctx): Promise<SystemRow[]> {
  return withTransaction(ctx, (trx) => listSystems(trx, MAX_SYSTEMS));
}

export async function setSystemInfo(
  ctx: Ctx,
  deps: KontoDeps,
  systemId: string,
  info: SystemInfo,
): Promise<void> {
  checkSystemInfo(info);
  await applyChange(ctx, deps, { operation: 'system.info', object: systemId }, async (trx) => {
    if ((await updateSystemInfo(trx, systemId, infoRow(info))) === 0) throw ExchangeError.systemNotFound();
  });
}

/** FIKS.KONFIGURER of the system's integration, on or off. */
export async function setKonfigureresAvIntegrasjon(
  ctx: Ctx,
  deps: KontoDeps,
  systemId: string,
  value: boolean,
): Promise<void> {
  if (!isUuid(systemId)) throw ExchangeError.systemNotFound();
  const change = { operation: 'system.konfigureres_av_integrasjon', object: systemId, detail: { value } };
  await applyChange(ctx, deps, change, async (trx) => {
    if ((await updateKonfigureres(trx, systemId, value)) === 0) throw ExchangeError.systemNotFound();
  });
}

function infoRow(info: SystemInfo) {
  return {
    navn: info.navn,
    beskrivelse: info.beskrivelse ?? '',
    eposter: info.eposter ?? [],
    offentlig: info.offentlig ?? false,
    automatisk_godkjenning: info.automatiskGodkjenning ?? false,
    leverandor_navn: info.leverandorNavn ?? null,
    leverandor_kontaktpunkt: info.leverandorKontaktpunkt ?? null,
  };
}

function checkSystemInfo(info: SystemInfo): void {
  checkText(info.navn, 'navn', 1, 200);
  checkText(info.beskrivelse ?? '', 'beskrivelse', 0, 500);
  const eposter = info.eposter ?? [];
  check(eposter.length <= 20, 'eposter', 'maxItems', 'høyst 20');
  eposter.forEach((epost, nr) => {
    check(EPOST.test(epost), `eposter.${nr}`, 'format', 'må være en e-postadresse');
  });
  checkText(info.leverandorNavn ?? '', 'leverandorNavn', 0, 200);
  checkText(info.leverandorKontaktpunkt ?? '', 'leverandorKontaktpunkt', 0, 200);
}

function checkKommunenummer(value: string | undefined): void {
  check(value === undefined || KOMMUNENUMMER.test(value), 'kommunenummer', 'pattern', 'må ha fire siffer');
}
