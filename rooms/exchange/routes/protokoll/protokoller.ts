import { caller } from '@grunnmur/access';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ExchangeError } from '../../errors.ts';
import { findProtokoll, PROTOKOLLER } from '../../protocols/catalogue.ts';
import { partsOf, versionsOf } from '../../service/kontoer/protokoll-parter.ts';
import { documented } from '../shared/konto-route-deps.ts';
import { ParterResponse, PROTOKOLL_TAG, ProtokollDefinisjonResponse, ProtokollSummary } from './models.ts';

const PATH = '/:fiksOrgId/protokoller';

/** The protocols are the same for everybody; the organisation in the path must still be the caller's. */
function requireOwn(request: FastifyRequest<{ Params: { fiksOrgId: string } }>): void {
  if (request.params.fiksOrgId.toLowerCase() !== caller(request).principal.tenant)
    throw ExchangeError.organisasjonNotFound();
}

/** `GET /{fiksOrgId}/protokoller`, one protocol's parties, and one version's definition (fiks-io §2.5). */
export function protokollRoutes(scope: FastifyInstance): void {
  scope.get<{ Params: { fiksOrgId: string } }>(
    PATH,
    {
      schema: documented(
        PROTOKOLL_TAG,
        'protokollKonfigurasjon_getProtokollDefinisjoner',
        'Alle protokoller',
        {
          200: Type.Array(ProtokollSummary),
        },
      ),
    },
    async (request) => {
      requireOwn(request);
      return PROTOKOLLER.map(({ navn, versjon, beskrivelse, parter, status }) => ({
        navn,
        protokollversjon: versjon,
        beskrivelse,
        parter: parter.map((part) => part.navn),
        status,
      }));
    },
  );
  scope.get<{ Params: { fiksOrgId: string; navn: string } }>(
    `${PATH}/:navn`,
    {
      schema: documented(
        PROTOKOLL_TAG,
        'protokollKonfigurasjon_getParterForProtokoll',
        'Parter i en protokoll',
        {
          200: ParterResponse,
        },
      ),
    },
    async (request) => {
      requireOwn(request);
      const versions = versionsOf(request.params.navn);
      if (versions.length === 0) throw ExchangeError.protokollNotFound();
      return { parter: versions.flatMap(partsOf) };
    },
  );
  scope.get<{ Params: { fiksOrgId: string; navn: string; versjon: string } }>(
    `${PATH}/:navn/:versjon`,
    {
      schema: documented(PROTOKOLL_TAG, 'protokollKonfigurasjon_getProtokollDefinisjon', 'En protokoll', {
        200: ProtokollDefinisjonResponse,
      }),
    },
    async (request) => {
      requireOwn(request);
      const definisjon = findProtokoll(request.params.navn, request.params.versjon);
      if (!definisjon) throw ExchangeError.protokollNotFound();
      return {
        navn: definisjon.navn,
        protokollversjon: definisjon.versjon,
        beskrivelse: definisjon.beskrivelse,
        meldingstyper: definisjon.meldingstyper.map(({ navn, payload, erFeilmelding }) => ({
          meldingstypeNavn: navn,
          payloadKriterie: payload,
          erFeilmelding,
        })),
        parter: partsOf(definisjon),
        status: definisjon.status,
      };
    },
  );
}
