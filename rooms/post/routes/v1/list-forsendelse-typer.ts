import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { unique } from '../shared/form-values.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { ForsendelseTyperV1 } from './models.ts';

/** `GET /forsendelseTyper`. */
export function listForsendelseTyper(scope: FastifyInstance, { service }: FaceDeps): void {
  scope.get(
    '/forsendelseTyper',
    { schema: documented('forsendelseTyper', 'Forsendelsestyper som kan rutes', 200, ForsendelseTyperV1) },
    async (request) => {
      const { ctx } = accountCaller(request);
      return { forsendelseTyper: unique(await service.forsendelsestyper(ctx)) };
    },
  );
}
