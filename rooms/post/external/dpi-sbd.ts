import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  DPI_LIMITS,
  DPI_RECEIPT_TYPES,
  type DpiLetter,
  type DpiReceiptType,
  ReceiptBody,
  SbdHeader,
} from './dpi-messages.ts';

/** What a mailbox tells about a letter. */
export type DpiReceipt = {
  /** For `acknowledge`. */
  readonly receiptId: string;
  /** The id the letter was sent with. */
  readonly messageId: string;
  /** Who says so; compare it with the supplier the letter was sent to. */
  readonly supplierOrgnr: string;
  readonly type: DpiReceiptType;
  readonly at: Date;
  /** `feil` only. KLIENT: send it another way; SERVER: the mailbox had a fault. */
  readonly fault: 'KLIENT' | 'SERVER' | undefined;
  /** `varslingfeiletkvittering` only: `epost` or `sms`. */
  readonly noticeChannel: string | undefined;
  /** The mailbox's own words, cut at 500. May hold personal data: for the letter's page, never for a log. */
  readonly details: string | undefined;
};

export interface SbdFacts {
  /** The organisation whose certificate signs: the sender, or who sends for it. */
  readonly signerOrgnr: string;
  /** SHA-256 of the encrypted parcel, base64. */
  readonly parcelSha256: string;
  readonly maskinportenToken: string;
  readonly now: Date;
  /** When we give up waiting for a receipt. */
  readonly expectedResponse: Date;
}

const AUTHORITY = 'iso6523-actorid-upis';
const PROCESS = 'urn:fdc:digdir.no:2020:profile:egovernment:innbyggerpost:digital:ver1.0';

/** The business document `digital` with its header (Digital post til innbyggere: Standard Business Document). */
export function digitalSbd(letter: DpiLetter, facts: SbdFacts): object {
  const { id } = letter;
  return {
    standardBusinessDocument: {
      standardBusinessDocumentHeader: sbdHeader({
        senderOrgnr: facts.signerOrgnr,
        receiverOrgnr: letter.mailbox.supplierOrgnr,
        instanceIdentifier: id,
        conversationId: id,
        type: 'digital',
        now: facts.now,
        expectedResponse: facts.expectedResponse,
      }),
      digital: {
        avsender: {
          virksomhetsidentifikator: organisation(letter.senderOrgnr),
          avsenderidentifikator: letter.senderUnit,
          fakturaReferanse: letter.invoiceReference,
        },
        mottaker: { postkasseadresse: letter.mailbox.address },
        dokumentpakkefingeravtrykk: {
          digestMethod: 'http://www.w3.org/2001/04/xmlenc#sha256',
          digestValue: facts.parcelSha256,
        },
        maskinportentoken: facts.maskinportenToken,
        sikkerhetsnivaa: letter.securityLevel,
        virkningstidspunkt: letter.availableAt?.toISOString(),
        aapningskvittering: letter.openingReceipt,
        ikkesensitivtittel: letter.subject.slice(0, DPI_LIMITS.subject).toWellFormed(),
        spraak: letter.language,
        varsler: notices(letter),
      },
    },
  };
}

function notices({ email, sms }: DpiLetter): object {
  return {
    epostvarsel: email && {
      epostadresse: email.address,
      varslingstekst: email.text.slice(0, DPI_LIMITS.emailText).toWellFormed(),
      repetisjoner: email.days,
    },
    smsvarsel: sms && {
      mobiltelefonnummer: sms.address,
      varslingstekst: sms.text.slice(0, DPI_LIMITS.smsText).toWellFormed(),
      repetisjoner: sms.days,
    },
  };
}

export interface HeaderFacts {
  readonly senderOrgnr: string;
  readonly receiverOrgnr: string;
  readonly instanceIdentifier: string;
  readonly conversationId: string;
  readonly type: string;
  readonly now: Date;
  readonly expectedResponse?: Date;
}

/** The header of a letter or of a receipt (sbdh.schema.json). */
export function sbdHeader(facts: HeaderFacts): object {
  return {
    headerVersion: '1.0',
    sender: [{ identifier: organisation(facts.senderOrgnr) }],
    receiver: [{ identifier: organisation(facts.receiverOrgnr) }],
    documentIdentification: {
      standard: `urn:fdc:digdir.no:2020:innbyggerpost:xsd::innbyggerpost##urn:fdc:digdir.no:2020:innbyggerpost:schema:${facts.type}::1.0`,
      typeVersion: '1.0',
      instanceIdentifier: facts.instanceIdentifier,
      type: facts.type,
      creationDateAndTime: facts.now.toISOString(),
    },
    businessScope: {
      scope: [
        {
          type: 'ConversationId',
          instanceIdentifier: facts.conversationId,
          identifier: PROCESS,
          scopeInformation: facts.expectedResponse && [
            { expectedResponseDateTime: facts.expectedResponse.toISOString() },
          ],
        },
      ],
    },
  };
}

/** `authority` and ISO 6523 value of a Norwegian organisation. */
export function organisation(orgnr: string): { authority: string; value: string } {
  return { authority: AUTHORITY, value: `0192:${orgnr}` };
}

const Sbd = Type.Object({ standardBusinessDocumentHeader: SbdHeader });
const SbdCheck = Compile(Type.Object({ standardBusinessDocument: Sbd }));
const BodyCheck = Compile(ReceiptBody);

/** The header, when the value is a standard business document at all. */
export function headerOf(payload: unknown): SbdHeader | undefined {
  if (!SbdCheck.Check(payload)) return undefined;
  return (payload as { standardBusinessDocument: Static<typeof Sbd> }).standardBusinessDocument
    .standardBusinessDocumentHeader;
}

/** ConversationId of the header's scope. */
export function conversationOf(header: SbdHeader): string | undefined {
  return header.businessScope.scope.find(({ type }) => type === 'ConversationId')?.instanceIdentifier;
}

/** Organisation number of an ISO 6523 identifier (`0192:…`; `9908:…` in older messages). */
export function orgnrOf(actor: { readonly identifier: { readonly value: string } } | undefined): string {
  return actor?.identifier.value.replace(/^(?:0192|9908):/, '') ?? '';
}

/** Reads a verified receipt; undefined when it is not one we know. */
export function receiptOf(payload: unknown): DpiReceipt | undefined {
  const header = headerOf(payload);
  const type = DPI_RECEIPT_TYPES.find((known) => known === header?.documentIdentification.type);
  const messageId = header && conversationOf(header);
  if (!header || !type || messageId === undefined) return undefined;
  const body = (payload as { standardBusinessDocument: Record<string, unknown> }).standardBusinessDocument[
    type
  ];
  if (!BodyCheck.Check(body)) return undefined;
  const { tidspunkt, feiltype, varslingskanal, detaljer, beskrivelse } = body as ReceiptBody;
  const at = new Date(tidspunkt);
  if (Number.isNaN(at.getTime())) return undefined;
  return {
    receiptId: header.documentIdentification.instanceIdentifier,
    messageId: messageId.toLowerCase(),
    supplierOrgnr: orgnrOf(header.sender[0]),
    type,
    at,
    fault: feiltype as 'KLIENT' | 'SERVER' | undefined,
    noticeChannel: varslingskanal,
    details: (detaljer ?? beskrivelse)?.slice(0, 500),
  };
}
