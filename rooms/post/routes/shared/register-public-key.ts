import { type FaceDescription, PROBLEM } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';

const DESCRIPTION: FaceDescription = {
  tag: 'SvarUt',
  description: 'Det som er felles for SvarUts grensesnitt.',
  errors: PROBLEM,
};

/**
 * `GET /forsendelse/publickey/hent`: the platform's certificate as PEM, for anybody. Senders encrypt documents of
 * level 4 for it (SvarUt: encryption of submitted files).
 */
export function registerPublicKey(
  app: FastifyInstance,
  deps: { readonly certificatePem: () => string },
): void {
  app.route({
    method: 'GET',
    url: '/forsendelse/publickey/hent',
    config: { description: DESCRIPTION },
    schema: {
      operationId: 'svarutHentPublicKey',
      summary: 'Plattformens sertifikat for kryptering av dokumenter (PEM)',
      tags: [DESCRIPTION.tag],
      produces: ['text/plain'],
    },
    handler: async (_request, reply) => {
      // Short: a renewed certificate must reach senders before the old one goes out of use.
      reply.header('cache-control', 'public, max-age=300').type('text/plain; charset=utf-8');
      return deps.certificatePem();
    },
  });
}
