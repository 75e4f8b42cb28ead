import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { searchedIds } from '../shared/forsendelse-ids.ts';
import { statusInV1 } from './answers.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { IdListV1, StatusResultV1 } from './models.ts';
import { idsFromV1 } from './translate-ids.ts';

/** `POST /statuser` with a list of ids; unknown ones are left out of the answer. */
export function searchStatuser(scope: FastifyInstance, { service, limits }: FaceDeps): void {
  scope.post<{ Body: IdListV1 }>(
    '/statuser',
    {
      schema: documented('statuser', 'Status for flere forsendelser', 200, StatusResultV1, {
        body: IdListV1,
      }),
    },
    async (request) => {
      const { ctx, konto } = accountCaller(request);
      const ids = searchedIds(idsFromV1(request.body), limits.maxIds);
      return { statuser: (await service.statuses(ctx, konto, ids)).map(statusInV1) };
    },
  );
}
