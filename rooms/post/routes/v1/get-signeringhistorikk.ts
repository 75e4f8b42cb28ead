import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { forsendelseId } from '../shared/forsendelse-ids.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { SigneringshistorikkV1 } from './models.ts';

/** `GET /{id}/signeringhistorikk` (v1's own spelling). */
export function getSigneringhistorikk(scope: FastifyInstance, { service }: FaceDeps): void {
  scope.get<{ Params: { id: string } }>(
    '/:id/signeringhistorikk',
    { schema: documented('signeringhistorikk', 'Signeringshendelser', 200, SigneringshistorikkV1) },
    async (request) => {
      const { ctx, konto } = accountCaller(request);
      const id = forsendelseId(request.params.id);
      const events = await service.signingHistory(ctx, konto, id);
      return {
        forsendelsesId: { id },
        logg: events.map(({ tidspunkt, status, tekst }) => ({
          tidspunkt: tidspunkt.toISOString(),
          type: status,
          hendelse: tekst,
        })),
      };
    },
  );
}
