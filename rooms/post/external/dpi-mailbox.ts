import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { CmsError, decryptCms } from '@grunnmur/kernel/crypto';
import type { DpiReceiptType } from './dpi-messages.ts';
import { openParcel, type Parcel, ParcelFault } from './dpi-parcel.ts';
import { organisation, sbdHeader } from './dpi-sbd.ts';
import type { DpiSigner } from './dpi-signer.ts';

/**
 * - `delivered` (default): leveringskvittering
 * - `opened`: also aapningskvittering
 * - `notice_failed`: also varslingfeiletkvittering
 * - `returned`: returpostkvittering after the leveringskvittering
 * - `client_fault`, `server_fault`: feil
 * - `silent`: taken, but no receipt ever comes
 * - `rejected`: the access point answers 400
 * - `unavailable`: the access point answers 503, every time
 */
export type DpiOutcome =
  | 'delivered'
  | 'opened'
  | 'notice_failed'
  | 'returned'
  | 'client_fault'
  | 'server_fault'
  | 'silent'
  | 'rejected'
  | 'unavailable';

/** A letter as the simulated mailbox keeps it: who to answer, nothing of its content. */
export interface MailboxMessage {
  readonly id: string;
  readonly conversationId: string;
  /** Organisation that signed and sent, and gets the receipts. */
  readonly signerOrgnr: string;
  /** Mailbox supplier the letter was for. */
  readonly supplierOrgnr: string;
  readonly channel: string;
  readonly senderUnit: string;
  readonly receivedAt: number;
  readonly outcome: DpiOutcome;
}

export interface MailboxReceipt {
  readonly receiptId: string;
  readonly message: MailboxMessage;
  readonly type: DpiReceiptType;
  readonly at: number;
  /** Signed when it is first asked for. */
  jws: string | undefined;
}

const RECEIPTS: Record<DpiOutcome, readonly DpiReceiptType[]> = {
  delivered: ['leveringskvittering'],
  opened: ['leveringskvittering', 'aapningskvittering'],
  notice_failed: ['leveringskvittering', 'varslingfeiletkvittering'],
  returned: ['leveringskvittering', 'returpostkvittering'],
  client_fault: ['feil'],
  server_fault: ['feil'],
  silent: [],
  rejected: [],
  unavailable: [],
};

export function receiptsFor(message: MailboxMessage, at: number): MailboxReceipt[] {
  return RECEIPTS[message.outcome].map((type) => ({
    receiptId: receiptId(message.id, type),
    message,
    type,
    at,
    jws: undefined,
  }));
}

/** The same receipt has the same id after a restart, so that an acknowledgement still counts. */
function receiptId(id: string, type: string): string {
  const hex = createHash('sha256').update(`${id} ${type}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The receipt as a signed business document. */
export async function signReceipt(receipt: MailboxReceipt, signer: DpiSigner): Promise<string> {
  if (receipt.jws !== undefined) return receipt.jws;
  const { message, type } = receipt;
  receipt.jws = await signer.jws({
    standardBusinessDocument: {
      standardBusinessDocumentHeader: sbdHeader({
        senderOrgnr: message.supplierOrgnr,
        receiverOrgnr: message.signerOrgnr,
        instanceIdentifier: receipt.receiptId,
        conversationId: message.conversationId,
        type,
        now: new Date(receipt.at),
      }),
      [type]: {
        avsender: { virksomhetsidentifikator: organisation(message.supplierOrgnr) },
        mottaker: { virksomhetsidentifikator: organisation(message.signerOrgnr) },
        tidspunkt: new Date(receipt.at).toISOString(),
        ...extraFields(receipt),
      },
    },
  });
  return receipt.jws;
}

function extraFields({ type, message }: MailboxReceipt): object {
  if (type === 'varslingfeiletkvittering')
    return { varslingskanal: 'epost', beskrivelse: 'Simulert varslingsfeil' };
  if (type !== 'feil') return {};
  const feiltype = message.outcome === 'server_fault' ? 'SERVER' : 'KLIENT';
  return { feiltype, detaljer: 'Simulert feil eller ugyldig dokumentpakke' };
}

/** Decrypts and checks a parcel against what was announced. Undefined when a mailbox would not accept it. */
export async function openEncryptedParcel(
  encrypted: Uint8Array,
  privateKeyPem: string,
  announced: { readonly mailbox: string; readonly senderOrgnr: string },
): Promise<Parcel | undefined> {
  try {
    const plain: Uint8Array[] = [];
    for await (const chunk of decryptCms(Readable.from([encrypted]), [{ privateKeyPem }])) {
      plain.push(chunk);
    }
    const parcel = openParcel(Buffer.concat(plain));
    const agrees = parcel.mailbox === announced.mailbox && parcel.senderOrgnr === announced.senderOrgnr;
    return agrees ? parcel : undefined;
  } catch (error) {
    if (error instanceof ParcelFault || error instanceof CmsError) return undefined;
    throw error;
  }
}
