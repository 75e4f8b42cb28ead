import { caller } from '@grunnmur/access';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import {
  acceptAvsender,
  aksepterteAvsendere,
  limitAvsendere,
  removeAvsender,
} from '../../service/kontoer/manage-avsendere.ts';
import { configurableKonto } from '../../service/kontoer/require-configurable.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { AksepterteAvsendere, KONTO_TAG, KontoIdBody } from './models.ts';

type Params = { Params: { kontoId: string } };
const PATH = '/kontoer/:kontoId/aksepterteAvsendere';

/** Who a konto takes messages from (fiks-io §2.4). */
export function avsenderRoutes(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.get<Params>(
    PATH,
    {
      schema: documented(KONTO_TAG, 'fiksIoKonto_hentAksepterteAvsendere', 'Aksepterte avsendere', {
        200: AksepterteAvsendere,
      }),
    },
    async (request) => {
      const { ctx, principal } = caller(request);
      const konto = await deps.kontoer.own(ctx, principal, request.params.kontoId);
      return aksepterteAvsendere(ctx, deps, konto);
    },
  );
  scope.post<Params & { Body: KontoIdBody }>(
    PATH,
    {
      schema: documented(
        KONTO_TAG,
        'fiksIoKonto_leggTilAkseptertAvsender',
        'Aksepterer en avsender',
        { 204: Type.Null() },
        { body: KontoIdBody },
      ),
    },
    async (request, reply) => {
      const { ctx, principal } = caller(request);
      const konto = await configurableKonto(ctx, deps, principal, request.params.kontoId);
      await acceptAvsender(ctx, deps, konto.id, request.body.kontoId);
      return reply.status(204).send();
    },
  );
  scope.delete<{ Params: { kontoId: string; avsenderKontoId: string } }>(
    `${PATH}/:avsenderKontoId`,
    {
      schema: documented(KONTO_TAG, 'fiksIoKonto_fjernAkseptertAvsender', 'Fjerner en akseptert avsender', {
        200: Type.Null(),
      }),
    },
    async (request, reply) => {
      const { ctx, principal } = caller(request);
      const konto = await configurableKonto(ctx, deps, principal, request.params.kontoId);
      await removeAvsender(ctx, deps, konto.id, request.params.avsenderKontoId);
      return reply.status(200).send();
    },
  );
  for (const [word, aktivert] of [
    ['aktiver', true],
    ['deaktiver', false],
  ] as const) {
    const summary = aktivert ? 'Avviser alle som ikke er akseptert' : 'Tar imot fra alle igjen';
    scope.put<Params>(
      `${PATH}/${word}`,
      {
        schema: documented(KONTO_TAG, `fiksIoKonto_${word}AksepterteAvsendere`, summary, {
          204: Type.Null(),
        }),
      },
      async (request, reply) => {
        const { ctx, principal } = caller(request);
        const konto = await configurableKonto(ctx, deps, principal, request.params.kontoId);
        await limitAvsendere(ctx, deps, konto.id, aktivert);
        return reply.status(204).send();
      },
    );
  }
}
