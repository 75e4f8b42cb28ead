import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * EME-OAEP decoding (RFC 8017 section 7.1.2 step 3) of a raw RSA block, for messages whose mask function uses another
 * hash than the label: Node's own decryption knows one hash for both. Answers undefined for a wrong block, always
 * after the same work, because telling the causes apart opens the message by trial (Manger 2001).
 */
export function oaepDecode(
  block: Buffer,
  hash: string,
  mgfHash: string,
  label: Uint8Array,
): Buffer | undefined {
  const labelHash = createHash(hash).update(label).digest();
  const size = labelHash.length;
  if (block.length < 2 * size + 2) return undefined;
  const seed = xor(block.subarray(1, 1 + size), mgf1(block.subarray(1 + size), size, mgfHash));
  const data = xor(block.subarray(1 + size), mgf1(seed, block.length - size - 1, mgfHash));

  let bad = block[0]! | (timingSafeEqual(data.subarray(0, size), labelHash) ? 0 : 1);
  let start = 0;
  let looking = 1;
  for (let i = size; i < data.length; i++) {
    const isOne = equalByte(data[i]!, 1);
    const isZero = equalByte(data[i]!, 0);
    start |= -(looking & isOne) & (i + 1);
    bad |= looking & (1 - isOne) & (1 - isZero);
    looking &= 1 - isOne;
  }
  bad |= looking;
  return bad === 0 ? data.subarray(start) : undefined;
}

/** MGF1 (RFC 8017 appendix B.2.1). */
function mgf1(seed: Uint8Array, length: number, hash: string): Buffer {
  const parts: Buffer[] = [];
  for (let counter = 0, made = 0; made < length; counter++) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    const part = createHash(hash).update(seed).update(number).digest();
    parts.push(part);
    made += part.length;
  }
  return Buffer.concat(parts, length);
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  const out = Buffer.alloc(a.length);
  for (let i = 0; i < a.length; i++) out[i] = a[i]! ^ b[i]!;
  return out;
}

/** 1 when equal, else 0, without a branch. */
function equalByte(a: number, b: number): number {
  return ((a ^ b) - 1) >>> 31;
}
