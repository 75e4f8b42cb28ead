import { createHash, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
/** A demonstration's key has so many random bytes, and the rest says whose it is. */
const RANDOM_BYTES = 24;

/**
 * A master key for a demonstration: 192 random bits, and a mark made of them by which production knows such a key
 * wherever it was copied to. A real key has the mark by chance once in 2^64.
 */
export function newDemoMasterKey(): Buffer {
  const random = randomBytes(RANDOM_BYTES);
  return Buffer.concat([random, markOf(random)]);
}

export function isDemoMasterKey(key: Buffer): boolean {
  return key.length === KEY_BYTES && markOf(key.subarray(0, RANDOM_BYTES)).equals(key.subarray(RANDOM_BYTES));
}

function markOf(random: Buffer): Buffer {
  return createHash('sha256')
    .update('grunnmur demonstration master key')
    .update(random)
    .digest()
    .subarray(0, KEY_BYTES - RANDOM_BYTES);
}

/** Of 32 random bytes, and of the differences between neighbours, fewer than 20 are different once in a billion keys. */
const LEAST_DIFFERENT = 20;
/** Neighbouring letters in the alphabet, or alike, in 43 characters: random text has two or three. */
const MOST_NEIGHBOURS = 12;

/**
 * True for a key (base64 of 32 bytes) that somebody has typed or counted up rather than drawn: zeros, repeats, sequences,
 * readable text as bytes, or text typed as the base64 itself. It finds carelessness; nothing can prove randomness.
 */
export function isGuessable(base64: string): boolean {
  const key = Buffer.from(base64, 'base64');
  const text = base64.replace(/=+$/, '');
  const steps = [...key].slice(1).map((byte, index) => (byte - key[index]!) & 0xff);
  const neighbours = [...text]
    .slice(1)
    .filter((letter, index) => Math.abs(letter.charCodeAt(0) - text.charCodeAt(index)) <= 1).length;
  return (
    new Set(key).size < LEAST_DIFFERENT ||
    new Set(steps).size < LEAST_DIFFERENT ||
    key.every((byte) => byte >= 0x20 && byte < 0x7f) ||
    neighbours > MOST_NEIGHBOURS ||
    !(/[a-z]/.test(text) && /[A-Z]/.test(text))
  );
}
