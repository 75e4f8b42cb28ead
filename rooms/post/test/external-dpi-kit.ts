import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSelfSigned } from '@grunnmur/kernel/crypto';
import { newId } from '@grunnmur/kernel/ids';
import {
  createDpiClient,
  type DpiClientOptions,
  type DpiDocument,
  type DpiLetter,
} from '../external/index.ts';
import {
  type DpiSimulatorOptions,
  type DpiSupplier,
  dpiSimulator,
  type Parcel,
} from '../external/simulators.ts';
import { authorise, cleanup, serve, token } from './external-kit.ts';

export const SENDER = '910568183';
export const DIGIPOST = '984661185';
export const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n');

export let sender: { privateKeyPem: string; certificatePem: string };
export let stranger: { privateKeyPem: string; certificatePem: string };
export let supplier: DpiSupplier;

/** Makes the keys that the letters and simulators below use; call it in `beforeAll`. */
export async function makeKeys(): Promise<void> {
  const notAfter = new Date(Date.now() + 86_400_000);
  sender = await createSelfSigned({
    commonName: 'Fjordvik, "kommune" <&>',
    organisationNumber: SENDER,
    notAfter,
  });
  stranger = await createSelfSigned({ commonName: 'Stranger', organisationNumber: '999999999', notAfter });
  const keys = await createSelfSigned({ commonName: 'Postkasse', organisationNumber: DIGIPOST, notAfter });
  supplier = { orgnr: DIGIPOST, ...keys };
}

export function document(content: Uint8Array, change: Partial<DpiDocument> = {}): DpiDocument {
  return {
    filename: 'vedtak.pdf',
    mimeType: 'application/pdf',
    size: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    open: async function* pieces() {
      for (let at = 0; at < content.length; at += 60_000) yield content.subarray(at, at + 60_000);
    },
    ...change,
  };
}

export function letter(change: Partial<DpiLetter> = {}): DpiLetter {
  return {
    id: newId(),
    mailbox: {
      address: 'kari.nordmann#1ABC',
      supplierOrgnr: DIGIPOST,
      certificatePem: supplier.certificatePem,
    },
    senderOrgnr: SENDER,
    subject: 'Vedtak om barnehageplass',
    securityLevel: 4,
    language: 'nb',
    openingReceipt: false,
    documents: [document(PDF)],
    ...change,
  };
}

export async function start(
  options: Partial<DpiSimulatorOptions> = {},
  clientOptions: Partial<DpiClientOptions> = {},
) {
  const parcels = new Map<string, Parcel>();
  const simulator = dpiSimulator({
    authorise,
    suppliers: [supplier],
    trustedSendersPem: [sender.certificatePem],
    onParcel: (id, parcel) => parcels.set(id, parcel),
    ...options,
  });
  const baseUrl = await serve(simulator.plugin, '/sim/dpi');
  const { client, spoolDirectory } = await connect(baseUrl, clientOptions);
  return { simulator, client, parcels, spoolDirectory };
}

export async function connect(baseUrl: string, options: Partial<DpiClientOptions> = {}) {
  const spoolDirectory = await mkdtemp(join(tmpdir(), 'dpi-spool-'));
  cleanup(() => rm(spoolDirectory, { recursive: true }));
  const client = createDpiClient({
    baseUrl,
    token,
    credentials: { privateKeyPem: sender.privateKeyPem, certificateChainPem: [sender.certificatePem] },
    signerOrgnr: SENDER,
    trustedCertificatesPem: [supplier.certificatePem],
    spoolDirectory,
    now: () => new Date(),
    ...options,
  });
  cleanup(() => client.close());
  return { client, spoolDirectory };
}

/** A document that goes through the streaming path of the container. */
export function large(): Pick<DpiDocument, 'size' | 'open'> {
  const content = Buffer.alloc(3_000_000, 'x');
  return { size: content.length, open: () => [content] as unknown as AsyncIterable<Uint8Array> };
}
