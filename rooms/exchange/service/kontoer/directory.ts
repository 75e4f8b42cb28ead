import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import {
  type KontoSearch,
  searchKontoer,
  searchSystems,
  tenantsWithSystems,
} from '../../store/kontoer/directory-store.ts';
import { findKontoFacts, findSystemFacts } from '../../store/kontoer/facts-store.ts';
import { findKommunenummer } from '../../store/kontoer/system-store.ts';
import { kontoerWithTilgang, type TilgangStatus } from '../../store/kontoer/tilgang-store.ts';
import type { KontoDeps } from './change.ts';
import type { KontoFacts } from './konto-facts.ts';
import { MAX_TILGANGER } from './manage-tilganger.ts';
import { organisationsById } from './organisations.ts';
import { describeParts, type Part, supportedBy } from './protokoll-parter.ts';

/** Most hits of one search; whoever gets this many should search for less. */
const MAX_HITS = 200;
const MAX_ORGANISATIONS = 1000;

export interface FiksOrg {
  readonly id: string;
  readonly navn: string;
  readonly kommunenummer?: string;
}

export interface EksternSystem {
  readonly id: string;
  readonly navn: string;
  readonly beskrivelse: string;
  readonly fiksOrg: FiksOrg;
}

export interface EksternKonto {
  readonly id: string;
  readonly navn: string;
  readonly beskrivelse: string;
  readonly stottetProtokollNavn: string;
  readonly parter: readonly Part[];
  readonly system: EksternSystem;
}

/** Systems by id with their owners, in the order of `ids`; those that are gone are left out. */
export async function eksterneSystemer(
  ctx: Ctx,
  deps: KontoDeps,
  ids: readonly string[],
): Promise<EksternSystem[]> {
  if (ids.length === 0) return [];
  const found = await withTransaction(ctx, (trx) => findSystemFacts(trx, ids));
  const organisations = await organisationsById(
    ctx,
    deps,
    found.map((row) => row.tenant_id),
  );
  const byId = new Map(
    found.map((row) => [
      row.id,
      {
        id: row.id,
        navn: row.navn,
        beskrivelse: row.beskrivelse,
        fiksOrg: {
          id: row.tenant_id,
          navn: organisations.get(row.tenant_id)?.name ?? '',
          ...(row.kommunenummer ? { kommunenummer: row.kommunenummer } : {}),
        },
      },
    ]),
  );
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** Kontoer by id with their systems, in the order of `ids`; deleted ones are left out. */
async function eksterneKontoer(ctx: Ctx, deps: KontoDeps, ids: readonly string[]): Promise<EksternKonto[]> {
  if (ids.length === 0) return [];
  const found = await withTransaction(ctx, (trx) => findKontoFacts(trx, ids));
  const live = found.filter((row) => !row.slettet);
  const systems = await eksterneSystemer(ctx, deps, [...new Set(live.map((row) => row.system_id))]);
  const systemById = new Map(systems.map((system) => [system.id, system]));
  const byId = new Map(live.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    const system = row && systemById.get(row.system_id);
    if (!row || !system) return [];
    return [
      {
        id,
        navn: row.navn,
        beskrivelse: row.beskrivelse,
        stottetProtokollNavn: row.protokoll ?? '',
        parter: describeParts(row.protokoll, row.parter),
        system,
      },
    ];
  });
}

/** What a system has, or has asked for, access to. */
export async function kontoerOfTilgang(
  ctx: Ctx,
  deps: KontoDeps,
  systemId: string,
  status: TilgangStatus,
): Promise<EksternKonto[]> {
  const ids = await withTransaction(ctx, (trx) => kontoerWithTilgang(trx, systemId, status, MAX_TILGANGER));
  return eksterneKontoer(ctx, deps, ids);
}

/** Systems that a konto may be opened for: of its own organisation and public ones, its own excepted (fiks-io §2.5). */
export async function findSystems(
  ctx: Ctx,
  deps: KontoDeps,
  konto: KontoFacts,
  wanted: {
    readonly fiksOrgIder?: readonly string[];
    /** Only systems with a konto that may send to this one. Default true. */
    readonly stotterKonto?: boolean;
    readonly term?: string;
  },
): Promise<EksternSystem[]> {
  const termTenants = await organisationsNamed(ctx, deps, wanted.term);
  const onlySupported = (wanted.stotterKonto ?? true) && konto.protokoll !== undefined;
  const ids = await withTransaction(ctx, (trx) =>
    searchSystems(trx, {
      exceptSystem: konto.systemId,
      tenants: wanted.fiksOrgIder,
      term: wanted.term,
      termTenants,
      parter: onlySupported ? supportedBy(konto.protokoll!, konto.parter) : undefined,
      limit: MAX_HITS,
    }),
  );
  return eksterneSystemer(ctx, deps, ids);
}

/** Protokoll-kontoer that a system may ask for access to (fiks-io §2.5). */
export async function findKontoer(
  ctx: Ctx,
  deps: KontoDeps,
  systemId: string,
  wanted: {
    readonly fiksOrgIder?: readonly string[];
    readonly protokoller?: KontoSearch['protokoller'];
    readonly term?: string;
  },
): Promise<EksternKonto[]> {
  const termTenants = await organisationsNamed(ctx, deps, wanted.term);
  const ids = await withTransaction(ctx, (trx) =>
    searchKontoer(trx, {
      exceptSystem: systemId,
      tenants: wanted.fiksOrgIder,
      term: wanted.term,
      termTenants,
      protokoller: wanted.protokoller,
      limit: MAX_HITS,
    }),
  );
  return eksterneKontoer(ctx, deps, ids);
}

/** Organisations with systems that can be seen, other than this one, in order of name: choices for a search. */
export async function organisasjonerMedSystemer(
  ctx: Ctx,
  deps: KontoDeps,
  systemId: string,
): Promise<FiksOrg[]> {
  const { ids, kommunenummer } = await withTransaction(ctx, async (trx) => {
    const found = await tenantsWithSystems(trx, systemId, MAX_ORGANISATIONS);
    return { ids: new Set(found), kommunenummer: await findKommunenummer(trx, found) };
  });
  const organisations = await deps.access.listOrganisations(ctx);
  return organisations
    .filter(({ id }) => ids.has(id))
    .map(({ id, name }) => {
      const nummer = kommunenummer.get(id);
      return { id, navn: name, ...(nummer ? { kommunenummer: nummer } : {}) };
    });
}

async function organisationsNamed(ctx: Ctx, deps: KontoDeps, term: string | undefined): Promise<string[]> {
  if (!term) return [];
  const wanted = term.toLocaleLowerCase('nb');
  const organisations = await deps.access.listOrganisations(ctx);
  return organisations
    .filter(({ name }) => name.toLocaleLowerCase('nb').includes(wanted))
    .map(({ id }) => id);
}
