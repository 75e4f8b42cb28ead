import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { ForsendelsesIdV1 } from './models.ts';

/** `POST /startNyForsendelse`: reserves the id of the send call that follows. */
export function startNyForsendelse(scope: FastifyInstance, { service }: FaceDeps): void {
  scope.post(
    '/startNyForsendelse',
    { schema: documented('startNyForsendelse', 'Reserver en forsendelses-id', 200, ForsendelsesIdV1) },
    async (request) => {
      const { ctx, konto } = accountCaller(request);
      const { id } = await service.reserveId(ctx, konto);
      return { id };
    },
  );
}
