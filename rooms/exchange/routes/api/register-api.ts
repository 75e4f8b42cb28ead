import { type AuthenticateDeps, authenticateIntegrations, caller, INTEGRATION_LOGIN } from '@grunnmur/access';
import { type FaceDescription, PROBLEM, problemBody, registerFace } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { readConversation, readTimeline, searchMeldinger } from '../../service/meldinger/traces.ts';
import { ConversationAnswer, SearchAnswer, SearchQuery, TimelineAnswer } from './models.ts';

const DESCRIPTION: FaceDescription = {
  tag: 'Grunnmur: meldinger',
  description: 'Hvor meldingene er, og hva som har skjedd med dem.',
  login: INTEGRATION_LOGIN,
  errors: PROBLEM,
};

/** Our own API of the room: where is my message? Same credentials as everywhere (fiks-io §1.4). */
export async function registerApi(app: FastifyInstance, deps: AuthenticateDeps): Promise<void> {
  await registerFace(
    app,
    { name: 'exchange-api', prefix: '/api/exchange', errorBody: problemBody, description: DESCRIPTION },
    (scope) => {
      authenticateIntegrations(scope, deps);
      getTimeline(scope);
      getConversation(scope);
      getMeldinger(scope);
    },
  );
}

interface ById {
  readonly Params: { readonly id: string };
}

/** `GET /api/exchange/meldinger/{id}/timeline` */
function getTimeline(scope: FastifyInstance): void {
  const schema = {
    operationId: 'exchangeGetTimeline',
    summary: 'Alt som har skjedd med en melding',
    tags: [DESCRIPTION.tag],
    response: { 200: TimelineAnswer },
  };
  scope.get<ById>('/meldinger/:id/timeline', { schema }, async (request) => {
    const { ctx, principal } = caller(request);
    return readTimeline(ctx, principal.integrationId, request.params.id);
  });
}

/** `GET /api/exchange/meldinger/{id}/samtale` */
function getConversation(scope: FastifyInstance): void {
  const schema = {
    operationId: 'exchangeGetConversation',
    summary: 'Meldingene som henger sammen med en melding gjennom svar-til',
    tags: [DESCRIPTION.tag],
    response: { 200: ConversationAnswer },
  };
  scope.get<ById>('/meldinger/:id/samtale', { schema }, async (request) => {
    const { ctx, principal } = caller(request);
    return { meldinger: await readConversation(ctx, principal.integrationId, request.params.id) };
  });
}

/** `GET /api/exchange/meldinger` */
function getMeldinger(scope: FastifyInstance): void {
  const schema = {
    operationId: 'exchangeSearch',
    summary: 'Meldinger til og fra integrasjonens kontoer, de nyeste først',
    tags: [DESCRIPTION.tag],
    querystring: SearchQuery,
    response: { 200: SearchAnswer },
  };
  scope.get<{ Querystring: Static<typeof SearchQuery> }>('/meldinger', { schema }, async (request) => {
    const { ctx, principal } = caller(request);
    const { id, kontoId, type, status, klientMeldingId, korrelasjonsId } = request.query;
    const { fra, til, cursor, antall } = request.query;
    const ids = { id, kontoId, klientMeldingId, korrelasjonsId };
    return searchMeldinger(ctx, principal.integrationId, { ...ids, type, status, fra, til, cursor, antall });
  });
}
