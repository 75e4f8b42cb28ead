import { authenticateIntegrations } from '@grunnmur/access';
import type { AppError } from '@grunnmur/kernel/errors';
import { type ErrorAnswer, registerFace } from '@grunnmur/kernel/http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { errorMessage, fiksDescription } from '../shared/error-message.ts';
import type { KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { parseBodies } from '../shared/parse-bodies.ts';
import { adresseVerdiRoutes } from './adresse-verdier.ts';
import { adresseRoutes } from './adresser.ts';
import { avsenderRoutes } from './aksepterte-avsendere.ts';
import { endreKonto, hentOgSlettKonto, kontosok, opprettKonto } from './kontoer.ts';
import { KONTO_TAG } from './models.ts';
import { nokkelRoutes } from './offentlig-nokkel.ts';
import { validerMelding } from './valider-melding.ts';

/** Mounts the administration of Fiks IO-kontoer (fiks-io §2.4). */
export async function registerKonto(app: FastifyInstance, deps: KontoRouteDeps): Promise<void> {
  const face = {
    name: 'fiks-io-konto',
    prefix: '/fiks-io/konto/api/v1',
    errorBody: konfliktOr(errorMessage((request) => deps.baseCtx(request).now())),
    description: fiksDescription(KONTO_TAG, 'Administrasjon av Fiks IO-kontoer.'),
  };
  await registerFace(app, face, (scope) => {
    parseBodies(scope);
    authenticateIntegrations(scope, deps);
    opprettKonto(scope, deps);
    hentOgSlettKonto(scope, deps);
    endreKonto(scope, deps);
    kontosok(scope, deps);
    nokkelRoutes(scope, deps);
    avsenderRoutes(scope, deps);
    adresseRoutes(scope, deps);
    adresseVerdiRoutes(scope, deps);
    validerMelding(scope, deps);
  });
}

/** Addresses that overlap are answered as the list of those in the way, and everything else in the usual form. */
function konfliktOr(usual: (error: AppError, request: FastifyRequest) => ErrorAnswer) {
  return (error: AppError, request: FastifyRequest): ErrorAnswer =>
    error.code === 'exchange.adresse_conflict' && error.params.konflikter
      ? { body: error.params.konflikter }
      : usual(error, request);
}
