import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StorageError } from './errors.ts';
import { freeBytes } from './free-bytes.ts';
import { spanOf } from './open-sealed.ts';
import {
  HEADER_BYTES,
  keyIdOfHeader,
  openSegment,
  plainSize,
  SEALED_SEGMENT_BYTES,
  SEGMENT_BYTES,
  segmentCount,
} from './segment-cipher.ts';

/** Opened segments kept; a reader that jumps between the end and the middle of a PDF needs a handful. */
const KEPT_SEGMENTS = 8;

export interface SealedFile {
  /** Plaintext bytes. */
  readonly size: number;
  /** Up to `length` plaintext bytes from `offset`; fewer at the end, none beyond it. A fresh copy. */
  readSync(offset: number, length: number): Uint8Array;
  close(): void;
}

/**
 * Opens a sealed file for synchronous random access; for worker threads, with the path and key of
 * `ObjectStore.localCopy`. Only the segments asked for are read and decrypted, and a few are kept.
 * Throws `StorageError.corrupt` when a segment does not open with `dataKey`.
 */
export function openSealedFileSync(path: string, dataKey: Uint8Array): SealedFile {
  const fd = openSync(path, 'r');
  try {
    const sealedSize = fstatSync(fd).size;
    const size = plainSize(sealedSize);
    const header = readExactlySync(fd, 0, Buffer.allocUnsafe(HEADER_BYTES));
    keyIdOfHeader(header);
    const kept = new Map<number, Buffer>();
    const last = segmentCount(size) - 1;
    const sealed = Buffer.allocUnsafeSlow(SEALED_SEGMENT_BYTES);

    const segment = (index: number): Buffer => {
      const found = kept.get(index);
      if (found) {
        // Moved to the end: the first of the map is the one not used for longest.
        kept.delete(index);
        kept.set(index, found);
        return found;
      }
      const start = HEADER_BYTES + index * SEALED_SEGMENT_BYTES;
      const part = sealed.subarray(0, Math.min(SEALED_SEGMENT_BYTES, sealedSize - start));
      readExactlySync(fd, start, part);
      const plain = openSegment(dataKey, header, index, index === last, part);
      if (kept.size >= KEPT_SEGMENTS) {
        const [oldest, bytes] = kept.entries().next().value!;
        kept.delete(oldest);
        freeBytes(bytes);
      }
      kept.set(index, plain);
      return plain;
    };
    // Opens with the right key and untouched end, or not at all: a file cut short is found here.
    segment(last);
    return {
      size,
      readSync: (offset, length) => readRange(size, segment, offset, length),
      close: () => closeSync(fd),
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function readRange(
  size: number,
  segment: (index: number) => Buffer,
  offset: number,
  length: number,
): Uint8Array {
  if (length <= 0 || offset >= size) return new Uint8Array(0);
  const span = spanOf(size, { start: offset, end: offset + length - 1 });
  const out = new Uint8Array(span.length);
  let { skip } = span;
  let filled = 0;
  for (let index = span.first; index <= span.last; index++) {
    const part = segment(index).subarray(skip, Math.min(SEGMENT_BYTES, skip + span.length - filled));
    out.set(part, filled);
    filled += part.length;
    skip = 0;
  }
  return out;
}

function readExactlySync(fd: number, position: number, buffer: Buffer): Buffer {
  let filled = 0;
  while (filled < buffer.length) {
    const count = readSync(fd, buffer, filled, buffer.length - filled, position + filled);
    if (count === 0) throw StorageError.corrupt({ params: { detail: 'truncated' } });
    filled += count;
  }
  return buffer;
}
