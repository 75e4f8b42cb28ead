import { type Static, Type } from 'typebox';
import { ErrorMessage } from '../shared/error-message.ts';
import { KontoValidity, OffentligNokkel, Pem, Uuid } from '../shared/models.ts';

export const KONTO_TAG = 'Fiks IO konto';

/** Kontoer's names; the characters are those the published interface takes (fiks-io §2.4). */
const NAVN_PATTERN =
  "^[\\p{L}\\p{N},.!?:;/\\\\'()&+*=%§-]([\\p{L}\\p{N} ,.!?:;/\\\\'()&+*=%§-]*[\\p{L}\\p{N},.!?:;/\\\\'()&+*=%§-])?$";
export const Navn = () =>
  Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: NAVN_PATTERN,
    'x-regel': 'kan bare ha bokstaver, tall, vanlige skilletegn og mellomrom inni',
  });

/** Names of protocols: `no.ks.fiks.arkiv.v1`. */
const Protokollnavn = () =>
  Type.String({
    pattern: '^[0-9a-zæøåA-ZÆØÅ.]+$',
    maxLength: 200,
    'x-regel': 'kan bare ha bokstaver, tall og punktum',
  });

export const Konto = Type.Object({
  fiksOrgId: Uuid(),
  fiksOrgNavn: Type.String(),
  kontoId: Uuid(),
  kontoNavn: Type.String(),
  opprettet: Type.String({ format: 'date-time' }),
  opprettetAvFnr: Type.Optional(Type.String()),
  sistEndret: Type.String({ format: 'date-time' }),
  sistEndretAv: Type.String(),
  dokumentlagerKontoId: Uuid(),
  aktiv: Type.Boolean(),
  status: KontoValidity,
  offentligNokkel: Type.Optional(OffentligNokkel),
});

export const OpprettKonto = Type.Object({
  konto: Type.Object({ fiksOrgId: Uuid(), navn: Navn() }),
  offentligNokkel: Type.Optional(Pem()),
  skalAktiveres: Type.Optional(Type.Boolean()),
  forelderresurs: Type.Optional(Uuid()),
});
export type OpprettKonto = Static<typeof OpprettKonto>;

export const KontoNavn = Type.Object({ kontoNavn: Navn() });
export type KontoNavn = Static<typeof KontoNavn>;

export const KontosokQuery = Type.Object({
  fiksOrgId: Type.Optional(Uuid()),
  aktiv: Type.Optional(Type.Enum(['true', 'false'])),
});
export type KontosokQuery = Static<typeof KontosokQuery>;

export const AksepterteAvsendere = Type.Object({
  avsendere: Type.Array(
    Type.Object({ kontoId: Uuid(), kontoNavn: Type.String(), fiksOrgNavn: Type.String() }),
  ),
  aktivert: Type.Boolean(),
});

export const KontoIdBody = Type.Object({ kontoId: Uuid() });
export type KontoIdBody = Static<typeof KontoIdBody>;

export const Adresse = Type.Object({
  fiksOrgId: Uuid(),
  kontoId: Uuid(),
  adresseId: Uuid(),
  opprettet: Type.String({ format: 'date-time' }),
  opprettetAvFnr: Type.Optional(Type.String()),
  sistEndret: Type.String({ format: 'date-time' }),
  sistEndretAvFnr: Type.Optional(Type.String()),
  aktiv: Type.Boolean(),
  gyldig: Type.Boolean(),
  identifikatorer: Type.Array(Type.String()),
  meldingsprotokoller: Type.Array(Type.String()),
  sikkerhetsnivaer: Type.Array(Type.Integer()),
  beskrivelse: Type.String(),
});

export const Beskrivelse = Type.Object({ beskrivelse: Type.String({ maxLength: 500 }) });
export type Beskrivelse = Static<typeof Beskrivelse>;

export const Identifikatorer = Type.Array(
  Type.Object({
    identifikatorType: Type.Enum(['ORG_NO', 'NAVENHET_ID']),
    identifikator: Type.String({ pattern: '^[0-9]+$', maxLength: 50 }),
  }),
  { minItems: 1, maxItems: 1000 },
);
export type Identifikatorer = Static<typeof Identifikatorer>;

export const Meldingsprotokoller = Type.Array(Type.Object({ meldingsprotokoll: Protokollnavn() }), {
  minItems: 1,
  maxItems: 200,
});
export type Meldingsprotokoller = Static<typeof Meldingsprotokoller>;

export const Sikkerhetsnivaer = Type.Array(
  Type.Object({ sikkerhetsniva: Type.Integer({ minimum: 1, maximum: 4 }) }),
  { minItems: 1, maxItems: 4 },
);
export type Sikkerhetsnivaer = Static<typeof Sikkerhetsnivaer>;

/** Addresses in the way of another; the answer 400 instead of an {@link ErrorMessage}. */
export const AdresseKonflikter = Type.Union([
  Type.Array(
    Type.Object({
      fiksOrgId: Uuid(),
      fiksOrgVisningsnavn: Type.String(),
      kontoId: Uuid(),
      kontoNavn: Type.String(),
      adresseId: Uuid(),
      identifikatorer: Type.Array(Type.String()),
      meldingsprotokoller: Type.Array(Type.String()),
      sikkerhetsnivaer: Type.Array(Type.Integer()),
    }),
  ),
  ErrorMessage,
]);

export const ValiderMelding = Type.Object({
  avsenderKontoId: Uuid(),
  meldingsType: Type.String({ minLength: 1, maxLength: 500 }),
  harPayload: Type.Optional(Type.Boolean()),
});
export type ValiderMelding = Static<typeof ValiderMelding>;

export const ErrorMessages = Type.Union([Type.Array(ErrorMessage), ErrorMessage]);
