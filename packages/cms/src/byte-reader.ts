import { CmsError } from './cms-error.ts';

/** Reads a stream of chunks byte by byte or in runs, without gathering it. */
export interface ByteReader {
  /** Bytes read so far. */
  position(): number;
  /** Exactly `length` bytes; `truncated` when the source ends first. Only for lengths that have been checked. */
  take(length: number): Promise<Buffer>;
  /** The next `length` bytes, left in place; fewer at the end of the source. */
  peek(length: number): Promise<Buffer>;
  /** Between 1 and `max` bytes, as they lie in the source's chunk; `truncated` at its end. */
  takeSome(max: number): Promise<Buffer>;
  /** Reads the source to its end and forgets what comes; false when that is more than `max` bytes. */
  drain(max: number): Promise<boolean>;
  /** Tells the source that nothing more is wanted. */
  close(): Promise<void>;
}

const EMPTY = Buffer.alloc(0);

export function createByteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = source[Symbol.asyncIterator]();
  let chunk: Buffer = EMPTY;
  let passed = 0;
  let ended = false;

  /** Makes at least `length` bytes available in `chunk`, if the source has them. */
  const fill = async (length: number) => {
    while (chunk.length < length && !ended) {
      const next = await iterator.next();
      if (next.done) ended = true;
      else if (chunk.length === 0) chunk = asBuffer(next.value);
      else chunk = Buffer.concat([chunk, next.value]);
    }
  };
  const cut = (length: number): Buffer => {
    const part = chunk.subarray(0, length);
    chunk = chunk.subarray(length);
    passed += length;
    return part;
  };

  return {
    position: () => passed,
    take: async (length) => {
      if (chunk.length < length) await fill(length);
      if (chunk.length < length) throw truncated();
      return cut(length);
    },
    peek: async (length) => {
      if (chunk.length < length) await fill(length);
      return chunk.subarray(0, length);
    },
    takeSome: async (max) => {
      if (chunk.length === 0) await fill(1);
      if (chunk.length === 0) throw truncated();
      return cut(Math.min(max, chunk.length));
    },
    drain: async (max) => {
      let rest = chunk.length;
      chunk = EMPTY;
      while (!ended && rest <= max) {
        const next = await iterator.next();
        if (next.done) ended = true;
        else rest += next.value.length;
      }
      return rest <= max;
    },
    close: async () => {
      if (!ended) await iterator.return?.();
      ended = true;
    },
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function truncated(): CmsError {
  return new CmsError('truncated', 'The CMS message ends too early');
}
