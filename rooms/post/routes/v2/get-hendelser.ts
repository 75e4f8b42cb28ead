import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { documented } from './documented.ts';
import { ownerCall } from './integration-caller.ts';
import { HendelserV2 } from './models.ts';

/** `GET /forsendelser/{id}/hendelser`. */
export function getHendelser(scope: FastifyInstance, deps: FaceDeps): void {
  scope.get<{ Params: { id: string } }>(
    '/forsendelser/:id/hendelser',
    { schema: documented('hentHendelser', 'Hendelser for en forsendelse', 200, HendelserV2) },
    async (request) => {
      const { ctx, konto, id } = await ownerCall(
        request,
        deps,
        request.params.id,
        'post.forsendelse.hendelser_lest',
      );
      const events = await deps.service.history(ctx, konto, id);
      return {
        hendelser: events.map(({ tidspunkt, tekst }) => ({
          tidspunkt: tidspunkt.toISOString(),
          hendelse: tekst,
        })),
      };
    },
  );
}
