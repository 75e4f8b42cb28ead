import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { unique } from '../shared/form-values.ts';
import { documented } from './documented.ts';
import { integrationCaller } from './integration-caller.ts';
import { ForsendelsestyperV2 } from './models.ts';

/** `GET /forsendelsestyper`, each once. */
export function listForsendelsestyper(scope: FastifyInstance, { service }: FaceDeps): void {
  scope.get(
    '/forsendelsestyper',
    {
      schema: documented(
        'hentForsendelsestyper',
        'Forsendelsestyper som kan rutes',
        200,
        ForsendelsestyperV2,
      ),
    },
    async (request) => {
      const { ctx } = integrationCaller(request);
      return { forsendelsestyper: unique(await service.forsendelsestyper(ctx)) };
    },
  );
}
