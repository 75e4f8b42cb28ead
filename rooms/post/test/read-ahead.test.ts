import { describe, expect, it } from 'vitest';
import { createCaptureBudget } from '../service/capture-small.ts';
import { readAhead, SMALL_BYTES } from '../service/read-ahead.ts';

const bytes = (length: number) => Buffer.from(Uint8Array.from({ length }, (_, index) => index % 251));

/** Chunks in one buffer that is used again, as a source is allowed to. */
async function* chunked(content: Buffer, size: number, closed: () => void = () => {}) {
  try {
    for (let at = 0; at < content.length; at += size)
      yield Uint8Array.prototype.slice.call(content, at, at + size);
  } finally {
    closed();
  }
}

async function all(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

describe('readAhead', () => {
  it.each([0, 1, 100_000, SMALL_BYTES])('has a document of %i bytes in one piece', async (length) => {
    const budget = createCaptureBudget(SMALL_BYTES);
    const content = bytes(length);
    const ahead = await readAhead(chunked(content, 1000), budget);
    expect(ahead.whole?.equals(content)).toBe(true);
    expect(budget.take(1)).toBe(false);
    ahead.release();
    ahead.release();
    expect(budget.take(SMALL_BYTES)).toBe(true);
    expect(budget.take(1)).toBe(false);
  });

  it.each([SMALL_BYTES + 1, 3 * SMALL_BYTES])('hands on all of a larger one: %i bytes', async (length) => {
    const content = bytes(length);
    const ahead = await readAhead(chunked(content, 60_000), createCaptureBudget(1 << 20));
    expect(ahead.whole).toBeUndefined();
    expect((await all(ahead.source)).equals(content)).toBe(true);
    ahead.release();
  });

  it('only passes on when there is no memory for it', async () => {
    const content = bytes(5000);
    const ahead = await readAhead(chunked(content, 999), createCaptureBudget(SMALL_BYTES - 1));
    expect(ahead.whole).toBeUndefined();
    expect((await all(ahead.source)).equals(content)).toBe(true);
  });

  it('closes the source of a large one that is not read to its end, and keeps nothing of one that fails', async () => {
    const budget = createCaptureBudget(SMALL_BYTES);
    let closed = 0;
    const source = chunked(bytes(3 * SMALL_BYTES), 60_000, () => closed++);
    const ahead = await readAhead(source, budget);
    for await (const _ of ahead.source) break;
    expect(closed).toBe(1);
    ahead.release();
    const broken = (async function* () {
      yield bytes(10);
      throw new Error('hung up');
    })();
    await expect(readAhead(broken, budget)).rejects.toThrow('hung up');
    expect(budget.take(SMALL_BYTES)).toBe(true);
  });
});
