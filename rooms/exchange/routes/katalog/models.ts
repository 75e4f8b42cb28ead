import { type Static, Type } from 'typebox';
import { KontoStatus, Uuid } from '../shared/models.ts';

export const KATALOG_TAG = 'Fiks IO katalog';

/** `organisasjonsnummer` and `kommunenummer` may be absent; the rest must not (fiks-io §2.3). */
const Common = {
  fiksOrgId: Uuid(),
  fiksOrgNavn: Type.String(),
  organisasjonsnummer: Type.Optional(Type.String()),
  kommunenummer: Type.Optional(Type.String()),
  kontoId: Uuid(),
  kontoNavn: Type.String(),
  status: KontoStatus,
};

export const KatalogKonto = Type.Object(Common);
export const ProtokollKatalogKonto = Type.Object({ ...Common, kontoBeskrivelse: Type.String() });

export const LookupQuery = Type.Object({
  identifikator: Type.String({
    pattern: '^[A-Z_]+\\.[0-9]+$',
    maxLength: 100,
    'x-regel': 'må være type, punktum og nummer, for eksempel ORG_NO.123456789',
  }),
  meldingProtokoll: Type.String({
    pattern: '^[0-9a-zæøåA-ZÆØÅ.]+$',
    maxLength: 200,
    'x-regel': 'kan bare ha bokstaver, tall og punktum',
  }),
  sikkerhetsniva: Type.String({ pattern: '^[1-4]$', 'x-regel': 'må være 1, 2, 3 eller 4' }),
});
export type LookupQuery = Static<typeof LookupQuery>;

export const AdresseMatchSpesifikasjon = Type.Object({
  adresseId: Type.Optional(Uuid()),
  identifikator: Type.Array(
    Type.Object({
      identifikatorType: Type.Optional(Type.Enum(['ORG_NO', 'NAVENHET_ID'])),
      identifikator: Type.String({ pattern: '^[0-9]+$', maxLength: 50 }),
    }),
    { maxItems: 1000 },
  ),
  meldingType: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 200 }),
  sikkerhetsnivaer: Type.Array(Type.Integer({ minimum: 1, maximum: 4 }), { maxItems: 10 }),
});
export type AdresseMatchSpesifikasjon = Static<typeof AdresseMatchSpesifikasjon>;

export const AdresseMatch = Type.Object({
  fiksOrgId: Uuid(),
  kontoId: Uuid(),
  adresseId: Uuid(),
  identifikatorMatch: Type.Array(Type.String()),
  meldingTypeMatch: Type.Array(Type.String()),
  nivaMatch: Type.Array(Type.Integer()),
});

export const CertificateVerdict = Type.Object({
  gyldig: Type.Boolean(),
  melding: Type.String(),
  offentligNokkel: Type.String(),
});
