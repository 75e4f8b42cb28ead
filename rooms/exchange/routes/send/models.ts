import { Type } from 'typebox';
import { DEFAULT_TTL_MS, MAX_TTL_MS, MIN_TTL_MS } from '../../service/meldinger/limits.ts';
import { Uuid } from '../shared/models.ts';

/** The multipart message of a send call (fiks-io §2.2), as OpenAPI tells it; read-metadata.ts is what checks it. */
export const SendMultipart = Type.Object(
  {
    metadata: Type.Object(
      {
        avsenderKontoId: Uuid(),
        mottakerKontoId: Uuid(),
        meldingType: Type.String({ minLength: 1, maxLength: 250 }),
        svarPaMelding: Type.Optional(Type.Union([Uuid(), Type.Null()])),
        ttl: Type.Optional(
          Type.Integer({
            minimum: MIN_TTL_MS,
            maximum: MAX_TTL_MS,
            default: DEFAULT_TTL_MS,
            description: 'Millisekunder',
          }),
        ),
        headere: Type.Optional(Type.Record(Type.String(), Type.String())),
      },
      { description: 'Alltid den første delen, application/json' },
    ),
    data: Type.Optional(
      Type.String({
        format: 'binary',
        description: 'Innholdet, kryptert; uten den har meldingen ikke noe innhold',
      }),
    ),
  },
  {
    examples: [
      {
        metadata: {
          avsenderKontoId: '11111111-1111-4111-8111-111111111111',
          mottakerKontoId: '22222222-2222-4222-8222-222222222222',
          meldingType: 'no.eksempel.hilsen.v1',
          ttl: 3_600_000,
          headere: { klientMeldingId: '33333333-3333-4333-8333-333333333333' },
        },
      },
    ],
  },
);
