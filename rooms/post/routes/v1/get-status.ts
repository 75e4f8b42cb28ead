import type { FastifyInstance } from 'fastify';
import { PostError } from '../../errors.ts';
import type { FaceDeps } from '../shared/deps.ts';
import { forsendelseId } from '../shared/forsendelse-ids.ts';
import { statusInV1 } from './answers.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { StatusV1 } from './models.ts';

/** `GET /{id}/status`. */
export function getStatus(scope: FastifyInstance, { service }: FaceDeps): void {
  scope.get<{ Params: { id: string } }>(
    '/:id/status',
    { schema: documented('status', 'Status for en forsendelse', 200, StatusV1) },
    async (request) => {
      const { ctx, konto } = accountCaller(request);
      const [status] = await service.statuses(ctx, konto, [forsendelseId(request.params.id)]);
      if (!status) throw PostError.notFound();
      return statusInV1(status);
    },
  );
}
