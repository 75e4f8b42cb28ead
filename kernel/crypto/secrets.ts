import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** 40 characters of 62 carry 238 bits, above the 192 that {@link hashSecret} relies on. */
const SECRET_LENGTH = 40;
const SALT_BYTES = 16;
/** Longest secret that is looked at; a caller's password field has no business being longer. */
const MAX_SECRET_BYTES = 1024;
const FORMAT = 'hmac-sha256';

/**
 * A new password for a machine: 238 random bits as ASCII letters and digits. Nothing but ASCII, because clients of
 * HTTP Basic disagree on the encoding of anything else; nothing that needs escaping in a URL, a shell or a form.
 */
export function generateSecret(): string {
  let secret = '';
  while (secret.length < SECRET_LENGTH) {
    // 248 is the largest multiple of 62 in a byte: taking the rest of larger ones would favour some letters.
    for (const byte of randomBytes(SECRET_LENGTH * 2)) {
      if (byte < 248 && secret.length < SECRET_LENGTH) secret += ALPHABET[byte % 62];
    }
  }
  return secret;
}

/** `bytes` random bytes (default 32) as base64url: state, nonce, session and one-time tokens. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/**
 * What to store of a secret made by {@link generateSecret}: `hmac-sha256$<salt>$<mac>`.
 *
 * Deliberately fast. A slow function (scrypt, Argon2) buys time against guessing words people choose; a secret of at
 * least 192 random bits cannot be guessed at any speed, and these are checked on every call of a machine client.
 * Never use it for a password that a person has chosen.
 */
export function hashSecret(secret: string): string {
  const salt = randomBytes(SALT_BYTES);
  return `${FORMAT}$${salt.toString('base64url')}$${mac(salt, secret).toString('base64url')}`;
}

/** True when `secret` is the one `stored` was made from. Takes the same time wherever they differ; never throws. */
export function verifySecret(secret: string, stored: string): boolean {
  const [format, salt, expected] = stored.split('$');
  if (format !== FORMAT || !salt || !expected || Buffer.byteLength(secret) > MAX_SECRET_BYTES) return false;
  const wanted = Buffer.from(expected, 'base64url');
  const actual = mac(Buffer.from(salt, 'base64url'), secret);
  return wanted.length === actual.length && timingSafeEqual(wanted, actual);
}

function mac(salt: Buffer, secret: string): Buffer {
  return createHmac('sha256', salt).update(secret, 'utf8').digest();
}
