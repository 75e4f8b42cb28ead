import { type Static, Type } from 'typebox';

/** Receipts a mailbox sends (Digital post til innbyggere: forretningsmeldinger, kvitteringer). */
export const DPI_RECEIPT_TYPES = [
  'mottakskvittering',
  'leveringskvittering',
  'aapningskvittering',
  'varslingfeiletkvittering',
  'returpostkvittering',
  'feil',
] as const;
export type DpiReceiptType = (typeof DPI_RECEIPT_TYPES)[number];

/** Limits of a parcel (Digital post til innbyggere: dokumentpakke, begrensninger; manifest schema). */
export const DPI_LIMITS = {
  parcelBytes: 50 * 1024 * 1024,
  attachments: 200,
  href: 100,
  /** The schema allows 255; a sender has reported letters that stay undelivered above 96. */
  documentTitle: 96,
  subject: 255,
  emailText: 500,
  smsText: 160,
} as const;

/** MIME types a mailbox takes (Digital post til innbyggere: dokumentpakke, MIME type). */
export const DPI_MIME_TYPES: ReadonlySet<string> = new Set([
  'application/pdf',
  'text/html',
  'application/ehf+xml',
  'text/plain',
  'application/vnd.oasis.opendocument.formula',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation',
  'application/vnd.oasis.opendocument.graphics',
  'image/gif',
  'image/jpeg',
  'image/png',
  'application/msword',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/octet-stream',
]);

const Uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' });
const Text = (maxLength: number) => Type.String({ maxLength });
const Actor = Type.Object({
  identifier: Type.Object({ authority: Text(100), value: Type.String({ pattern: '^[0-9]{4}:\\w{1,35}$' }) }),
});

/** Standard business document header (sbdh.schema.json), as far as we read it. */
export const SbdHeader = Type.Object({
  headerVersion: Text(10),
  sender: Type.Array(Actor, { minItems: 1, maxItems: 1 }),
  receiver: Type.Array(Actor, { minItems: 1, maxItems: 1 }),
  documentIdentification: Type.Object({
    standard: Text(300),
    typeVersion: Text(10),
    instanceIdentifier: Uuid,
    type: Text(50),
    creationDateAndTime: Text(40),
  }),
  businessScope: Type.Object({
    scope: Type.Array(
      Type.Object({
        type: Text(100),
        instanceIdentifier: Type.Optional(Uuid),
        identifier: Type.Optional(Text(300)),
      }),
      { minItems: 1, maxItems: 20 },
    ),
  }),
});
export type SbdHeader = Static<typeof SbdHeader>;

const Organisation = Type.Object({
  authority: Type.Literal('iso6523-actorid-upis'),
  value: Type.String({ pattern: '^[0-9]{4}:\\w{1,35}$' }),
});

/** What every receipt carries. Unknown fields are allowed: published examples have some the schema does not. */
export const ReceiptBody = Type.Object({
  tidspunkt: Text(40),
  feiltype: Type.Optional(Type.Enum(['KLIENT', 'SERVER'])),
  detaljer: Type.Optional(Type.String()),
  beskrivelse: Type.Optional(Type.String()),
  varslingskanal: Type.Optional(Type.String({ maxLength: 20 })),
});
export type ReceiptBody = Static<typeof ReceiptBody>;

const Notice = { varslingstekst: Type.String({ minLength: 1, maxLength: 500 }) };
const Repeats = Type.Array(Type.Integer({ minimum: 0, maximum: 25 }), { minItems: 1, maxItems: 10 });

/** The business document `digital` (innbyggerpost_dpi_digital_1_0.schema.json). */
export const DigitalDocument = Type.Object(
  {
    avsender: Type.Object(
      {
        virksomhetsidentifikator: Organisation,
        avsenderidentifikator: Type.Optional(Text(100)),
        fakturaReferanse: Type.Optional(Text(40)),
      },
      { additionalProperties: false },
    ),
    mottaker: Type.Object({ postkasseadresse: Text(200) }, { additionalProperties: false }),
    dokumentpakkefingeravtrykk: Type.Object(
      { digestMethod: Text(100), digestValue: Text(100) },
      { additionalProperties: false },
    ),
    maskinportentoken: Text(20_000),
    sikkerhetsnivaa: Type.Enum([3, 4]),
    virkningsdato: Type.Optional(Text(10)),
    virkningstidspunkt: Type.Optional(Text(40)),
    aapningskvittering: Type.Optional(Type.Boolean()),
    ikkesensitivtittel: Type.String({ minLength: 1, maxLength: DPI_LIMITS.subject }),
    spraak: Type.String({ minLength: 2, maxLength: 2 }),
    varsler: Type.Optional(
      Type.Object({
        epostvarsel: Type.Optional(
          Type.Object(
            { ...Notice, epostadresse: Text(254), repetisjoner: Repeats },
            { additionalProperties: false },
          ),
        ),
        smsvarsel: Type.Optional(
          Type.Object(
            {
              mobiltelefonnummer: Type.String({ minLength: 8, maxLength: 20, pattern: '^\\+?[- _0-9]+$' }),
              varslingstekst: Type.String({ minLength: 1, maxLength: DPI_LIMITS.smsText }),
              repetisjoner: Repeats,
            },
            { additionalProperties: false },
          ),
        ),
      }),
    ),
  },
  { additionalProperties: false },
);
export type DigitalDocument = Static<typeof DigitalDocument>;

/** `GET /messages/out/{id}/statuses`. */
export const StatusesAnswer = Type.Array(
  Type.Object({ status: Type.Enum(['OPPRETTET', 'SENDT', 'FEILET']), timestamp: Type.Optional(Text(40)) }),
  { maxItems: 1000 },
);

/** `GET /messages/in`. */
export const MessagesAnswer = Type.Array(
  Type.Object({ forretningsmelding: Type.String({ maxLength: 256 * 1024 }) }),
  { maxItems: 1000 },
);

/** One document of a letter. Its hash is known beforehand, so the signature can be made before it is read. */
export interface DpiDocument {
  readonly filename: string;
  readonly mimeType: string;
  /** Shown to the reader after login; the file name when absent. */
  readonly title?: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 in lower-case hex. */
  readonly sha256: string;
  /** Opens the content; called once per attempt, and what it gives is closed when the attempt ends. */
  readonly open: () => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;
}

/** E-mail or SMS from the mailbox while the letter is unopened; `days` after it became available. */
export interface DpiNotice {
  /** E-mail address or telephone number. */
  readonly address: string;
  readonly text: string;
  readonly days: readonly number[];
}

export interface DpiLetter {
  /** The forsendelse id (UUID): instance identifier and conversation id, so that receipts carry it. */
  readonly id: string;
  /** From the contact register: `postkasseadresse`, `postkasseleverandoeradresse` and `sertifikat`. */
  readonly mailbox: {
    readonly address: string;
    readonly supplierOrgnr: string;
    readonly certificatePem: string;
  };
  /** The organisation responsible for the letter. */
  readonly senderOrgnr: string;
  /** A unit registered with the mailboxes under its own name and logo. */
  readonly senderUnit?: string;
  readonly invoiceReference?: string;
  /** Shown without login and used in notices: nothing sensitive. Cut at 255. */
  readonly subject: string;
  readonly securityLevel: 3 | 4;
  /** ISO 639-1. */
  readonly language: 'nb' | 'nn' | 'en' | 'no';
  /** Not visible to the reader before. */
  readonly availableAt?: Date;
  /** Ask the reader to confirm opening. */
  readonly openingReceipt: boolean;
  readonly email?: DpiNotice;
  readonly sms?: DpiNotice;
  /** First the main document, then the attachments. */
  readonly documents: readonly [DpiDocument, ...DpiDocument[]];
}
