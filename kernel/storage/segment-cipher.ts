import { createCipheriv, createDecipheriv, hkdfSync, randomFillSync } from 'node:crypto';
import { StorageError } from './errors.ts';

/**
 * The sealed form of an object (docs/decisions/0011-object-encryption.md):
 *
 *     header   "GMO" ‖ version 1 ‖ log2(segment size) ‖ 3 zero bytes ‖ data key id (16) ‖ salt (16)
 *     segment  AES-256-GCM ciphertext of up to 64 KiB plaintext ‖ tag (16), repeated; the last one may be short
 *
 * Each object has its own key: HKDF-SHA-256 (RFC 5869) of the tenant's data key over salt, header and object key. The
 * nonce of a segment is 7 bytes of the salt ‖ counter ‖ 1 for the last segment, else 0: the STREAM construction (Hoang,
 * Reyhanitabar, Rogaway and Vizár 2015), in which changed, moved, dropped and added segments all fail to open.
 */
export const HEADER_BYTES = 40;
export const SEGMENT_BYTES = 65_536;
const TAG_BYTES = 16;
export const SEALED_SEGMENT_BYTES = SEGMENT_BYTES + TAG_BYTES;

const MAGIC = Buffer.from('GMO\x01\x10\x00\x00\x00', 'latin1');
const KEY_BYTES = 32;
const SALT_AT = 24;
const PREFIX_BYTES = 7;

/** A new header with a fresh salt; `keyId` is the UUID of the tenant's data key. */
export function createHeader(keyId: string): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  MAGIC.copy(header);
  header.write(keyId.replaceAll('-', ''), MAGIC.length, 'hex');
  return randomFillSync(header, SALT_AT);
}

/** UUID of the data key that a sealed object was made under; `StorageError.corrupt` when it is none of ours. */
export function keyIdOfHeader(header: Uint8Array): string {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.byteLength);
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw corrupt('header');
  const hex = bytes.toString('hex', MAGIC.length, SALT_AT);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The key of one object. It binds the header and the object's key: a sealed file does not open under another name. */
export function deriveObjectKey(tenantKey: Uint8Array, header: Uint8Array, objectKey: string): Buffer {
  const info = Buffer.concat([header.subarray(0, SALT_AT), Buffer.from(objectKey, 'latin1')]);
  return Buffer.from(hkdfSync('sha256', tenantKey, header.subarray(SALT_AT, HEADER_BYTES), info, KEY_BYTES));
}

/** Encrypts segment number `index`; answers ciphertext and tag, to be written one after the other. */
export function sealSegment(
  dataKey: Uint8Array,
  header: Uint8Array,
  index: number,
  last: boolean,
  plain: Uint8Array,
): [Buffer, Buffer] {
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce(header, index, last));
  const sealed = cipher.update(plain);
  cipher.final();
  return [sealed, cipher.getAuthTag()];
}

/** Decrypts segment number `index` (ciphertext ‖ tag); `StorageError.corrupt` unless it is unchanged and in its place. */
export function openSegment(
  dataKey: Uint8Array,
  header: Uint8Array,
  index: number,
  last: boolean,
  sealed: Uint8Array,
): Buffer {
  if (sealed.length < TAG_BYTES) throw corrupt('truncated');
  const decipher = createDecipheriv('aes-256-gcm', dataKey, nonce(header, index, last), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    throw corrupt(`segment ${index}`);
  }
  return plain;
}

/** How many segments an object of `size` plaintext bytes has; an empty object has one, empty. */
export function segmentCount(size: number): number {
  return Math.max(1, Math.ceil(size / SEGMENT_BYTES));
}

/** Plaintext bytes of a sealed object of `sealedSize` bytes; `StorageError.corrupt` for a size that cannot be. */
export function plainSize(sealedSize: number): number {
  const body = sealedSize - HEADER_BYTES;
  const rest = body % SEALED_SEGMENT_BYTES;
  const onlyEmptyLast = rest === TAG_BYTES && body > SEALED_SEGMENT_BYTES;
  if (body < TAG_BYTES || (rest > 0 && rest < TAG_BYTES) || onlyEmptyLast) throw corrupt('truncated');
  return body - Math.ceil(body / SEALED_SEGMENT_BYTES) * TAG_BYTES;
}

function nonce(header: Uint8Array, index: number, last: boolean): Buffer {
  const bytes = Buffer.allocUnsafe(12);
  bytes.set(header.subarray(SALT_AT, SALT_AT + PREFIX_BYTES));
  bytes.writeUInt32BE(index, PREFIX_BYTES);
  bytes[11] = last ? 1 : 0;
  return bytes;
}

function corrupt(detail: string) {
  return StorageError.corrupt({ params: { detail } });
}
