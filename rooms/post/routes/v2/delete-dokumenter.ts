import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { documented } from './documented.ts';
import { ownerCall } from './integration-caller.ts';
import { SlettQueryV2 } from './models.ts';

/** `DELETE /forsendelser/{id}/dokumenter?slettetype=`. Clients accept exactly 204. */
export function deleteDokumenter(scope: FastifyInstance, deps: FaceDeps): void {
  scope.delete<{ Params: { id: string }; Querystring: SlettQueryV2 }>(
    '/forsendelser/:id/dokumenter',
    {
      schema: documented('slettFiler', 'Slett dokumentene', 204, undefined, { querystring: SlettQueryV2 }),
    },
    async (request, reply) => {
      const { ctx, konto, id } = await ownerCall(request, deps, request.params.id, 'post.dokumenter.slettet');
      await deps.service.deleteDocuments(ctx, konto, [id], request.query.slettetype ?? 'ORIGINALDOKUMENTER');
      return reply.status(204).send();
    },
  );
}
