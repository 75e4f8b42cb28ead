import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { manifestXml, nameDocuments, type ParcelDocument } from './dpi-manifest.ts';
import type { DpiDocument, DpiLetter } from './dpi-messages.ts';
import { signaturesXml } from './dpi-signature.ts';
import type { DpiSigner } from './dpi-signer.ts';

/** A stored document is not what was recorded about it. The letter must not be sent like this. */
export class DocumentChanged extends Error {
  constructor() {
    super('A document does not have the size or the SHA-256 that was recorded when it was accepted');
    this.name = 'DocumentChanged';
  }
}

/** Documents are put in whole, and need not be compressed, until this much is in memory. */
const WHOLE_BYTES = 2 * 1024 * 1024;

/**
 * The unencrypted parcel: an ASiC-E container (ETSI TS 102 918) with manifest, documents and signature, made while it
 * is read. The stream fails with `DocumentChanged`, or with what reading a document failed with.
 */
export async function parcelStream(letter: DpiLetter, signer: DpiSigner, now: Date): Promise<Readable> {
  const documents = nameDocuments(letter.documents);
  const manifest = Buffer.from(manifestXml(letter, documents));
  const signatures = await signaturesXml(signedFiles(manifest, documents), signer, now);
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const options = { mtime: now, forceDosTimestamp: true } as const;
  zip.on('error', (error: Error) => output.destroy(error));
  // First, uncompressed and without extra fields: readers look for it at a fixed place (TS 102 918, A.1).
  zip.addBuffer(Buffer.from('application/vnd.etsi.asic-e+zip'), 'mimetype', { ...options, compress: false });
  zip.addBuffer(manifest, 'manifest.xml', { ...options, compress: false });
  zip.addBuffer(Buffer.from(signatures), 'META-INF/signatures.xml', { ...options, compress: false });
  addDocuments(zip, documents, options, output).then(
    () => zip.end(),
    (error: Error) => output.destroy(error),
  );
  return output;
}

function signedFiles(manifest: Buffer, documents: readonly ParcelDocument[]) {
  return [
    {
      name: 'manifest.xml',
      mimeType: 'application/xml',
      sha256: createHash('sha256').update(manifest).digest('base64'),
    },
    ...documents.map(({ href, document }) => ({
      name: href,
      mimeType: document.mimeType,
      sha256: Buffer.from(document.sha256, 'hex').toString('base64'),
    })),
  ];
}

async function addDocuments(
  zip: ZipFile,
  documents: readonly ParcelDocument[],
  options: { readonly mtime: Date; readonly forceDosTimestamp: true },
  output: Readable,
): Promise<void> {
  let inMemory = 0;
  for (const { href, document } of documents) {
    if (inMemory + document.size <= WHOLE_BYTES) {
      inMemory += document.size;
      zip.addBuffer(await wholeOf(document), href, { ...options, compress: false });
    } else {
      // Compressed, because a size that follows the data is only read safely from a deflated entry.
      zip.addReadStreamLazy(href, { ...options, size: document.size, compressionLevel: 1 }, (give) => {
        const content = Readable.from(verified(document), { objectMode: false });
        content.once('error', (error) => output.destroy(error));
        output.once('close', () => content.destroy());
        give(null, content);
      });
    }
  }
}

async function wholeOf(document: DpiDocument): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of verified(document)) chunks.push(chunk);
  return Buffer.concat(chunks, document.size);
}

/** The document's bytes, failing at the end when they are not those that were signed. */
async function* verified(document: DpiDocument): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of await document.open()) {
    size += chunk.length;
    if (size > document.size) throw new DocumentChanged();
    hash.update(chunk);
    yield chunk;
  }
  if (size !== document.size || hash.digest('hex') !== document.sha256) throw new DocumentChanged();
}
