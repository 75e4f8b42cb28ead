import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { defined } from '../shared/form-values.ts';
import { documented } from './documented.ts';
import { kontoCall } from './integration-caller.ts';
import { EksternRefMetadataResponseV2, EksternRefQueryV2 } from './models.ts';

/** `GET /kontoer/{kontoId}/forsendelser/metadata?eksternRef=`: as the search for ids, with date and system. */
export function findEksternrefMetadata(scope: FastifyInstance, { service }: FaceDeps): void {
  scope.get<{ Params: { kontoId: string }; Querystring: EksternRefQueryV2 }>(
    '/kontoer/:kontoId/forsendelser/metadata',
    {
      schema: documented(
        'finnForsendelserKnyttetTilEksternRefMedMetadata',
        'Finn forsendelser med ekstern referanse, med dato og system',
        200,
        EksternRefMetadataResponseV2,
        { querystring: EksternRefQueryV2 },
      ),
    },
    async (request) => {
      const { ctx, konto } = kontoCall(request, request.params.kontoId);
      const found = await service.findByEksternReferanse(ctx, konto, request.query.eksternRef);
      return {
        forsendelser: found.map(({ id, dato, avgivendeSystem }) =>
          defined({ id, dato: dato.toISOString(), avgivendeSystem }),
        ),
      };
    },
  );
}
