import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { eksterneSystemer } from '../../service/kontoer/directory.ts';
import {
  askForTilgang,
  giveTilgang,
  giveUpTilgang,
  listTilganger,
  removeTilgang,
} from '../../service/kontoer/manage-tilganger.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { PROTOKOLL_TAG, SystemSummaryWithOrgName } from './models.ts';
import { KONTO, type KontoParams, kontoCall, P, type SystemParams, systemCall } from './system-call.ts';

interface ExternalSystemParams extends KontoParams {
  readonly eksternSystemId: string;
}

function schema(operationId: string, summary: string, status: 201 | 204) {
  const responses = { [status]: Type.Null() };
  return documented(PROTOKOLL_TAG, `protokollKonfigurasjon_${operationId}`, summary, responses);
}

/** What the owner of a konto does about access to it (fiks-io §2.5). */
export function tilgangerPaKonto(scope: FastifyInstance, deps: KontoRouteDeps): void {
  for (const [name, status, operationId, summary] of [
    ['tilganger', 'GITT', 'getSystemerMedTilgangTilKonto', 'Systemer med tilgang'],
    ['forespurteTilganger', 'FORESPURT', 'getForespurteTilgangerPaaKonto', 'Systemer som ber om tilgang'],
  ] as const) {
    scope.get<{ Params: KontoParams }>(
      `${KONTO}/${name}`,
      {
        schema: documented(PROTOKOLL_TAG, `protokollKonfigurasjon_${operationId}`, summary, {
          200: Type.Array(SystemSummaryWithOrgName),
        }),
      },
      async (request) => {
        const { ctx, konto } = await kontoCall(request, deps);
        const systems = await eksterneSystemer(ctx, deps, await listTilganger(ctx, konto.id, status));
        return systems.map(({ id, navn, beskrivelse, fiksOrg }) => ({
          id,
          navn,
          beskrivelse,
          fiksOrgNavn: fiksOrg.navn,
        }));
      },
    );
  }
  scope.post<{ Params: ExternalSystemParams }>(
    `${KONTO}/tilganger/:eksternSystemId`,
    { schema: schema('createTilgangTilSystem', 'Gir et system tilgang', 201) },
    async (request, reply) => {
      const { ctx, konto } = await kontoCall(request, deps);
      await giveTilgang(ctx, deps, konto.id, request.params.eksternSystemId);
      return reply.status(201).send();
    },
  );
  for (const [name, status, operationId, summary] of [
    ['tilganger', 'GITT', 'removeTilgangTilSystem', 'Fjerner et systems tilgang'],
    ['forespurteTilganger', 'FORESPURT', 'removeForespurtTilgangTilKonto', 'Avviser en forespørsel'],
  ] as const) {
    scope.delete<{ Params: ExternalSystemParams }>(
      `${KONTO}/${name}/:eksternSystemId`,
      { schema: schema(operationId, summary, 204) },
      async (request, reply) => {
        const { ctx, konto } = await kontoCall(request, deps);
        await removeTilgang(ctx, deps, konto.id, request.params.eksternSystemId, status);
        return reply.status(204).send();
      },
    );
  }
}

/** What a system does about its access to others' kontoer. */
export function tilgangerForSystem(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.post<{ Params: SystemParams & { eksternKonto: string } }>(
    `${P}/forespurteTilganger/:eksternKonto`,
    { schema: schema('createTilgangForesporselTilKonto', 'Ber om tilgang til en konto', 201) },
    async (request, reply) => {
      const { ctx, system } = await systemCall(request, deps);
      await askForTilgang(ctx, deps, system.id, request.params.eksternKonto);
      return reply.status(201).send();
    },
  );
  for (const [name, status, operationId, summary] of [
    ['forespurteTilganger', 'FORESPURT', 'removeTilgangForesporselTilKonto', 'Trekker en forespørsel'],
    ['tilganger', 'GITT', 'removeTilgangForSystem', 'Gir fra seg en tilgang'],
  ] as const) {
    scope.delete<{ Params: SystemParams & { eksternKonto: string } }>(
      `${P}/${name}/:eksternKonto`,
      { schema: schema(operationId, summary, 204) },
      async (request, reply) => {
        const { ctx, system } = await systemCall(request, deps);
        await giveUpTilgang(ctx, deps, system.id, request.params.eksternKonto, status);
        return reply.status(204).send();
      },
    );
  }
}
