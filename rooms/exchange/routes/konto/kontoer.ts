import { type Caller, caller } from '@grunnmur/access';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ExchangeError } from '../../errors.ts';
import {
  activateKonto,
  createKonto,
  deactivateKonto,
  getKonto,
  listOwnKontoer,
  removeKonto,
  setKontoInfo,
} from '../../service/kontoer/manage-kontoer.ts';
import { describeOwnKontoer } from '../../service/kontoer/own-konto.ts';
import { configurableKonto, configurableSystem } from '../../service/kontoer/require-configurable.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { KONTO_TAG, Konto, KontoNavn, KontosokQuery, OpprettKonto } from './models.ts';

const KONTO_ID = {
  kontoId: { description: 'Den nye kontoen', schema: { type: 'string', format: 'uuid' } },
} as const;

type Params = { Params: { kontoId: string } };

async function described({ ctx }: Caller, deps: KontoRouteDeps, kontoId: string) {
  const [konto] = await describeOwnKontoer(ctx, deps, [await getKonto(ctx, kontoId)]);
  return konto;
}

/** `POST /kontoer`: a bare Fiks IO-konto in the caller's own system (fiks-io §2.4). */
export function opprettKonto(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.post<{ Body: OpprettKonto }>(
    '/kontoer',
    {
      schema: documented(
        KONTO_TAG,
        'fiksIoKonto_opprettKonto',
        'Oppretter en konto',
        { 201: Konto },
        { body: OpprettKonto, answerHeaders: KONTO_ID },
      ),
    },
    async (request, reply) => {
      const who = caller(request);
      const { konto, offentligNokkel, skalAktiveres, forelderresurs } = request.body;
      const fiksOrgId = konto.fiksOrgId.toLowerCase();
      if (fiksOrgId !== who.principal.tenant) throw ExchangeError.organisasjonNotFound();
      const systemId = await deps.kontoer.systemOf(who.ctx, who.principal.integrationId);
      if (!systemId) throw ExchangeError.systemNotFound();
      if (forelderresurs && ![systemId, fiksOrgId].includes(forelderresurs.toLowerCase()))
        throw ExchangeError.systemNotFound();
      await configurableSystem(who.ctx, deps, who.principal, { fiksOrgId, systemId });
      const id = await createKonto(who.ctx, deps, {
        systemId,
        navn: konto.navn,
        aktiv: skalAktiveres ?? false,
        ...(offentligNokkel === undefined ? {} : { offentligNokkel }),
      });
      return reply
        .status(201)
        .header('kontoId', id)
        .send(await described(who, deps, id));
    },
  );
}

/** `GET` and `DELETE /kontoer/{kontoId}`. */
export function hentOgSlettKonto(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.get<Params>(
    '/kontoer/:kontoId',
    { schema: documented(KONTO_TAG, 'fiksIoKonto_hentKonto', 'En av egne kontoer', { 200: Konto }) },
    async (request) => {
      const who = caller(request);
      const konto = await deps.kontoer.own(who.ctx, who.principal, request.params.kontoId);
      return described(who, deps, konto.id);
    },
  );
  scope.delete<Params>(
    '/kontoer/:kontoId',
    { schema: documented(KONTO_TAG, 'fiksIoKonto_slettKonto', 'Sletter en konto', { 200: Type.Null() }) },
    async (request, reply) => {
      const { ctx, principal } = caller(request);
      const konto = await configurableKonto(ctx, deps, principal, request.params.kontoId);
      await removeKonto(ctx, deps, konto);
      return reply.status(200).send();
    },
  );
}

/** `PUT /kontoer/{kontoId}/kontoNavn`, `/aktiver` and `/deaktiver`. */
export function endreKonto(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.put<Params & { Body: KontoNavn }>(
    '/kontoer/:kontoId/kontoNavn',
    {
      schema: documented(
        KONTO_TAG,
        'fiksIoKonto_endreKontoNavn',
        'Endrer navnet',
        { 204: Type.Null() },
        { body: KontoNavn },
      ),
    },
    async (request, reply) => {
      const { ctx, principal } = caller(request);
      const konto = await configurableKonto(ctx, deps, principal, request.params.kontoId);
      await setKontoInfo(ctx, deps, konto.id, { navn: request.body.kontoNavn });
      return reply.status(204).send();
    },
  );
  scope.put<Params>(
    '/kontoer/:kontoId/aktiver',
    { schema: documented(KONTO_TAG, 'fiksIoKonto_aktiver', 'Aktiverer kontoen', { 200: Konto }) },
    async (request) => {
      const who = caller(request);
      const konto = await configurableKonto(who.ctx, deps, who.principal, request.params.kontoId);
      await activateKonto(who.ctx, deps, konto.id);
      return described(who, deps, konto.id);
    },
  );
  scope.put<Params>(
    '/kontoer/:kontoId/deaktiver',
    { schema: documented(KONTO_TAG, 'fiksIoKonto_deaktiver', 'Deaktiverer kontoen', { 200: Konto }) },
    async (request) => {
      const who = caller(request);
      const konto = await configurableKonto(who.ctx, deps, who.principal, request.params.kontoId);
      await deactivateKonto(who.ctx, deps, konto);
      return described(who, deps, konto.id);
    },
  );
}

/** `GET /kontosok`: the kontoer of the caller's system. */
export function kontosok(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.get<{ Querystring: KontosokQuery }>(
    '/kontosok',
    {
      schema: documented(
        KONTO_TAG,
        'fiksIoKonto_kontosok',
        'Egne kontoer, høyst 1000',
        { 200: Type.Array(Konto) },
        { querystring: KontosokQuery },
      ),
    },
    async (request) => {
      const { ctx, principal } = caller(request);
      const { fiksOrgId, aktiv } = request.query;
      const systemId = await deps.kontoer.systemOf(ctx, principal.integrationId);
      // Other organisations' kontoer are not found here; the catalogue has those that are known by id.
      if (!systemId || (fiksOrgId && fiksOrgId.toLowerCase() !== principal.tenant)) return [];
      const filter = { systemId, ...(aktiv === undefined ? {} : { aktiv: aktiv === 'true' }) };
      return describeOwnKontoer(ctx, deps, await listOwnKontoer(ctx, filter));
    },
  );
}
