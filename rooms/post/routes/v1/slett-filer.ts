import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { deletedIds } from '../shared/forsendelse-ids.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { IdListV1 } from './models.ts';
import { idsFromV1 } from './translate-ids.ts';

/**
 * `POST /slettFiler` with a list of `{ id }`. Clients accept exactly 204. v1 has no choice of what to delete, so it
 * gets what v2 does by default: the original documents.
 */
export function slettFiler(scope: FastifyInstance, { service, limits }: FaceDeps): void {
  scope.post<{ Body: IdListV1 }>(
    '/slettFiler',
    { schema: documented('slettFiler', 'Slett dokumentene', 204, undefined, { body: IdListV1 }) },
    async (request, reply) => {
      const { ctx, konto } = accountCaller(request);
      const ids = deletedIds(idsFromV1(request.body), limits.maxIds);
      await service.deleteDocuments(ctx, konto, ids, 'ORIGINALDOKUMENTER');
      return reply.status(204).send();
    },
  );
}
