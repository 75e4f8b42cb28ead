import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import * as yauzl from 'yauzl';
import { AsiceError } from './asice-error.ts';
import { canonicalName, isFolderName, isMetadataName, metadataKey } from './entry-name.ts';
import { type RandomAccess, randomAccess } from './random-access.ts';
import type { Spooled } from './spool.ts';

export interface ZipLimits {
  readonly maxEntries: number;
  /** Unpacked, all entries together. */
  readonly maxUncompressedBytes: number;
  /** Unpacked to packed size, for containers that unpack to more than 64 MiB. */
  readonly maxRatio: number;
}

export interface ZipFileEntry {
  /** See {@link canonicalName}. */
  readonly name: string;
  readonly bytes: number;
  /** Opens the content; ends with an error when it is damaged, or longer or shorter than declared. */
  open(): Promise<Readable>;
}

export interface ZipReader {
  /** Files in the order of the central directory; folders are left out. */
  readonly entries: readonly ZipFileEntry[];
  close(): Promise<void>;
}

const RATIO_MATTERS_BYTES = 64 * 1024 * 1024;
const DEFLATED = 8;

/** Opens a ZIP and reads its whole directory within the limits, so that nothing is unpacked from a bad one. */
export async function openZip(source: Spooled, limits: ZipLimits): Promise<ZipReader> {
  const access = randomAccess(source);
  try {
    const zip = await open(access, source.bytes);
    return { entries: await readDirectory(zip, source.bytes, limits), close: access.end };
  } catch (error) {
    await access.end();
    throw error;
  }
}

function open({ reader }: RandomAccess, bytes: number): Promise<yauzl.ZipFile> {
  const options: yauzl.Options = {
    lazyEntries: true,
    autoClose: false,
    decodeStrings: false,
    validateEntrySizes: true,
  };
  return new Promise((resolve, reject) => {
    yauzl.fromRandomAccessReader(reader, bytes, options, (cause, zip) => {
      if (cause) reject(damaged(cause));
      else resolve(zip);
    });
  });
}

async function readDirectory(zip: yauzl.ZipFile, bytes: number, limits: ZipLimits): Promise<ZipFileEntry[]> {
  if (zip.entryCount > limits.maxEntries) throw tooMany();
  const entries: ZipFileEntry[] = [];
  const names = new Set<string>();
  let unpacked = 0;
  for await (const entry of directoryOf(zip)) {
    const name = canonicalName(entryName(entry));
    const key = isMetadataName(name) ? metadataKey(name) : name;
    if (names.has(key))
      throw new AsiceError('duplicate_name', 'Two files of the container have the same name', {
        entry: name,
      });
    names.add(key);
    checkMethod(entry, name);
    unpacked += entry.uncompressedSize;
    if (unpacked > limits.maxUncompressedBytes)
      throw new AsiceError('too_large', 'The container unpacks to more than the limit');
    if (isFolderName(name)) continue;
    entries.push({ name, bytes: entry.uncompressedSize, open: () => openEntry(zip, entry) });
  }
  // Counts declared sizes, so that entries which share their packed bytes count every time.
  if (unpacked > RATIO_MATTERS_BYTES && unpacked > bytes * limits.maxRatio)
    throw new AsiceError('zip_bomb', 'The container unpacks to far more than real content does');
  return entries;
}

async function* directoryOf(zip: yauzl.ZipFile): AsyncGenerator<yauzl.Entry> {
  let settle: { resolve(entry: yauzl.Entry | undefined): void; reject(error: Error): void } | undefined;
  zip.on('entry', (entry: yauzl.Entry) => settle?.resolve(entry));
  zip.on('end', () => settle?.resolve(undefined));
  zip.on('error', (cause: Error) => settle?.reject(damaged(cause)));
  for (;;) {
    const entry = await new Promise<yauzl.Entry | undefined>((resolve, reject) => {
      settle = { resolve, reject };
      zip.readEntry();
    });
    if (!entry) return;
    yield entry;
  }
}

/** UTF-8 whether flagged or not, as the Java client reads names; other names are taken byte by byte. */
function entryName(entry: yauzl.Entry): string {
  const raw = entry.fileName as unknown as Buffer;
  return isUtf8(raw) ? raw.toString('utf8') : raw.toString('latin1');
}

function checkMethod(entry: yauzl.Entry, name: string): void {
  if (entry.isEncrypted()) {
    throw new AsiceError('unsupported_entry', 'A file of the container is encrypted by the ZIP format', {
      entry: name,
    });
  }
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== DEFLATED) {
    throw new AsiceError('unsupported_entry', 'A file of the container is packed by an unknown method', {
      entry: name,
    });
  }
}

function openEntry(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (cause, stream) => {
      if (cause) reject(damaged(cause));
      else resolve(stream);
    });
  });
}

/** Maps what the ZIP library or the unpacker says to our error; other errors are passed on. */
export function damaged(cause: unknown): AsiceError {
  return cause instanceof AsiceError
    ? cause
    : new AsiceError('not_a_container', 'The container is not a ZIP, or a damaged one', { cause });
}

function tooMany(): AsiceError {
  return new AsiceError('too_many_entries', 'The container has too many files');
}
