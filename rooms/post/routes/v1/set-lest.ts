import { formReader } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { invalidContent } from '../../service/invalid-content.ts';
import type { FaceDeps } from '../shared/deps.ts';
import { forsendelseId } from '../shared/forsendelse-ids.ts';
import { lestFrom } from '../shared/lest-from.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { LestAvV1 } from './models.ts';

const readForm = formReader(LestAvV1);

/** `POST /{id}/settLest`: another system has shown it to the recipient. Clients accept exactly 200. */
export function setLest(scope: FastifyInstance, { service, synthetic }: FaceDeps): void {
  scope.post<{ Params: { id: string }; Body: unknown }>(
    '/:id/settLest',
    { schema: documented('settLest', 'Meld at forsendelsen er lest', 200, undefined, { body: LestAvV1 }) },
    async (request, reply) => {
      const { ctx, konto } = accountCaller(request);
      const { value, faults } = readForm(request.body ?? {});
      if (value === undefined) throw invalidContent(faults);
      const { lestAvFodselsNummer, navnPaEksterntSystem, datoLest } = value;
      const lest = lestFrom(
        {
          fnr: { field: '/lestAvFodselsNummer', value: lestAvFodselsNummer },
          tidspunkt: { field: '/datoLest', value: datoLest },
          system: navnPaEksterntSystem,
        },
        synthetic,
        faults,
      );
      await service.markRead(ctx, konto, forsendelseId(request.params.id), lest);
      return reply.status(200).send();
    },
  );
}
