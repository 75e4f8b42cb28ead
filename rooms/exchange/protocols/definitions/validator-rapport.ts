import { type Static, Type } from 'typebox';

export const Funn = Type.Object({
  alvor: Type.Enum(['feil', 'advarsel']),
  /** Where: a part of the call, a file, or a place in a file. */
  sti: Type.String(),
  regel: Type.String(),
  tekst: Type.String(),
});
export type Funn = Static<typeof Funn>;

/** What a check of a message found. */
export const Rapport = Type.Object({
  gyldig: Type.Boolean({ description: 'Ingen funn med alvor feil' }),
  meldingstype: Type.String(),
  protokoll: Type.Optional(Type.Object({ navn: Type.String(), versjon: Type.String() })),
  funn: Type.Array(Funn),
  filer: Type.Array(Type.Object({ navn: Type.String(), storrelse: Type.Integer() })),
  signert: Type.Optional(
    Type.Array(
      Type.Object({
        subjectDN: Type.String(),
        issuerDN: Type.String(),
        serial: Type.String(),
        validTo: Type.String(),
      }),
    ),
  ),
});
export type Rapport = Static<typeof Rapport>;

/** The document of `no.grunnmur.validator.rapport.v1`. */
export const VALIDATOR_RAPPORT_PAYLOAD = Type.Object({
  ...Rapport.properties,
  meldingId: Type.String({ format: 'uuid' }),
  kontrollert: Type.String({ format: 'date-time' }),
});
export type ValidatorRapport = Static<typeof VALIDATOR_RAPPORT_PAYLOAD>;
