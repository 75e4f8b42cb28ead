import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { documented } from './documented.ts';
import { kontoCall } from './integration-caller.ts';
import { EksternRefQueryV2, EksternRefResponseV2 } from './models.ts';

/** `GET /kontoer/{kontoId}/forsendelser?eksternRef=`. One reference may belong to several forsendelser. */
export function findEksternref(scope: FastifyInstance, { service }: FaceDeps): void {
  scope.get<{ Params: { kontoId: string }; Querystring: EksternRefQueryV2 }>(
    '/kontoer/:kontoId/forsendelser',
    {
      schema: documented(
        'finnForsendelserKnyttetTilEksternRef',
        'Finn forsendelser med ekstern referanse',
        200,
        EksternRefResponseV2,
        { querystring: EksternRefQueryV2 },
      ),
    },
    async (request) => {
      const { ctx, konto } = kontoCall(request, request.params.kontoId);
      const found = await service.findByEksternReferanse(ctx, konto, request.query.eksternRef);
      return { forsendelseIds: found.map(({ id }) => id) };
    },
  );
}
