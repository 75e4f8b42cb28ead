import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { dokumentMetadataInV2 } from './answers.ts';
import { documented } from './documented.ts';
import { ownerCall } from './integration-caller.ts';
import { ForsendelseMetadataV2 } from './models.ts';

/** `GET /forsendelser/{id}/metadata`. */
export function getMetadata(scope: FastifyInstance, deps: FaceDeps): void {
  scope.get<{ Params: { id: string } }>(
    '/forsendelser/:id/metadata',
    { schema: documented('hentMetadata', 'Forsendelsens dokumenter', 200, ForsendelseMetadataV2) },
    async (request) => {
      const { ctx, konto, id } = await ownerCall(
        request,
        deps,
        request.params.id,
        'post.forsendelse.metadata_lest',
      );
      return { dokumenter: (await deps.service.metadata(ctx, konto, id)).map(dokumentMetadataInV2) };
    },
  );
}
