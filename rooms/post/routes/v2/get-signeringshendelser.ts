import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { documented } from './documented.ts';
import { ownerCall } from './integration-caller.ts';
import { SigneringshendelserV2 } from './models.ts';

/** `GET /forsendelser/{id}/signeringshendelser`. */
export function getSigneringshendelser(scope: FastifyInstance, deps: FaceDeps): void {
  scope.get<{ Params: { id: string } }>(
    '/forsendelser/:id/signeringshendelser',
    { schema: documented('hentSigneringshendelser', 'Signeringshendelser', 200, SigneringshendelserV2) },
    async (request) => {
      const { ctx, konto, id } = await ownerCall(
        request,
        deps,
        request.params.id,
        'post.forsendelse.signering_lest',
      );
      const events = await deps.service.signingHistory(ctx, konto, id);
      return {
        hendelser: events.map(({ tidspunkt, status, tekst }) => ({
          tidspunkt: tidspunkt.toISOString(),
          status,
          hendelse: tekst,
        })),
      };
    },
  );
}
