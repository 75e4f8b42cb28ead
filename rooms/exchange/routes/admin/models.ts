import { type Static, Type } from 'typebox';
import { Navn } from '../konto/models.ts';
import { Pem, Uuid } from '../shared/models.ts';

/** Forms of our own administration API. */
export const ADMIN_TAG = 'Grunnmur: Fiks IO administrasjon';

const Moment = () => Type.String({ format: 'date-time' });

export const NewSystem = Type.Object({
  navn: Navn(),
  beskrivelse: Type.Optional(Type.String({ maxLength: 500 })),
  eposter: Type.Optional(Type.Array(Type.String({ maxLength: 254 }), { maxItems: 20 })),
  offentlig: Type.Optional(Type.Boolean()),
  automatiskGodkjenning: Type.Optional(Type.Boolean()),
  konfigureresAvIntegrasjon: Type.Optional(Type.Boolean()),
  leverandorNavn: Type.Optional(Type.String({ maxLength: 200 })),
  leverandorKontaktpunkt: Type.Optional(Type.String({ maxLength: 200 })),
  autorisertOrgnr: Type.Optional(Type.String({ pattern: '^[0-9]{9}$' })),
  klientIder: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 50 }),
  ),
});
export type NewSystem = Static<typeof NewSystem>;

export const CreatedSystem = Type.Object({
  systemId: Uuid(),
  integrasjonId: Uuid(),
  integrasjonPassord: Type.String(),
});

export const SystemAnswer = Type.Object({
  systemId: Uuid(),
  integrasjonId: Uuid(),
  navn: Type.String(),
  beskrivelse: Type.String(),
  offentlig: Type.Boolean(),
  automatiskGodkjenning: Type.Boolean(),
  konfigureresAvIntegrasjon: Type.Boolean(),
  opprettet: Moment(),
});

export const SystemChange = Type.Object({ konfigureresAvIntegrasjon: Type.Boolean() });
export type SystemChange = Static<typeof SystemChange>;

export const NewKonto = Type.Object({
  navn: Navn(),
  beskrivelse: Type.Optional(Type.String({ maxLength: 500 })),
  protokoll: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  parter: Type.Optional(
    Type.Array(
      Type.Object({
        part: Type.String({ minLength: 1, maxLength: 200 }),
        versjon: Type.String({ minLength: 1, maxLength: 50 }),
      }),
      { maxItems: 50 },
    ),
  ),
  offentligNokkel: Type.Optional(Pem()),
  aktiv: Type.Optional(Type.Boolean()),
});
export type NewKonto = Static<typeof NewKonto>;

export const KontoAnswer = Type.Object({
  kontoId: Uuid(),
  systemId: Uuid(),
  navn: Type.String(),
  beskrivelse: Type.String(),
  protokoll: Type.Optional(Type.String()),
  parter: Type.Array(Type.Object({ part: Type.String(), versjon: Type.String() })),
  aktiv: Type.Boolean(),
  sendDeaktivert: Type.Boolean(),
  opprettet: Moment(),
});

export const KontoChange = Type.Object({ sendDeaktivert: Type.Boolean() });
export type KontoChange = Static<typeof KontoChange>;

/** Present and earlier keys; `erstattet` is when another took the key's place. */
export const NokkelHistory = Type.Array(
  Type.Object({
    fingeravtrykk: Type.String(),
    serienummer: Type.String(),
    gyldigFra: Moment(),
    gyldigTil: Moment(),
    bits: Type.Integer(),
    opprettet: Moment(),
    erstattet: Type.Optional(Moment()),
  }),
);
