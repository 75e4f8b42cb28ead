import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AsiceError, openAsice, writeAsice } from '../src/asice/index.ts';
import { createSigner } from './test-signer.ts';

const LOCATOR = 0x07064b50;
const END = Buffer.from('504b0506', 'hex');

/** Bytes changed at random: whatever comes of it is told by an error, and nothing stays open. */
describe('a damaged container', () => {
  let folder: string;
  let whole: Buffer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asice-fuzz-'));
    const files = [
      { name: 'a.xml', content: Buffer.from('<a/>') },
      { name: 'b.txt', content: Buffer.alloc(3000, 'b') },
    ];
    whole = await buffer(writeAsice(files, await createSigner()));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function read(bytes: Buffer, asFile: boolean): Promise<string> {
    const path = join(folder, 'x.asice');
    if (asFile) await writeFile(path, bytes);
    try {
      const container = await openAsice(asFile ? path : Readable.from([bytes]));
      try {
        for await (const { body } of container.entries()) await buffer(body);
      } finally {
        await container.close();
      }
      return 'ok';
    } catch (error) {
      if (error instanceof AsiceError) return error.code;
      throw error;
    }
  }

  it('is refused', async () => {
    const seen = new Set<string>();
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = generator(seed);
    console.log(`asice: damaged by seed ${seed}`);
    for (let round = 0; round < 600; round++) {
      const bytes = Buffer.from(whole);
      const directory = bytes.indexOf(Buffer.from('504b0102', 'hex'));
      for (let changes = 1 + random(2); changes > 0; changes--) {
        const at = random(2) ? directory + random(bytes.length - directory) : random(bytes.length);
        bytes[at] = random(256);
      }
      seen.add(await read(random(10) ? bytes : bytes.subarray(0, random(bytes.length)), random(2) === 0));
    }
    expect(seen.size).toBeGreaterThan(4);
  });

  it.each([
    ['beyond what a number holds', 2n ** 64n - 1n],
    ['beyond the end', 2n ** 40n],
    ['to somewhere inside', 10n],
  ])('is refused when its ZIP64 record points %s', async (_name, offset) => {
    const end = whole.lastIndexOf(END);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(LOCATOR, 0);
    locator.writeBigUInt64LE(offset, 8);
    const bytes = Buffer.concat([whole.subarray(0, end), locator, whole.subarray(end)]);
    for (const asFile of [false, true]) expect(await read(bytes, asFile)).toBe('not_a_container');
  });

  it.runIf(process.platform === 'linux')('leaves no descriptor open', async () => {
    const open = async () => (await readdir('/proc/self/fd')).length;
    const before = await open();
    for (let round = 0; round < 50; round++) {
      const bytes = Buffer.from(whole);
      bytes[round * 20] = 1;
      await read(bytes, true);
      await read(whole.subarray(0, round * 30), true);
    }
    expect(await open()).toBeLessThan(before + 20);
  });
});

/** Mulberry32: small, and the same for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
