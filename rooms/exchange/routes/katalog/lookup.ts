import { caller } from '@grunnmur/access';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { lookupKonto, matchendeAdresser } from '../../service/kontoer/katalog.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { AdresseMatch, AdresseMatchSpesifikasjon, KATALOG_TAG, KatalogKonto, LookupQuery } from './models.ts';

/** `GET /lookup`: the hosted back end has dropped it, but older clients call it (fiks-io §2.3). */
export function lookup(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.get<{ Querystring: LookupQuery }>(
    '/lookup',
    {
      schema: documented(
        KATALOG_TAG,
        'fiksIoKatalog_lookup',
        'Finner en aktiv konto etter identifikator',
        { 200: KatalogKonto },
        { querystring: LookupQuery },
      ),
    },
    (request) => {
      const { identifikator, meldingProtokoll, sikkerhetsniva } = request.query;
      return lookupKonto(caller(request).ctx, deps, {
        identifikator,
        meldingsprotokoll: meldingProtokoll,
        sikkerhetsniva: Number(sikkerhetsniva),
      });
    },
  );
}

/** `POST /matchendeAdresser`: tells before an address is activated which others it overlaps with. */
export function matchAdresser(scope: FastifyInstance): void {
  scope.post<{ Body: AdresseMatchSpesifikasjon }>(
    '/matchendeAdresser',
    {
      schema: documented(
        KATALOG_TAG,
        'fiksIoKatalog_matchendeAdresser',
        'Aktive adresser som overlapper med verdiene',
        { 200: Type.Array(AdresseMatch) },
        { body: AdresseMatchSpesifikasjon },
      ),
    },
    async (request) => {
      const { adresseId, identifikator, meldingType, sikkerhetsnivaer } = request.body;
      const found = await matchendeAdresser(caller(request).ctx, {
        ...(adresseId === undefined ? {} : { adresseId }),
        // Without a type it is an organisation number, as in the published form.
        identifikatorer: identifikator.map(
          (each) => `${each.identifikatorType ?? 'ORG_NO'}.${each.identifikator}`,
        ),
        meldingsprotokoller: meldingType,
        sikkerhetsnivaer,
      });
      return found.map((row) => ({
        fiksOrgId: row.tenant_id,
        kontoId: row.konto_id,
        adresseId: row.id,
        identifikatorMatch: row.identifikatorer,
        meldingTypeMatch: row.meldingsprotokoller,
        nivaMatch: row.sikkerhetsnivaer,
      }));
    },
  );
}
