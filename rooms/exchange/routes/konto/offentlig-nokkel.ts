import { caller } from '@grunnmur/access';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ExchangeError } from '../../errors.ts';
import { removeNokkel } from '../../service/kontoer/manage-nokler.ts';
import { offentligNokkel } from '../../service/kontoer/offentlig-nokkel.ts';
import { configurableKonto } from '../../service/kontoer/require-configurable.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { OffentligNokkel } from '../shared/models.ts';
import { KONTO_TAG } from './models.ts';
import { putNokkel } from './put-nokkel.ts';

type Params = { Params: { kontoId: string } };
const PATH = '/kontoer/:kontoId/offentligNokkel';

/** `GET`, `PUT` and `DELETE …/offentligNokkel`, and the older `PUT …/offentligNokkelString` (fiks-io §2.4). */
export function nokkelRoutes(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.get<Params>(
    PATH,
    {
      schema: documented(KONTO_TAG, 'fiksIoKonto_hentOffentligNokkel', 'Kontoens offentlige nøkkel', {
        200: OffentligNokkel,
      }),
    },
    async (request) => {
      const { ctx, principal } = caller(request);
      const konto = await deps.kontoer.own(ctx, principal, request.params.kontoId);
      const row = await deps.kontoer.nokkel(ctx, konto.id);
      if (!row) throw ExchangeError.nokkelNotFound();
      return offentligNokkel(row, ctx.now());
    },
  );
  scope.delete<Params>(
    PATH,
    {
      schema: documented(KONTO_TAG, 'fiksIoKonto_slettOffentligNokkel', 'Fjerner den offentlige nøkkelen', {
        204: Type.Null(),
      }),
    },
    async (request, reply) => {
      const { ctx, principal } = caller(request);
      const konto = await configurableKonto(ctx, deps, principal, request.params.kontoId);
      await removeNokkel(ctx, deps, konto.id);
      return reply.status(204).send();
    },
  );
  putNokkel(scope, deps, { path: PATH, tag: KONTO_TAG, operationId: 'fiksIoKonto_settOffentligNokkel' });
  putNokkel(scope, deps, {
    path: '/kontoer/:kontoId/offentligNokkelString',
    tag: KONTO_TAG,
    operationId: 'fiksIoKonto_settOffentligNokkelString',
  });
}
