import { Readable } from 'node:stream';
import { StorageError } from './errors.ts';
import type { KeyRing } from './key-ring.ts';
import type { ByteRange } from './object-store.ts';
import {
  deriveObjectKey,
  HEADER_BYTES,
  keyIdOfHeader,
  openSegment,
  plainSize,
  SEALED_SEGMENT_BYTES,
  SEGMENT_BYTES,
  segmentCount,
} from './segment-cipher.ts';

/** A sealed object whose header has been read. */
export interface SealedObject {
  readonly header: Buffer;
  readonly dataKey: Buffer;
  /** Plaintext bytes. */
  readonly size: number;
}

/** The segments that hold a range of plaintext, and where they are in the sealed file. */
export interface SegmentSpan {
  readonly first: number;
  readonly last: number;
  /** First plaintext byte wanted, counted from the beginning of segment `first`. */
  readonly skip: number;
  /** Plaintext bytes wanted. */
  readonly length: number;
  readonly sealedStart: number;
  /** One past the last sealed byte. */
  readonly sealedEnd: number;
}

export async function openHeader(
  keyRing: KeyRing,
  key: string,
  header: Buffer,
  sealedSize: number,
): Promise<SealedObject> {
  const tenantKey = await keyRing.byId(keyIdOfHeader(header));
  return { header, dataKey: deriveObjectKey(tenantKey, header, key), size: plainSize(sealedSize) };
}

/** Which segments to read for `range`. A range that begins after the last byte is `StorageError.rangeNotSatisfiable`. */
export function spanOf(size: number, range: ByteRange = { start: 0 }): SegmentSpan {
  const end = Math.min(range.end ?? size - 1, size - 1);
  const whole = range.start === 0 && size === 0;
  if (!Number.isSafeInteger(range.start) || range.start < 0 || (end < range.start && !whole)) {
    throw StorageError.rangeNotSatisfiable();
  }
  const first = Math.floor(range.start / SEGMENT_BYTES);
  const last = Math.max(0, Math.floor(end / SEGMENT_BYTES));
  const sealedSize = HEADER_BYTES + size + segmentCount(size) * (SEALED_SEGMENT_BYTES - SEGMENT_BYTES);
  return {
    first,
    last,
    skip: range.start - first * SEGMENT_BYTES,
    length: end - range.start + 1,
    sealedStart: HEADER_BYTES + first * SEALED_SEGMENT_BYTES,
    sealedEnd: Math.min(HEADER_BYTES + (last + 1) * SEALED_SEGMENT_BYTES, sealedSize),
  };
}

/** Decrypts a span from its sealed bytes, which may come in chunks of any size. */
export async function* openSpan(
  object: SealedObject,
  span: SegmentSpan,
  sealed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const lastOfObject = segmentCount(object.size) - 1;
  let { skip, length: left } = span;
  let index = span.first;
  for await (const segment of segments(sealed, span.sealedEnd - span.sealedStart)) {
    const plain = openSegment(object.dataKey, object.header, index, index === lastOfObject, segment);
    index++;
    const wanted = plain.subarray(skip, skip + left);
    skip = 0;
    left -= wanted.length;
    if (wanted.length > 0) yield wanted;
  }
  if (index !== span.last + 1) throw StorageError.corrupt({ params: { detail: 'truncated' } });
}

/** Cuts `sealed` into whole segments; exactly `bytes` are taken. */
async function* segments(sealed: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of sealed) {
    for (let at = 0; at < chunk.length && left > 0; ) {
      const size = Math.min(SEALED_SEGMENT_BYTES, left);
      const part = chunk.subarray(at, at + size - heldBytes);
      at += part.length;
      held.push(part);
      heldBytes += part.length;
      if (heldBytes < size) break;
      yield held.length === 1 ? part : Buffer.concat(held, heldBytes);
      left -= size;
      held = [];
      heldBytes = 0;
    }
    if (left === 0) return;
  }
}

/** What to do when a stream ends, fails or is destroyed (also before its first read, which a `finally` would miss). */
export interface StreamEnd {
  /** Called first, on destruction only: ends a read that may never answer. */
  readonly interrupt?: () => void;
  /** Called once, when no read is under way. */
  readonly release?: () => void;
}

/** A byte stream over `chunks`. */
export function readableOf(chunks: AsyncGenerator<Buffer>, end: StreamEnd = {}): Readable {
  return new Readable({
    highWaterMark: SEGMENT_BYTES,
    read() {
      chunks.next().then(
        (result) => this.push(result.done ? null : result.value),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, callback) {
      const finish = () => {
        end.release?.();
        callback(error);
      };
      end.interrupt?.();
      chunks.return(undefined).then(finish, finish);
    },
  });
}
