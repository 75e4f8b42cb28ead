import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { forsendelseId } from '../shared/forsendelse-ids.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { HistorikkV1 } from './models.ts';

/** `GET /{id}/historikk`. Times are texts here, ISO 8601. */
export function getHistorikk(scope: FastifyInstance, { service }: FaceDeps): void {
  scope.get<{ Params: { id: string } }>(
    '/:id/historikk',
    { schema: documented('historikk', 'Hendelser for en forsendelse', 200, HistorikkV1) },
    async (request) => {
      const { ctx, konto } = accountCaller(request);
      const events = await service.history(ctx, konto, forsendelseId(request.params.id));
      return {
        hendelsesLogger: events.map(({ tidspunkt, tekst }) => ({
          tidspunkt: tidspunkt.toISOString(),
          hendelse: tekst,
        })),
      };
    },
  );
}
