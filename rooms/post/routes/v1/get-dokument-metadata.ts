import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { forsendelseId } from '../shared/forsendelse-ids.ts';
import { dokumentMetadataInV1 } from './answers.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { DokumentMetadataResultV1 } from './models.ts';

/** `GET /{id}/dokumentMetadata`. */
export function getDokumentMetadata(scope: FastifyInstance, { service }: FaceDeps): void {
  scope.get<{ Params: { id: string } }>(
    '/:id/dokumentMetadata',
    { schema: documented('dokumentMetadata', 'Forsendelsens dokumenter', 200, DokumentMetadataResultV1) },
    async (request) => {
      const { ctx, konto } = accountCaller(request);
      const dokumenter = await service.metadata(ctx, konto, forsendelseId(request.params.id));
      return { dokumentMetadata: dokumenter.map(dokumentMetadataInV1) };
    },
  );
}
