import { Type } from 'typebox';

const Uuid = () => Type.String({ format: 'uuid' });

const TTL = 'Sekunder; negativ for alltid. Nøyaktig én av ttl og tilgjengeligTil';
const tilgjengelighet = {
  ttl: Type.Optional(Type.Integer({ description: TTL })),
  tilgjengeligTil: Type.Optional(Type.String({ format: 'date-time' })),
};

/** The multipart message of an upload (fiks-io §2.6), as OpenAPI tells it; read-metadata.ts is what checks it. */
export const LastOppMultipart = Type.Object(
  {
    metadata: Type.Object(
      {
        dokumentnavn: Type.String({ minLength: 1, maxLength: 255 }),
        mimetype: Type.String({ minLength: 3, maxLength: 255 }),
        sikkerhetsniva: Type.Unsafe<3 | 4>({ type: 'integer', enum: [3, 4] }),
        ...tilgjengelighet,
        eksponertFor: Type.Optional(
          Type.Array(
            Type.Object(
              {
                type: Type.String({ description: 'INTEGRASJON, PERSON, ORGANISASJON …' }),
              },
              { additionalProperties: true },
            ),
          ),
        ),
        korrelasjonsid: Type.Optional(Uuid()),
        ikkeLagreDokumentLastetNed: Type.Optional(Type.Boolean({ default: false })),
      },
      { description: 'Alltid før dokumentet, application/json' },
    ),
    dokument: Type.String({ format: 'binary' }),
  },
  {
    examples: [
      {
        metadata: {
          dokumentnavn: 'vedlegg.pdf',
          mimetype: 'application/pdf',
          sikkerhetsniva: 3,
          ttl: 86_400,
          korrelasjonsid: '44444444-4444-4444-8444-444444444444',
        },
        dokument: '%PDF-1.7 …',
      },
    ],
  },
);

export const KryptertQuery = Type.Object({
  kryptert: Type.Optional(
    Type.Boolean({ default: false, description: 'Dokumentet er kryptert for plattformens sertifikat' }),
  ),
});

export const EndreBody = Type.Object(tilgjengelighet, { examples: [{ ttl: 604_800 }] });

export const SokBody = Type.Object(
  { korrelasjonsid: Uuid() },
  { examples: [{ korrelasjonsid: '44444444-4444-4444-8444-444444444444' }] },
);

export const SokQuery = Type.Object({
  fra: Type.Optional(Type.Integer({ minimum: 0, description: 'Første treff, fra 0' })),
  til: Type.Optional(Type.Integer({ minimum: 1, description: 'Ett etter det siste treffet' })),
});
