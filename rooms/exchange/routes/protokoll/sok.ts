import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { findKontoer, findSystems, organisasjonerMedSystemer } from '../../service/kontoer/directory.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import {
  EksternKonto,
  EksternSystem,
  FiksOrg,
  KontoSokRequest,
  PROTOKOLL_TAG,
  SystemSokRequest,
} from './models.ts';
import { KONTO, type KontoParams, kontoCall, P, type SystemParams, systemCall } from './system-call.ts';

/** The directory: who may be given access, and to what it may be asked for. At most 200 hits (fiks-io §2.5). */
export function sokRoutes(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.post<{ Params: KontoParams; Body: SystemSokRequest }>(
    `${KONTO}/system-sok`,
    {
      schema: documented(
        PROTOKOLL_TAG,
        'protokollKonfigurasjon_systemSok',
        'Systemer som kan gis tilgang til kontoen, høyst 200',
        { 200: Type.Object({ systemer: Type.Array(EksternSystem) }) },
        { body: SystemSokRequest },
      ),
    },
    async (request) => {
      const { ctx, konto } = await kontoCall(request, deps);
      const { filter, term } = request.body;
      return { systemer: await findSystems(ctx, deps, konto, { ...filter, ...searchTerm(term) }) };
    },
  );
  scope.post<{ Params: SystemParams; Body: KontoSokRequest }>(
    `${P}/konto-sok`,
    {
      schema: documented(
        PROTOKOLL_TAG,
        'protokollKonfigurasjon_kontoSok',
        'Kontoer som systemet kan be om tilgang til, høyst 200',
        { 200: Type.Object({ kontoer: Type.Array(EksternKonto) }) },
        { body: KontoSokRequest },
      ),
    },
    async (request) => {
      const { ctx, system } = await systemCall(request, deps);
      const { filter, term } = request.body;
      const wanted = {
        ...(filter?.fiksOrgIder ? { fiksOrgIder: filter.fiksOrgIder } : {}),
        ...(filter?.protokollFilter ? { protokoller: wantedParties(filter.protokollFilter) } : {}),
        ...searchTerm(term),
      };
      return { kontoer: await findKontoer(ctx, deps, system.id, wanted) };
    },
  );
  scope.get<{ Params: SystemParams }>(
    `${P}/organisasjoner`,
    {
      schema: documented(
        PROTOKOLL_TAG,
        'protokollKonfigurasjon_getFiksOrgsMedSystemer',
        'Organisasjoner med systemer som kan gis tilgang',
        { 200: Type.Array(FiksOrg) },
      ),
    },
    async (request) => {
      const { ctx, system } = await systemCall(request, deps);
      return organisasjonerMedSystemer(ctx, deps, system.id);
    },
  );
}

function searchTerm(term: string | undefined): { term?: string } {
  const wanted = term?.trim();
  return wanted ? { term: wanted } : {};
}

/** Each filter is one version of a protocol: any of its parties, or one of those named. */
function wantedParties(
  filters: NonNullable<NonNullable<KontoSokRequest['filter']>['protokollFilter']>,
): { protokoll: string; versjon: string; part: string | null }[] {
  return filters.flatMap<{ protokoll: string; versjon: string; part: string | null }>(
    ({ protokollNavn: protokoll, protokollVersjon: versjon, parter }) =>
      parter && parter.length > 0
        ? parter.map((part) => ({ protokoll, versjon, part }))
        : [{ protokoll, versjon, part: null }],
  );
}
