import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { forsendelseId } from '../shared/forsendelse-ids.ts';
import { lestFrom } from '../shared/lest-from.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { LestAvV1 } from './models.ts';

/** `POST /{id}/settLest`: another system has shown it to the recipient. Clients accept exactly 200. */
export function setLest(scope: FastifyInstance, { service, synthetic }: FaceDeps): void {
  scope.post<{ Params: { id: string }; Body: LestAvV1 }>(
    '/:id/settLest',
    { schema: documented('settLest', 'Meld at forsendelsen er lest', 200, undefined, { body: LestAvV1 }) },
    async (request, reply) => {
      const { ctx, konto } = accountCaller(request);
      const { lestAvFodselsNummer, navnPaEksterntSystem, datoLest } = request.body;
      const lest = lestFrom(
        {
          fnr: { field: '/lestAvFodselsNummer', value: lestAvFodselsNummer },
          tidspunkt: { field: '/datoLest', value: datoLest },
          system: navnPaEksterntSystem,
        },
        synthetic,
      );
      await service.markRead(ctx, konto, forsendelseId(request.params.id), lest);
      return reply.status(200).send();
    },
  );
}
