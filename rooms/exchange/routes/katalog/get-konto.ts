import { caller } from '@grunnmur/access';
import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { katalogKonto, kontoStatus } from '../../service/kontoer/katalog.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { KontoStatus } from '../shared/models.ts';

type Params = { Params: { kontoId: string } };

/** `GET /kontoer/{kontoId}` and `/status`, in the form of the Fiks IO or the protokoll catalogue (fiks-io §2.3). */
export function getKonto(
  scope: FastifyInstance,
  deps: KontoRouteDeps,
  form: { readonly tag: string; readonly prefix: string; readonly konto: TSchema },
): void {
  scope.get<Params>(
    '/kontoer/:kontoId',
    { schema: documented(form.tag, `${form.prefix}_hentKonto`, 'En konto', { 200: form.konto }) },
    (request) => katalogKonto(caller(request).ctx, deps, request.params.kontoId),
  );
  scope.get<Params>(
    '/kontoer/:kontoId/status',
    {
      schema: documented(form.tag, `${form.prefix}_hentStatus`, 'Status og køtall for en konto', {
        200: KontoStatus,
      }),
    },
    (request) => kontoStatus(caller(request).ctx, deps, request.params.kontoId),
  );
}
