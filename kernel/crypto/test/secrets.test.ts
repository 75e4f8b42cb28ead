import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  generateSecret,
  hashSecret,
  randomToken,
  UnwrapError,
  unwrapSecret,
  verifySecret,
  wrapSecret,
} from '../index.ts';

describe('generated secrets', () => {
  it('are long, ASCII letters and digits, and never the same', () => {
    const secrets = new Set(Array.from({ length: 500 }, generateSecret));
    expect(secrets.size).toBe(500);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9]{40}$/);
  });

  it('use every letter of the alphabet about equally', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 1000; i++)
      for (const letter of generateSecret()) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // 40 000 letters, 645 of each expected; 8 standard deviations either way.
    for (const count of counts.values()) expect(Math.abs(count - 645)).toBeLessThan(205);
  });

  it('give tokens of the asked length', () => {
    expect(Buffer.from(randomToken(), 'base64url')).toHaveLength(32);
    expect(Buffer.from(randomToken(16), 'base64url')).toHaveLength(16);
    expect(randomToken()).toMatch(/^[\w-]+$/);
  });
});

describe('hashSecret', () => {
  it('recognises the secret and only it', () => {
    const secret = generateSecret();
    const stored = hashSecret(secret);
    expect(verifySecret(secret, stored)).toBe(true);
    expect(verifySecret(`${secret}x`, stored)).toBe(false);
    expect(verifySecret(secret.slice(1), stored)).toBe(false);
    expect(verifySecret('', stored)).toBe(false);
  });

  it('does not store the secret and salts each one', () => {
    const secret = generateSecret();
    expect(hashSecret(secret)).not.toContain(secret);
    expect(hashSecret(secret)).not.toBe(hashSecret(secret));
  });

  it('answers false, not an error, for a damaged stored value or an absurd secret', () => {
    for (const stored of ['', 'x', 'hmac-sha256$', 'hmac-sha256$a$', 'hmac-sha256$a$b', 'md5$a$b', '$$']) {
      expect(verifySecret('secret', stored)).toBe(false);
    }
    const long = 'a'.repeat(2000);
    expect(verifySecret(long, hashSecret(long))).toBe(false);
  });
});

describe('wrapSecret', () => {
  const key = randomBytes(32);
  const secret = Buffer.from('en hemmelighet');

  it('gives the secret back with the same key and context', () => {
    expect(unwrapSecret(key, wrapSecret(key, secret, 'row:1'), 'row:1')).toEqual(secret);
    expect(unwrapSecret(key, wrapSecret(key, Buffer.alloc(0), ''), '')).toHaveLength(0);
  });

  it('does not open with another key, another context, or any bit changed', () => {
    const wrapped = wrapSecret(key, secret, 'row:1');
    expect(() => unwrapSecret(randomBytes(32), wrapped, 'row:1')).toThrow(UnwrapError);
    expect(() => unwrapSecret(key, wrapped, 'row:2')).toThrow(UnwrapError);
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const changed = Buffer.from(wrapped);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => unwrapSecret(key, changed, 'row:1')).toThrow(UnwrapError);
    }
  });

  it('does not open when cut at any length', () => {
    const wrapped = wrapSecret(key, secret, 'row:1');
    for (let length = 0; length < wrapped.length; length++) {
      expect(() => unwrapSecret(key, wrapped.subarray(0, length), 'row:1')).toThrow(UnwrapError);
    }
  });

  it('refuses a key of the wrong length', () => {
    expect(() => wrapSecret(randomBytes(16), secret, '')).toThrow('32 bytes');
  });
});
