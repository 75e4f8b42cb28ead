import type { FastifyInstance } from 'fastify';

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
    schema: {
      operationId: 'svarutHentPublicKey',
      summary: 'Plattformens sertifikat for kryptering av dokumenter (PEM)',
      tags: ['SvarUt'],
      produces: ['text/plain'],
    },
    handler: async (_request, reply) => {
      // Short: a renewed certificate must reach senders before the old one goes out of use.
      reply.header('cache-control', 'public, max-age=300').type('text/plain; charset=utf-8');
      return deps.certificatePem();
    },
  });
}
