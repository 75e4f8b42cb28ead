/** mulberry32: small, and the same everywhere. */
export function createRandom(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
export type Random = ReturnType<typeof createRandom>;

export const bytes = (random: Random, length: number) =>
  Buffer.from(Array.from({ length }, () => random(256)));
export const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)]!;

/** A copy with one thing wrong: bytes, an end, an insertion, a bit, or a length. */
export function mutate(random: Random, original: Buffer): Buffer {
  const copy = Buffer.from(original);
  const kind = random(5);
  if (kind === 0) for (let n = random(4); n >= 0; n -= 1) copy[random(copy.length)] = random(256);
  if (kind === 1) return copy.subarray(0, random(copy.length + 1));
  if (kind === 2) {
    const at = random(copy.length);
    return Buffer.concat([copy.subarray(0, at), bytes(random, random(20)), copy.subarray(at)]);
  }
  if (kind === 3) copy[random(copy.length)]! ^= 1 << random(8);
  if (kind === 4 && copy.length > 8)
    copy.writeUInt32BE(pick(random, [0, 1, 0x7fff_ffff, 0xffff_ffff, copy.length]), random(copy.length - 4));
  return copy;
}
