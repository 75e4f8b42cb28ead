import { createHash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import { AsiceError } from './asice-error.ts';
import { isMetadataName, metadataKey } from './entry-name.ts';
import { ASICE_MIMETYPE } from './manifest-xml.ts';
import { mimeTypeOf } from './mime-types.ts';
import { type ManifestReference, readManifest } from './read-manifest.ts';
import { type Spooled, spool } from './spool.ts';
import { type ContainerSigner, verifyDetached } from './verify-signature.ts';
import { damaged, openZip, type ZipFileEntry, type ZipReader } from './zip-reader.ts';

export interface ReadAsiceOptions {
  /** Most bytes of the container. Default 5 GiB and a little (fiks-io §4.3). */
  readonly maxContainerBytes?: number;
  /** Most entries of the ZIP. Default 10 000. */
  readonly maxEntries?: number;
  /** Most unpacked bytes. Default 20 GiB. */
  readonly maxUncompressedBytes?: number;
  /** Largest ratio of unpacked to packed bytes, above 64 MiB. Default 250. */
  readonly maxRatio?: number;
  /** False accepts containers that nobody signed; digests are checked where there are any. Default true. */
  readonly requireSignature?: boolean;
  /** True passes over files under META-INF that are no part of ASiC-E; the Java reader refuses them. Default false. */
  readonly allowUnknownMetadata?: boolean;
  /** See {@link spool}. */
  readonly temporaryFolder?: string;
}

/** A file of a container. Its content is right only when `body` has ended without an error. */
export interface AsiceEntry {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: number;
  /** The manifest says that this is the main document. */
  readonly rootFile: boolean;
  readonly body: Readable;
}

export interface AsiceContainer {
  /** Who signed; empty only when `requireSignature` is false. Verified already. */
  readonly signers: readonly ContainerSigner[];
  /** Names, types and sizes, without opening anything. */
  readonly files: readonly Omit<AsiceEntry, 'body'>[];
  /** The files one after another. What the reader leaves of a body is read and verified before the next is given. */
  entries(): AsyncGenerator<AsiceEntry>;
  close(): Promise<void>;
}

const DEFAULTS = {
  maxContainerBytes: 5 * 1024 ** 3 + 64 * 1024 ** 2,
  maxEntries: 10_000,
  maxUncompressedBytes: 20 * 1024 ** 3,
  maxRatio: 250,
  requireSignature: true,
  allowUnknownMetadata: false,
};
const MAX_METADATA_BYTES = 8 * 1024 * 1024;
const MAX_METADATA_FILES = 64;

/**
 * Reads an ASiC-E container (CAdES) by either client (fiks-io §4.1), a stream or the path of a file. Signature and names
 * are verified before the first file is given, each digest while its body is read; leaving the loop early is allowed.
 * What is wrong with a container is an {@link AsiceError}; errors of the source are passed on.
 */
export async function* readAsice(
  source: AsyncIterable<Uint8Array> | string,
  options: ReadAsiceOptions = {},
): AsyncGenerator<AsiceEntry> {
  const container = await openAsice(source, options);
  try {
    yield* container.entries();
  } finally {
    await container.close();
  }
}

/** {@link readAsice} for those who also want to know the signers. Close it. */
export async function openAsice(
  source: AsyncIterable<Uint8Array> | string,
  options: ReadAsiceOptions = {},
): Promise<AsiceContainer> {
  const settings = settingsOf(options);
  const spooled = await spool(source, {
    maxBytes: settings.maxContainerBytes,
    temporaryFolder: options.temporaryFolder,
  });
  let zip: ZipReader | undefined;
  try {
    zip = await openZip(spooled, settings);
    return await verifiedContainer(zip, spooled, settings);
  } catch (error) {
    await zip?.close();
    await spooled.discard();
    throw error;
  }
}

type Settings = typeof DEFAULTS;

/** A limit that is given as undefined is not given: it must not be off. */
function settingsOf(options: ReadAsiceOptions): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}

interface SignedFile {
  readonly entry: ZipFileEntry;
  readonly references: readonly ManifestReference[];
}

async function verifiedContainer(
  zip: ZipReader,
  spooled: Spooled,
  settings: Settings,
): Promise<AsiceContainer> {
  const payload: ZipFileEntry[] = [];
  const metadata = new Map<string, ZipFileEntry>();
  for (const entry of zip.entries) {
    if (entry.name === 'mimetype') await checkMimetype(entry);
    else if (isMetadataName(entry.name)) metadata.set(metadataKey(entry.name), entry);
    else payload.push(entry);
  }
  const { signers, references } = await readMetadata(metadata, settings);
  const files = matchFiles(payload, references, settings);
  return {
    signers,
    files: files.map(describe),
    entries: () => verifiedEntries(files),
    close: async () => {
      await zip.close();
      await spooled.discard();
    },
  };
}

async function checkMimetype(entry: ZipFileEntry): Promise<void> {
  const content = entry.bytes > 256 ? '' : (await readMetadataFile(entry)).toString('latin1').trim();
  if (content !== ASICE_MIMETYPE) throw new AsiceError('wrong_mimetype', 'The container is not an ASiC-E');
}

async function readMetadata(
  metadata: ReadonlyMap<string, ZipFileEntry>,
  settings: Settings,
): Promise<{ signers: ContainerSigner[]; references: ManifestReference[] }> {
  if (metadata.size > MAX_METADATA_FILES)
    throw new AsiceError('too_many_entries', 'The container has too many files under META-INF');
  const signers = new Map<string, ContainerSigner>();
  const references: ManifestReference[] = [];
  const unused = new Set<string>();
  const manifests: ZipFileEntry[] = [];
  for (const [key, entry] of metadata) {
    const kind = metadataKind(key);
    if (kind === 'manifest') manifests.push(entry);
    else if (kind === 'signature') unused.add(key);
    else if (kind === undefined && !settings.allowUnknownMetadata)
      throw new AsiceError('unknown_metadata', 'The container has an unknown file under META-INF', {
        entry: entry.name,
      });
  }
  for (const entry of manifests) {
    const xml = await readMetadataFile(entry);
    const manifest = readManifest(xml, settings.maxEntries);
    references.push(...manifest.references);
    const signatureKey = metadataKey(manifest.signatureName);
    const signature = metadata.get(signatureKey);
    if (signature && metadataKind(signatureKey) === 'signature') {
      unused.delete(signatureKey);
      for (const signer of verifyDetached(xml, await readMetadataFile(signature)))
        signers.set(signer.certificatePem, signer);
    } else if (settings.requireSignature) {
      throw new AsiceError('missing_signature', 'The signature of a manifest is missing');
    }
  }
  if (unused.size > 0) throw new AsiceError('missing_signature', 'A signature belongs to no manifest');
  if (manifests.length === 0 && settings.requireSignature)
    throw new AsiceError('missing_signature', 'The container is not signed');
  return { signers: [...signers.values()], references };
}

/** Names as the Java reader knows them, in lower case. A XAdES signature is passed over, as nothing is proven by it here. */
function metadataKind(key: string): 'manifest' | 'signature' | 'ignored' | undefined {
  const name = key.slice('meta-inf/'.length);
  if (/^asicmanifest[^/]*\.xml$/.test(name)) return 'manifest';
  if (/^signature[^/]*\.p7s$/.test(name)) return 'signature';
  if (/^signatures[^/]*\.xml$/.test(name) || name === 'manifest.xml') return 'ignored';
  return undefined;
}

function matchFiles(
  payload: readonly ZipFileEntry[],
  references: readonly ManifestReference[],
  settings: Settings,
): SignedFile[] {
  const byName = new Map<string, ManifestReference[]>();
  for (const reference of references) {
    const same = byName.get(reference.name);
    if (same) same.push(reference);
    else byName.set(reference.name, [reference]);
  }
  const nothingSigned = references.length === 0 && !settings.requireSignature;
  const files = payload.map((entry) => {
    const found = byName.get(entry.name) ?? byName.get(escapedName(entry.name)) ?? [];
    if (found.length === 0 && !nothingSigned)
      throw new AsiceError('unsigned_file', 'A file of the container is not in its manifest', {
        entry: entry.name,
      });
    for (const { name } of found) byName.delete(name);
    return { entry, references: found };
  });
  for (const missing of byName.keys())
    throw new AsiceError('missing_file', 'A file of the manifest is not in the container', {
      entry: missing,
    });
  return files;
}

/** Some writers escape names in the manifest, as a URI asks for; the two clients do not (fiks-io §4.1). */
function escapedName(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}

function describe({ entry, references }: SignedFile): Omit<AsiceEntry, 'body'> {
  return {
    name: entry.name,
    mimeType: references[0]?.mimeType ?? mimeTypeOf(entry.name),
    bytes: entry.bytes,
    rootFile: references.some(({ rootFile }) => rootFile),
  };
}

async function* verifiedEntries(files: readonly SignedFile[]): AsyncGenerator<AsiceEntry> {
  for (const file of files) {
    const body = await openVerified(file);
    let failure: Error | undefined;
    // Reported by the loop as well; a body that nobody listens to must not end the process.
    body.on('error', (error) => {
      failure = error;
    });
    let wanted = false;
    try {
      yield { ...describe(file), body };
      wanted = true;
    } finally {
      if (!wanted) body.destroy();
    }
    if (failure) throw failure;
    if (!body.readableEnded) await readToEnd(body.destroyed ? await openVerified(file) : body);
  }
}

async function readToEnd(body: Readable): Promise<void> {
  body.resume();
  await finished(body, { writable: false });
}

/** The content of a file, which fails at its end when it is not what was signed. */
async function openVerified({ entry, references }: SignedFile): Promise<Readable> {
  const source = await entry.open();
  const hashes = new Map(references.map(({ algorithm }) => [algorithm, createHash(algorithm)]));
  const verifying = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (const hash of hashes.values()) hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const digests = new Map([...hashes].map(([algorithm, hash]) => [algorithm, hash.digest()]));
      const right = references.every(({ algorithm, digest }) => digests.get(algorithm)?.equals(digest));
      done(
        right
          ? null
          : new AsiceError('digest_mismatch', 'A file was changed after it was signed', {
              entry: entry.name,
            }),
      );
    },
  });
  source.once('error', (cause) => verifying.destroy(damaged(cause)));
  verifying.once('close', () => source.destroy());
  return source.pipe(verifying);
}

async function readMetadataFile(entry: ZipFileEntry): Promise<Buffer> {
  if (entry.bytes > MAX_METADATA_BYTES)
    throw new AsiceError('too_large', 'A metadata file of the container is too large', { entry: entry.name });
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of await entry.open()) chunks.push(chunk as Buffer);
  } catch (cause) {
    throw damaged(cause);
  }
  return Buffer.concat(chunks);
}
