import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { AsiceError } from './asice-error.ts';
import { canonicalName, isFolderName, isMetadataName, metadataKey } from './entry-name.ts';
import { ASICE_MIMETYPE, asicManifest, type DigestedFile, oasisManifest } from './manifest-xml.ts';
import { isPackedAlready, mimeTypeOf } from './mime-types.ts';
import { type AsiceSigner, type PreparedSigner, prepareSigner, signDetached } from './signer.ts';
import { writeZip, type ZipWriterEntry } from './zip-writer.ts';

export interface AsiceFile {
  /** Shown to the receiver; sub-folders with `/`. Give it a known extension: the Java client cannot handle others. */
  readonly name: string;
  /** From the name when absent. */
  readonly mimeType?: string;
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}

export interface WriteAsiceOptions {
  /** Time of signing. Default: now. */
  readonly signingTime?: Date;
}

/**
 * Writes `files` as a signed ASiC-E container (ETSI TS 102 918, CAdES), laid out as the Java client does (fiks-io §4.1):
 * `mimetype` first and stored, the files, ASiCManifest.xml with their SHA-256, the signature, and OASIS manifest.xml
 * last. Streams: memory does not depend on sizes, and files are read one after another, each when its turn comes. A bad signer
 * is an {@link AsiceError} at once; other failures, also of a file's own stream, destroy the stream.
 */
export function writeAsice(
  files: Iterable<AsiceFile> | AsyncIterable<AsiceFile>,
  signer: AsiceSigner,
  options: WriteAsiceOptions = {},
): Readable {
  return writeAsiceWith(files, prepareSigner(signer), options);
}

/** {@link writeAsice} with a signer that is prepared once and used often. */
export function writeAsiceWith(
  files: Iterable<AsiceFile> | AsyncIterable<AsiceFile>,
  signer: PreparedSigner,
  options: WriteAsiceOptions = {},
): Readable {
  const entries = containerEntries(files, signer, options.signingTime ?? new Date());
  const container = Readable.from(writeZip(entries, `mimetype=${ASICE_MIMETYPE}`), {
    objectMode: false,
    highWaterMark: 65_536,
  });
  if (Array.isArray(files)) for (const { content } of files as AsiceFile[]) watch(content, container);
  return container;
}

/** Streams that wait for their turn: a failure until then is told when it comes, and none is left open. */
function watch(content: AsiceFile['content'], container: Readable): void {
  if (!(content instanceof Readable)) return;
  content.on('error', () => {});
  container.once('close', () => content.destroy());
}

async function* containerEntries(
  files: Iterable<AsiceFile> | AsyncIterable<AsiceFile>,
  signer: PreparedSigner,
  signingTime: Date,
): AsyncGenerator<ZipWriterEntry> {
  yield { name: 'mimetype', content: Buffer.from(ASICE_MIMETYPE) };
  const written: DigestedFile[] = [];
  const taken = new Set<string>();
  for await (const file of files) {
    const name = payloadName(file.name, taken);
    const mimeType = checkedType(file, name);
    const hash = createHash('sha256');
    yield {
      name,
      content: hashed(file.content, hash),
      deflateLevel: isPackedAlready(mimeType) ? 0 : 1,
    };
    written.push({ name, mimeType, sha256: hash.digest() });
  }
  if (written.length === 0) throw new AsiceError('no_files', 'A container needs at least one file');
  const signatureName = `META-INF/signature-${randomUUID()}.p7s`;
  const manifest = asicManifest(signatureName, written);
  yield { name: 'META-INF/ASiCManifest.xml', content: manifest };
  yield { name: signatureName, content: await signDetached(manifest, signer, signingTime) };
  yield { name: 'META-INF/manifest.xml', content: oasisManifest(written) };
}

function payloadName(given: string, taken: Set<string>): string {
  const name = canonicalName(given);
  if (isMetadataName(name) || isFolderName(name) || name === 'mimetype') {
    throw new AsiceError('bad_name', 'A file may not have the name of the container’s own parts', {
      entry: given,
    });
  }
  // Receivers may save to a disk that does not tell case.
  if (taken.has(metadataKey(name))) {
    throw new AsiceError('duplicate_name', 'Two files of the container have the same name', { entry: given });
  }
  taken.add(metadataKey(name));
  return name;
}

function checkedType(file: AsiceFile, name: string): string {
  const type = file.mimeType ?? mimeTypeOf(name);
  if (!/^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(type))
    throw new AsiceError('bad_name', 'A file has a MIME type that is not allowed', { entry: file.name });
  return type;
}

async function* hashed(
  content: AsiceFile['content'],
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) {
    hash.update(content);
    yield content;
    return;
  }
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
}
