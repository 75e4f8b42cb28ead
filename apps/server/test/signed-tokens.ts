import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unwrapSecret } from '@grunnmur/kernel/crypto';
import type { TestServer } from './harness.ts';

type Claims = Record<string, unknown>;

/** Makes tokens that the built-in issuer would never give, signed with its own key or with another. */
export interface TokenForge {
  readonly kid: string;
  readonly genuineKey: KeyObject;
  readonly otherKey: KeyObject;
  /** Claims of a good token for the organisation. */
  claims(orgnr: string): Claims;
  token(claims: Claims, options?: { key?: KeyObject; header?: Claims }): string;
}

/** Opens the issuer's sealed signing key as nobody but the operator could: with the master key and the database. */
export async function tokenForge(test: TestServer): Promise<TokenForge> {
  const masterKey = Buffer.from(await readFile(join(test.dataDir, 'keys', 'master.key'), 'utf8'), 'base64');
  const { rows } = await test.owner.query(
    `select kid, private_wrapped from access.signing_key where purpose = 'issuer'`,
  );
  const { kid, private_wrapped } = rows[0] as { kid: string; private_wrapped: Buffer };
  const key = unwrapSecret(masterKey, private_wrapped, `access.signing_key:${kid}`);
  const genuineKey = createPrivateKey({ key, type: 'pkcs8', format: 'der' });
  const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const { issuer } = test.access;
  return {
    kid,
    genuineKey,
    otherKey,
    claims: (orgnr) => {
      const now = Math.floor(Date.now() / 1000);
      const consumer = { authority: 'iso6523-actorid-upis', ID: `0192:${orgnr}` };
      return { iss: issuer, iat: now, exp: now + 100, scope: 'ks:fiks', client_id: 'klient', consumer };
    },
    token: (claims, options = {}) => {
      const header = { alg: 'RS256', kid, ...options.header };
      const signed = [header, claims].map(encode).join('.');
      const signature = sign('sha256', Buffer.from(signed), options.key ?? genuineKey);
      return `${signed}.${signature.toString('base64url')}`;
    },
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
