import { type TProperties, type TSchema, Type } from 'typebox';

/** Payload definitions of one protocol: type → schema of its main document. */
export type JsonDefinisjoner = Readonly<Record<string, TSchema>>;

export const tekst = Type.String();
export const heltall = Type.Integer();
export const tall = Type.Number();
export const boolsk = Type.Boolean();
export const dato = Type.String({ format: 'date' });
export const tidspunkt = Type.String({ format: 'date-time' });

/** Whatever a sender puts there: the published schemas ask for the field without saying what it is. */
export const hvaSomHelst = Type.Unknown();
export const fritt = Type.Object({});

export function en(...verdier: readonly string[]): TSchema {
  return Type.Enum([...verdier]);
}

export function liste(av: TSchema, minst?: number): TSchema {
  return minst === undefined ? Type.Array(av) : Type.Array(av, { minItems: minst });
}

/** Fields that must be there, and fields that may. Others are allowed, as in every published schema. */
export function objekt(paakrevd: TProperties, valgfritt: TProperties = {}): TSchema {
  return Type.Object({
    ...paakrevd,
    ...Object.fromEntries(Object.entries(valgfritt).map(([navn, schema]) => [navn, Type.Optional(schema)])),
  });
}

/** Fields of a value that is published without a type: an object follows them, and anything else passes too. */
export function uspesifisert(valgfritt: TProperties): TSchema {
  return Type.Unsafe({ properties: valgfritt });
}

/** A code whose list lies elsewhere and may be added to locally. */
export const kode = objekt({}, { kodeverdi: tekst, kodebeskrivelse: tekst });
export const kodeMedVerdi = objekt({ kodeverdi: tekst }, { kodebeskrivelse: tekst });

export const saksnummer = objekt({ saksaar: heltall, sakssekvensnummer: heltall });
export const journalnummer = objekt({ journalaar: heltall, journalsekvensnummer: heltall });
export const eksternNoekkel = objekt({ fagsystem: tekst, noekkel: tekst });
export const matrikkelnummer = objekt(
  { kommunenummer: tekst, gaardsnummer: heltall, bruksnummer: heltall },
  { festenummer: heltall, seksjonsnummer: heltall },
);

export const posisjon = objekt({ type: en('Point'), koordinater: liste(tall, 2), koordinatsystem: kode });
export const flate = objekt({
  type: en('Polygon'),
  koordinater: liste(liste(tall, 2), 4),
  koordinatsystem: kode,
});

/** Error bodies of the JSON protocols (fiks-io §5.2). */
export const feilmelding = objekt({ errorId: tekst, feilmelding: tekst }, { correlationId: tekst });

/** The three error types of a protocol. */
export function feilmeldinger(prefiks: string): JsonDefinisjoner {
  return Object.fromEntries(
    ['ugyldigforespoersel', 'serverfeil', 'ikkefunnet'].map((feil) => [
      `${prefiks}feilmelding.${feil}`,
      feilmelding,
    ]),
  );
}

/** Definitions by their full names. */
export function medPrefiks(prefiks: string, definisjoner: JsonDefinisjoner): JsonDefinisjoner {
  return Object.fromEntries(Object.entries(definisjoner).map(([navn, schema]) => [prefiks + navn, schema]));
}
