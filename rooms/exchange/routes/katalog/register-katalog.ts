import { authenticateIntegrations } from '@grunnmur/access';
import { registerFace } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { putNokkel } from '../konto/put-nokkel.ts';
import { errorMessage, fiksDescription } from '../shared/error-message.ts';
import type { KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { parseBodies } from '../shared/parse-bodies.ts';
import { getKonto } from './get-konto.ts';
import { getOffentligNokkel } from './get-offentlig-nokkel.ts';
import { lookup, matchAdresser } from './lookup.ts';
import { KATALOG_TAG, KatalogKonto, ProtokollKatalogKonto } from './models.ts';
import { verifySertifikat } from './verify-sertifikat.ts';

const PROTOKOLL_KATALOG_TAG = 'Fiks protokoll katalog';

/** Mounts the Fiks IO catalogue (fiks-io §2.3). */
export async function registerKatalog(app: FastifyInstance, deps: KontoRouteDeps): Promise<void> {
  const face = {
    name: 'fiks-io-katalog',
    prefix: '/fiks-io/katalog/api/v1',
    errorBody: errorMessage((request) => deps.baseCtx(request).now()),
    description: fiksDescription(KATALOG_TAG, 'Fiks IO-kontoer og nøklene deres.'),
  };
  await registerFace(app, face, async (scope) => {
    parseBodies(scope);
    getOffentligNokkel(scope, deps);
    await scope.register(async (inner) => {
      authenticateIntegrations(inner, deps);
      getKonto(inner, deps, { tag: KATALOG_TAG, prefix: 'fiksIoKatalog', konto: KatalogKonto });
      lookup(inner, deps);
      matchAdresser(inner);
      verifySertifikat(inner);
      // Where a .NET version that is not released yet sends its key (fiks-io §2.4).
      putNokkel(inner, deps, {
        path: '/kontoer/:kontoId/offentligNokkel',
        tag: KATALOG_TAG,
        operationId: 'fiksIoKatalog_settOffentligNokkel',
      });
    });
  });
}

/** Mounts the protokoll catalogue: the same data below another prefix. */
export async function registerProtokollKatalog(app: FastifyInstance, deps: KontoRouteDeps): Promise<void> {
  const face = {
    name: 'fiks-protokoll-katalog',
    prefix: '/fiks-protokoll/katalog/api/v1',
    errorBody: errorMessage((request) => deps.baseCtx(request).now()),
    description: fiksDescription(PROTOKOLL_KATALOG_TAG, 'De samme kontoene, med protokollene deres.'),
  };
  await registerFace(app, face, (scope) => {
    parseBodies(scope);
    authenticateIntegrations(scope, deps);
    const form = {
      tag: PROTOKOLL_KATALOG_TAG,
      prefix: 'fiksProtokollKatalog',
      konto: ProtokollKatalogKonto,
    };
    getKonto(scope, deps, form);
  });
}
