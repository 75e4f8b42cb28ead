import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';

type ZipContent = Uint8Array | AsyncIterable<Uint8Array>;

export interface ZipWriterEntry {
  /** In its final form: NFC, `/` between folders. */
  readonly name: string;
  /** Bytes are written as they are (stored). A stream of unknown length is deflated: only then can a reader of a stream find its end. */
  readonly content: ZipContent;
  readonly deflateLevel?: number;
}

interface CentralRecord {
  readonly name: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly offset: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
}

const NAMES_ARE_UTF8 = 1 << 11;
const SIZES_FOLLOW = 1 << 3;
const STORED = 0;
const DEFLATED = 8;
const MAX_32 = 0xffffffff;
const MAX_16 = 0xffff;
const VERSION = 20;
const VERSION_ZIP64 = 45;
/** Readers see the same bytes for the same files: no clock in the container. 1980-01-01, the first day ZIP knows. */
const DOS_DATE = 0x0021;

/**
 * Writes a ZIP (APPNOTE 6.3) as it is read, with constant memory, and ZIP64 records for what is beyond 4 GiB. The sizes
 * after a streamed entry are 8 bytes long only when the entry itself is that large, whatever its offset: readers of a
 * stream, Java's among them, have nothing else to tell by.
 */
export async function* writeZip(
  entries: AsyncIterable<ZipWriterEntry>,
  comment: string,
): AsyncGenerator<Uint8Array> {
  const records: CentralRecord[] = [];
  let offset = 0;
  for await (const entry of entries) {
    const writing =
      entry.content instanceof Uint8Array
        ? storedEntry(entry, entry.content)
        : streamedEntry(entry, entry.content);
    for (;;) {
      const step = await writing.next();
      if (step.done) {
        records.push({ ...step.value, offset });
        offset += step.value.written;
        break;
      }
      yield step.value;
    }
  }
  yield* centralDirectory(records, offset, Buffer.from(comment, 'latin1'));
}

type EntryResult = Omit<CentralRecord, 'offset'> & { readonly written: number };

async function* storedEntry(
  entry: ZipWriterEntry,
  content: Uint8Array,
): AsyncGenerator<Uint8Array, EntryResult> {
  const name = Buffer.from(entry.name);
  const result = {
    name,
    flags: NAMES_ARE_UTF8,
    method: STORED,
    crc: crc32(content),
    packed: content.length,
    size: content.length,
  };
  const head = localHeader(result);
  yield head;
  if (content.length > 0) yield content;
  return { ...result, written: head.length + content.length };
}

async function* streamedEntry(
  entry: ZipWriterEntry,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, EntryResult> {
  const name = Buffer.from(entry.name);
  const flags = NAMES_ARE_UTF8 | SIZES_FOLLOW;
  const head = localHeader({ name, flags, method: DEFLATED, crc: 0, packed: 0, size: 0 });
  yield head;
  let crc = 0;
  let size = 0;
  let packed = 0;
  async function* counted() {
    for await (const chunk of content) {
      crc = crc32(chunk, crc);
      size += chunk.length;
      yield chunk;
    }
  }
  const deflate = createDeflateRaw({ level: entry.deflateLevel ?? 1, chunkSize: 65_536 });
  // A failure of the content destroys the packer with the same error, which the loop then throws.
  const feeding = pipeline(Readable.from(counted(), { objectMode: true, highWaterMark: 2 }), deflate);
  feeding.catch(() => {});
  for await (const chunk of deflate as AsyncIterable<Buffer>) {
    packed += chunk.length;
    yield chunk;
  }
  await feeding;
  const tail = dataDescriptor(crc, packed, size);
  yield tail;
  return {
    name,
    flags,
    method: DEFLATED,
    crc,
    packed,
    size,
    written: head.length + packed + tail.length,
  };
}

function localHeader(entry: Omit<CentralRecord, 'offset'>): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(VERSION, 4);
  head.writeUInt16LE(entry.flags, 6);
  head.writeUInt16LE(entry.method, 8);
  head.writeUInt16LE(DOS_DATE, 12);
  head.writeUInt32LE(entry.crc, 14);
  head.writeUInt32LE(entry.packed, 18);
  head.writeUInt32LE(entry.size, 22);
  head.writeUInt16LE(entry.name.length, 26);
  return Buffer.concat([head, entry.name]);
}

function dataDescriptor(crc: number, packed: number, size: number): Buffer {
  const large = packed > MAX_32 || size > MAX_32;
  const tail = Buffer.alloc(large ? 24 : 16);
  tail.writeUInt32LE(0x08074b50, 0);
  tail.writeUInt32LE(crc, 4);
  if (large) {
    tail.writeBigUInt64LE(BigInt(packed), 8);
    tail.writeBigUInt64LE(BigInt(size), 16);
  } else {
    tail.writeUInt32LE(packed, 8);
    tail.writeUInt32LE(size, 12);
  }
  return tail;
}

function* centralDirectory(records: readonly CentralRecord[], start: number, comment: Buffer) {
  let bytes = 0;
  for (const record of records) {
    const written = centralRecord(record);
    bytes += written.length;
    yield written;
  }
  if (records.length >= MAX_16 || bytes >= MAX_32 || start >= MAX_32)
    yield zip64End(records.length, bytes, start);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  const count = Math.min(records.length, MAX_16);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(Math.min(bytes, MAX_32), 12);
  end.writeUInt32LE(Math.min(start, MAX_32), 16);
  end.writeUInt16LE(comment.length, 20);
  yield Buffer.concat([end, comment]);
}

function centralRecord(entry: CentralRecord): Buffer {
  const extra = zip64Extra([entry.size, entry.packed, entry.offset].filter((value) => value >= MAX_32));
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  const version = extra.length > 0 ? VERSION_ZIP64 : VERSION;
  head.writeUInt16LE(version, 4);
  head.writeUInt16LE(version, 6);
  head.writeUInt16LE(entry.flags, 8);
  head.writeUInt16LE(entry.method, 10);
  head.writeUInt16LE(DOS_DATE, 14);
  head.writeUInt32LE(entry.crc, 16);
  head.writeUInt32LE(Math.min(entry.packed, MAX_32), 20);
  head.writeUInt32LE(Math.min(entry.size, MAX_32), 24);
  head.writeUInt16LE(entry.name.length, 28);
  head.writeUInt16LE(extra.length, 30);
  head.writeUInt32LE(Math.min(entry.offset, MAX_32), 42);
  return Buffer.concat([head, entry.name, extra]);
}

/** Only the values that do not fit, in the order size, packed size, offset (APPNOTE 4.5.3). */
function zip64Extra(values: readonly number[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  const extra = Buffer.alloc(4 + values.length * 8);
  extra.writeUInt16LE(0x0001, 0);
  extra.writeUInt16LE(values.length * 8, 2);
  values.forEach((value, at) => {
    extra.writeBigUInt64LE(BigInt(value), 4 + at * 8);
  });
  return extra;
}

function zip64End(count: number, bytes: number, start: number): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(VERSION_ZIP64, 12);
  record.writeUInt16LE(VERSION_ZIP64, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(bytes), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start + bytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}
