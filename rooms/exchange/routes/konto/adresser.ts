import { caller } from '@grunnmur/access';
import type { FastifyInstance } from 'fastify';
import { type TSchema, Type } from 'typebox';
import {
  activateAdresse,
  createAdresse,
  isComplete,
  kontoAdresser,
  removeAdresse,
  setBeskrivelse,
} from '../../service/kontoer/manage-adresser.ts';
import { configurableKonto } from '../../service/kontoer/require-configurable.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { Adresse, AdresseKonflikter, Beskrivelse, KONTO_TAG } from './models.ts';

type KontoParams = { Params: { kontoId: string } };
export type AdresseParams = { Params: { kontoId: string; adresseId: string } };
type Row = Awaited<ReturnType<typeof createAdresse>>;

export const ADRESSER_PATH = '/kontoer/:kontoId/adresser';
const FNR = /^\d{11}$/;

export function adresseSchema(operationId: string, summary: string, body?: TSchema) {
  const responses = { 200: Adresse, 400: AdresseKonflikter };
  return documented(KONTO_TAG, `fiksIoKonto_${operationId}`, summary, responses, body ? { body } : {});
}

/** An address as its owner sees it (fiks-io §2.4 `Adresse`). */
export function adresseAnswer(row: Row, fiksOrgId: string) {
  return {
    fiksOrgId,
    kontoId: row.konto_id,
    adresseId: row.id,
    opprettet: row.opprettet.toISOString(),
    ...(FNR.test(row.opprettet_av) ? { opprettetAvFnr: row.opprettet_av } : {}),
    sistEndret: row.sist_endret.toISOString(),
    ...(FNR.test(row.sist_endret_av) ? { sistEndretAvFnr: row.sist_endret_av } : {}),
    aktiv: row.aktiv,
    gyldig: isComplete(row),
    identifikatorer: row.identifikatorer,
    meldingsprotokoller: row.meldingsprotokoller,
    sikkerhetsnivaer: row.sikkerhetsnivaer,
    beskrivelse: row.beskrivelse,
  };
}

/** Addresses of a konto, without the calls that change their values. */
export function adresseRoutes(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.get<KontoParams>(
    ADRESSER_PATH,
    {
      schema: documented(KONTO_TAG, 'fiksIoKonto_hentAdresser', 'Kontoens adresser', {
        200: Type.Array(Adresse),
      }),
    },
    async (request) => {
      const { ctx, principal } = caller(request);
      const konto = await deps.kontoer.own(ctx, principal, request.params.kontoId);
      return (await kontoAdresser(ctx, konto.id)).map((row) => adresseAnswer(row, konto.tenant));
    },
  );
  scope.post<KontoParams & { Body: Beskrivelse }>(
    ADRESSER_PATH,
    {
      schema: documented(
        KONTO_TAG,
        'fiksIoKonto_opprettAdresse',
        'Oppretter en adresse',
        { 201: Adresse },
        { body: Beskrivelse },
      ),
    },
    async (request, reply) => {
      const { ctx, principal } = caller(request);
      const konto = await configurableKonto(ctx, deps, principal, request.params.kontoId);
      const row = await createAdresse(ctx, deps, konto.id, request.body.beskrivelse);
      return reply.status(201).send(adresseAnswer(row, konto.tenant));
    },
  );
  scope.delete<AdresseParams>(
    `${ADRESSER_PATH}/:adresseId`,
    { schema: documented(KONTO_TAG, 'fiksIoKonto_slettAdresse', 'Sletter en adresse', { 200: Type.Null() }) },
    async (request, reply) => {
      const { ctx, principal } = caller(request);
      const konto = await configurableKonto(ctx, deps, principal, request.params.kontoId);
      await removeAdresse(ctx, deps, konto.id, request.params.adresseId);
      return reply.status(200).send();
    },
  );
  scope.put<AdresseParams & { Body: Beskrivelse }>(
    `${ADRESSER_PATH}/:adresseId/beskrivelse`,
    { schema: adresseSchema('endreAdressebeskrivelse', 'Endrer beskrivelsen', Beskrivelse) },
    async (request) => {
      const { ctx, principal } = caller(request);
      const konto = await configurableKonto(ctx, deps, principal, request.params.kontoId);
      const { adresseId } = request.params;
      const row = await setBeskrivelse(ctx, deps, konto.id, adresseId, request.body.beskrivelse);
      return adresseAnswer(row, konto.tenant);
    },
  );
  for (const [word, aktiv] of [
    ['aktiver', true],
    ['deaktiver', false],
  ] as const) {
    scope.put<AdresseParams>(
      `${ADRESSER_PATH}/:adresseId/${word}`,
      { schema: adresseSchema(`${word}Adresse`, aktiv ? 'Aktiverer adressen' : 'Deaktiverer adressen') },
      async (request) => {
        const { ctx, principal } = caller(request);
        const konto = await configurableKonto(ctx, deps, principal, request.params.kontoId);
        const row = await activateAdresse(ctx, deps, konto.id, request.params.adresseId, aktiv);
        return adresseAnswer(row, konto.tenant);
      },
    );
  }
}
