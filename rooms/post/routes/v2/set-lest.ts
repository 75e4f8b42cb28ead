import { formReader } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { invalidContent } from '../../service/invalid-content.ts';
import type { FaceDeps } from '../shared/deps.ts';
import { lestFrom } from '../shared/lest-from.ts';
import { documented } from './documented.ts';
import { ownerCall } from './integration-caller.ts';
import { LestAvV2 } from './models.ts';

const readForm = formReader(LestAvV2);

/** `POST /forsendelser/{id}/lest`: another system has shown it to the recipient. Clients accept exactly 204. */
export function setLest(scope: FastifyInstance, deps: FaceDeps): void {
  scope.post<{ Params: { id: string }; Body: unknown }>(
    '/forsendelser/:id/lest',
    {
      schema: documented(
        'settForsendelseLestAvEksterntSystem',
        'Meld at forsendelsen er lest',
        204,
        undefined,
        { body: LestAvV2 },
      ),
    },
    async (request, reply) => {
      const { value, faults } = readForm(request.body ?? {});
      if (value === undefined) throw invalidContent(faults);
      const { fnr, tidspunkt, eksterntSystemnavn } = value;
      const lest = lestFrom(
        {
          fnr: { field: '/fnr', value: fnr },
          tidspunkt: { field: '/tidspunkt', value: tidspunkt },
          system: eksterntSystemnavn,
        },
        deps.synthetic,
        faults,
      );
      const { ctx, konto, id } = await ownerCall(
        request,
        deps,
        request.params.id,
        'post.forsendelse.lest_eksternt',
      );
      await deps.service.markRead(ctx, konto, id, lest);
      return reply.status(204).send();
    },
  );
}
