import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { searchedIds } from '../shared/forsendelse-ids.ts';
import { statusInV2 } from './answers.ts';
import { documented } from './documented.ts';
import { kontoCall } from './integration-caller.ts';
import { StatuserV2, StatusSokV2 } from './models.ts';

/** `POST /kontoer/{kontoId}/forsendelser/status-sok`; unknown ids are left out of the answer. */
export function searchStatuser(scope: FastifyInstance, { service, limits }: FaceDeps): void {
  scope.post<{ Params: { kontoId: string }; Body: StatusSokV2 }>(
    '/kontoer/:kontoId/forsendelser/status-sok',
    {
      schema: documented('hentStatuser', 'Status for flere forsendelser', 200, StatuserV2, {
        body: StatusSokV2,
      }),
    },
    async (request) => {
      const { ctx, konto } = kontoCall(request, request.params.kontoId);
      const asked = request.body.forsendelseIds.filter((id) => id !== null);
      const ids = searchedIds(asked, limits.maxIds);
      return { statuser: (await service.statuses(ctx, konto, ids)).map(statusInV2) };
    },
  );
}
