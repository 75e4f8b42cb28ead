import { authenticateIntegrations } from '@grunnmur/access';
import { errorMessage, fiksDescription } from '@grunnmur/exchange';
import { limitBodies, registerFace } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { parseJsonObject } from '../service/field-report.ts';
import { DOKUMENTLAGER_TAG, documentedBytes } from './documented.ts';
import { downloadRoutes, personDownloadRoute } from './download-routes.ts';
import type { DokumentlagerFaceDeps } from './face-deps.ts';
import { manageRoutes, uploadRoute } from './upload-routes.ts';

/** Mounts Dokumentlager at `/dokumentlager`: upload, download and the platform's certificate (fiks-io §2.6). */
export async function registerDokumentlager(
  app: FastifyInstance,
  deps: DokumentlagerFaceDeps,
): Promise<void> {
  const face = {
    name: 'fiks-dokumentlager',
    prefix: '/dokumentlager',
    errorBody: errorMessage((request) => deps.baseCtx(request).now()),
    description: fiksDescription(DOKUMENTLAGER_TAG, 'Dokumenter som er for store for en melding.'),
  };
  await registerFace(app, face, async (scope) => {
    readJson(scope, deps.limits.maxJsonBytes);
    publicKeyRoute(scope, deps);
    if (deps.persons) personDownloadRoute(scope, deps, deps.persons);
    await scope.register(async (closed) => {
      authenticateIntegrations(closed, deps);
      uploadRoute(closed, deps);
      manageRoutes(closed, deps);
      downloadRoutes(closed, deps);
    });
  });
}

/** JSON whatever its Content-Type says, with the errors of this face. An empty body is none. */
function readJson(scope: FastifyInstance, maxBytes: number): void {
  limitBodies(scope, maxBytes);
  scope.removeContentTypeParser(['application/json', 'text/plain']);
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : parseJsonObject(body as Buffer, 'meldingen'));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Open to anybody, like every public key here. */
function publicKeyRoute(scope: FastifyInstance, deps: DokumentlagerFaceDeps): void {
  scope.get(
    '/api/v1/public-key',
    {
      schema: {
        ...documentedBytes(
          'publicKey',
          'Plattformens sertifikat for kryptering av dokumenter (PEM)',
          'text/plain',
        ),
        security: [],
      },
    },
    async (_request, reply) => {
      // Short: a renewed certificate must reach senders before the old one goes out of use.
      reply.header('cache-control', 'public, max-age=300').type('text/plain; charset=utf-8');
      return deps.platformCertificatePem;
    },
  );
}
