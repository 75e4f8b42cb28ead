import { Type } from 'typebox';
import { STATUSES } from '../../types.ts';

const Moment = Type.String({ format: 'date-time' });
const Status = Type.Enum([...STATUSES]);

const Attempt = Type.Object({
  at: Moment,
  outcome: Type.String(),
  detail: Type.Optional(Type.String()),
  ms: Type.Optional(Type.Integer()),
});

const Entry = Type.Object({
  tidspunkt: Moment,
  kode: Type.String(),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
  tekst: Type.String(),
  status: Type.Optional(Status),
  aktor: Type.Optional(Type.String()),
  attempts: Type.Array(Attempt),
});

/** What a letter was accepted with a warning of; `felt` is a JSON pointer into the message. */
const Advarsel = Type.Object({
  kode: Type.String(),
  felt: Type.Optional(Type.String()),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
  tekst: Type.String(),
});

/** A letter's history, and what is expected next. */
export const TimelineAnswer = Type.Object({
  id: Type.String({ format: 'uuid' }),
  status: Status,
  final: Type.Boolean(),
  entries: Type.Array(Entry),
  advarsler: Type.Array(Advarsel),
  papir: Type.Optional(Type.String({ format: 'uri' })),
  next: Type.Optional(Type.Object({ kode: Type.String(), senest: Type.Optional(Moment) })),
});
