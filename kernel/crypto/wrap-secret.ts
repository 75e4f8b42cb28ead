import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OVERHEAD = 1 + NONCE_BYTES + TAG_BYTES;

/** The wrapped bytes were made with another key or context, or have been changed. */
export class UnwrapError extends Error {
  constructor() {
    super('The wrapped secret does not open with this key and context');
    this.name = 'UnwrapError';
  }
}

/**
 * Encrypts a small secret (a key, a password) for storage: AES-256-GCM, answer = version ‖ nonce ‖ ciphertext ‖ tag,
 * 29 bytes longer than `secret`. `aad` names where it belongs (`table:id`), so that a row copied over another one
 * does not open. `masterKey` is 32 bytes; with random nonces one key may wrap up to 2^32 secrets (NIST SP 800-38D §8.3).
 */
export function wrapSecret(masterKey: Uint8Array, secret: Uint8Array, aad: string): Buffer {
  requireKey(masterKey);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', masterKey, nonce).setAAD(Buffer.from(aad, 'utf8'));
  return Buffer.concat([
    Buffer.of(VERSION),
    nonce,
    cipher.update(secret),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

/** Opens what {@link wrapSecret} made with the same key and `aad`; otherwise {@link UnwrapError}. */
export function unwrapSecret(masterKey: Uint8Array, wrapped: Uint8Array, aad: string): Buffer {
  requireKey(masterKey);
  if (wrapped.length < OVERHEAD || wrapped[0] !== VERSION) throw new UnwrapError();
  const nonce = wrapped.subarray(1, 1 + NONCE_BYTES);
  const tag = wrapped.subarray(wrapped.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', masterKey, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(aad, 'utf8')).setAuthTag(tag);
  try {
    const body = decipher.update(wrapped.subarray(1 + NONCE_BYTES, wrapped.length - TAG_BYTES));
    return Buffer.concat([body, decipher.final()]);
  } catch {
    throw new UnwrapError();
  }
}

function requireKey(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new Error(`A master key is ${KEY_BYTES} bytes, not ${key.length}`);
}
