import type { CaptureBudget } from './capture-small.ts';

/** Documents up to this size, which nearly all letters are, are in memory before anything is written. */
export const SMALL_BYTES = 256 * 1024;
const MAX_SPARE_BUFFERS = 16;

export interface ReadAhead {
  /** The whole content when it is small; valid until {@link release}. */
  readonly whole: Buffer | undefined;
  /** All the bytes, for content that is larger or for which there is no memory. */
  readonly source: AsyncIterable<Uint8Array>;
  release(): void;
}

/**
 * Buffers of finished letters. A fresh one for each costs more than filling it. Shared memory: the thread that
 * writes the document reads it where it lies.
 */
const spareBuffers: Buffer[] = [];

/**
 * Reads a small document into one piece of memory: it is then hashed, encrypted, written and inspected at once, without
 * a step for each chunk. A large one is read no further than that. `done` is called with each chunk that has been
 * copied.
 */
export async function readAhead(
  source: AsyncIterable<Uint8Array>,
  budget: CaptureBudget,
  done: (chunk: Uint8Array) => void = () => {},
): Promise<ReadAhead> {
  if (!budget.take(SMALL_BYTES)) return { whole: undefined, source, release: () => {} };
  const buffer = spareBuffers.pop() ?? Buffer.from(new SharedArrayBuffer(SMALL_BYTES));
  let released = false;
  const release = () => {
    if (released) return;
    released = true;
    budget.give(SMALL_BYTES);
    if (spareBuffers.length < MAX_SPARE_BUFFERS) spareBuffers.push(buffer);
  };
  try {
    const iterator = source[Symbol.asyncIterator]();
    let filled = 0;
    for (;;) {
      const { done: ended, value } = await iterator.next();
      if (ended) return { whole: buffer.subarray(0, filled), source, release };
      if (filled + value.length > SMALL_BYTES)
        return { whole: undefined, source: rejoin(buffer.subarray(0, filled), value, iterator), release };
      buffer.set(value, filled);
      filled += value.length;
      done(value);
    }
  } catch (error) {
    release();
    throw error;
  }
}

/** What has been read, what was read last, and the rest. */
async function* rejoin(
  first: Uint8Array,
  second: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    yield second;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
