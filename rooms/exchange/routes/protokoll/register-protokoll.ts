import { authenticateIntegrations } from '@grunnmur/access';
import { registerFace } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { errorMessage, fiksDescription } from '../shared/error-message.ts';
import type { KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { parseBodies } from '../shared/parse-bodies.ts';
import { changeKonto, createProtokollKonto, readAndDeleteKonto } from './kontoer.ts';
import { PROTOKOLL_TAG } from './models.ts';
import { protokollRoutes } from './protokoller.ts';
import { sokRoutes } from './sok.ts';
import { systemRoutes } from './system.ts';
import { tilgangerForSystem, tilgangerPaKonto } from './tilganger.ts';

/** Mounts the protokoll configuration (fiks-io §2.5). */
export async function registerProtokoll(app: FastifyInstance, deps: KontoRouteDeps): Promise<void> {
  const face = {
    name: 'fiks-protokoll-konfigurasjon',
    prefix: '/fiks-protokoll/api/v1/konfigurasjon',
    errorBody: errorMessage((request) => deps.baseCtx(request).now()),
    description: fiksDescription(
      PROTOKOLL_TAG,
      'Systemer, protokollkontoer og hvem som har tilgang til dem.',
    ),
  };
  await registerFace(app, face, (scope) => {
    parseBodies(scope);
    authenticateIntegrations(scope, deps);
    createProtokollKonto(scope, deps);
    readAndDeleteKonto(scope, deps);
    changeKonto(scope, deps);
    tilgangerPaKonto(scope, deps);
    tilgangerForSystem(scope, deps);
    sokRoutes(scope, deps);
    systemRoutes(scope, deps);
    protokollRoutes(scope);
  });
}
