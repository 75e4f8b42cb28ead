import { caller } from '@grunnmur/access';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ExchangeError } from '../../errors.ts';
import { toErrorMessage } from '../shared/error-message.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { ErrorMessages, KONTO_TAG, ValiderMelding } from './models.ts';

/**
 * `POST /kontoer/{kontoId}/validerMelding`: could a message be sent to the konto? Answers every broken rule at once
 * (fiks-io §2.4). Only for who owns one of the two kontoer.
 */
export function validerMelding(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.post<{ Params: { kontoId: string }; Body: ValiderMelding }>(
    '/kontoer/:kontoId/validerMelding',
    {
      schema: documented(
        KONTO_TAG,
        'fiksIoKonto_validerMelding',
        'Kan meldingen sendes til kontoen?',
        { 204: Type.Null(), 400: ErrorMessages },
        { body: ValiderMelding },
      ),
    },
    async (request, reply) => {
      const { ctx, principal } = caller(request);
      const { avsenderKontoId, meldingsType, harPayload = false } = request.body;
      const both = await Promise.all([
        deps.kontoer.facts(ctx, request.params.kontoId),
        deps.kontoer.facts(ctx, avsenderKontoId),
      ]);
      const own = both.some(
        (konto) => konto && !konto.slettet && konto.integrasjonId === principal.integrationId,
      );
      const [mottaker] = both;
      if (!own || !mottaker || mottaker.slettet) throw ExchangeError.kontoNotFound();
      const broken = await deps.kontoer.brokenRules(ctx, {
        avsenderKontoId,
        mottakerKontoId: mottaker.id,
        meldingType: meldingsType,
        harPayload,
      });
      if (broken.length === 0) return reply.status(204).send();
      return reply.status(400).send(broken.map((error) => toErrorMessage(error, request, ctx.now())));
    },
  );
}
