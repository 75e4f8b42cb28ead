import { hkdfSync, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { newId } from '../../ids/index.ts';
import { createHeader, deriveObjectKey, HEADER_BYTES } from '../segment-cipher.ts';

it('derives the key of an object as HKDF-SHA-256 does', () => {
  const tenantKey = randomBytes(32);
  const header = createHeader(newId());
  const info = Buffer.concat([header.subarray(0, 24), Buffer.from('a/b')]);
  const expected = Buffer.from(hkdfSync('sha256', tenantKey, header.subarray(24, HEADER_BYTES), info, 32));
  expect(deriveObjectKey(tenantKey, header, 'a/b')).toEqual(expected);
});
