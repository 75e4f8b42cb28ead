import { caller } from '@grunnmur/access';
import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { type AdresseKind, addValues, removeValues } from '../../service/kontoer/manage-adresser.ts';
import { configurableKonto } from '../../service/kontoer/require-configurable.ts';
import type { KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { ADRESSER_PATH, type AdresseParams, adresseAnswer, adresseSchema } from './adresser.ts';
import { Identifikatorer, Meldingsprotokoller, Sikkerhetsnivaer } from './models.ts';

interface Kind {
  readonly kind: AdresseKind;
  readonly body: TSchema;
  /** The values in the form that addresses keep them. */
  readonly read: (body: never) => readonly (string | number)[];
}

const KINDS: readonly Kind[] = [
  {
    kind: 'identifikatorer',
    body: Identifikatorer,
    read: (body: Identifikatorer) => body.map((each) => `${each.identifikatorType}.${each.identifikator}`),
  },
  {
    kind: 'meldingsprotokoller',
    body: Meldingsprotokoller,
    read: (body: Meldingsprotokoller) => body.map((each) => each.meldingsprotokoll),
  },
  {
    kind: 'sikkerhetsnivaer',
    body: Sikkerhetsnivaer,
    read: (body: Sikkerhetsnivaer) => body.map((each) => each.sikkerhetsniva),
  },
];

/** `POST …/{identifikatorer|meldingsprotokoller|sikkerhetsnivaer}` and `…/fjern` (fiks-io §2.4). */
export function adresseVerdiRoutes(scope: FastifyInstance, deps: KontoRouteDeps): void {
  for (const { kind, body, read } of KINDS) {
    for (const [suffix, word, apply] of [
      ['', 'leggTil', addValues],
      ['/fjern', 'fjern', removeValues],
    ] as const) {
      scope.post<AdresseParams>(
        `${ADRESSER_PATH}/:adresseId/${kind}${suffix}`,
        {
          schema: adresseSchema(
            `${word}_${kind}`,
            `${word === 'fjern' ? 'Fjerner' : 'Legger til'} ${kind}`,
            body,
          ),
        },
        async (request) => {
          const { ctx, principal } = caller(request);
          const { kontoId, adresseId } = request.params;
          const konto = await configurableKonto(ctx, deps, principal, kontoId);
          const row = await apply(ctx, deps, konto.id, adresseId, kind, read(request.body as never) as never);
          return adresseAnswer(row, konto.tenant);
        },
      );
    }
  }
}
