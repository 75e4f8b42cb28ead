import { Type } from 'typebox';
import { HENDELSE_KODER, MELDING_STATUSES } from '../../types.ts';

const Id = Type.String({ format: 'uuid' });
const Moment = Type.String({ format: 'date-time' });

const melding = {
  id: Id,
  type: Type.String(),
  status: Type.Enum([...MELDING_STATUSES]),
  avsenderKontoId: Id,
  mottakerKontoId: Id,
  svarTil: Type.Optional(Id),
  klientMeldingId: Type.Optional(Type.String()),
  klientKorrelasjonsId: Type.Optional(Type.String()),
  storrelse: Type.Integer(),
  dokumentlagerId: Type.Optional(Id),
  mottatt: Moment,
  utloper: Moment,
  avsluttet: Type.Optional(Moment),
};
const Melding = Type.Object(melding);

export const TimelineAnswer = Type.Object({
  ...melding,
  entries: Type.Array(
    Type.Object({
      tidspunkt: Moment,
      kode: Type.Enum([...HENDELSE_KODER]),
      forbindelse: Type.Optional(Type.String()),
      meldingId: Type.Optional(Id),
      meldingType: Type.Optional(Type.String()),
    }),
  ),
});

export const ConversationAnswer = Type.Object({ meldinger: Type.Array(Melding) });

export const SearchAnswer = Type.Object({
  meldinger: Type.Array(Melding),
  cursor: Type.Optional(Type.String()),
});

/** PostgreSQL holds no NUL; what has one is nobody's id or type. */
const search = (maxLength: number) =>
  Type.Optional(
    Type.String({
      minLength: 1,
      maxLength,
      pattern: '^[^\\u0000]*$',
      'x-regel': 'har tegn som ikke er tillatt',
    }),
  );

export const SearchQuery = Type.Object({
  id: search(200),
  kontoId: Type.Optional(Id),
  type: search(250),
  status: Type.Optional(Type.Enum([...MELDING_STATUSES])),
  klientMeldingId: search(200),
  korrelasjonsId: search(200),
  fra: Type.Optional(Moment),
  til: Type.Optional(Moment),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
  antall: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
});
