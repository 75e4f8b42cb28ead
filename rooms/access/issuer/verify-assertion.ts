import { createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { isStorable } from '@grunnmur/kernel/db';
import { compactVerify, decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import type { TokenClient } from '../store/oauth-client-store.ts';
import { isIssuedBy, isWithinValidity, readClientCertificate } from './client-certificate.ts';
import { tokenRefused } from './token-refused.ts';

/** Longest assertion, characters: a certificate and a few claims are about 4000. */
export const MAX_ASSERTION_LENGTH = 32 * 1024;
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];
const MIN_RSA_BITS = 2048;

export interface Assertion {
  readonly token: string;
  /** Client id, not verified yet: it chooses whose keys to verify with. */
  readonly iss: string;
  readonly kid: string | undefined;
  readonly x5c: unknown;
}

export interface VerifiedAssertion {
  readonly claims: JWTPayload;
  /** How the client proved itself, as Maskinporten names it in `client_amr`. */
  readonly clientAmr: 'virksomhetssertifikat' | 'private_key_jwt';
}

/** Takes an assertion apart without believing it. */
export function readAssertion(value: unknown): Assertion {
  if (typeof value !== 'string' || value === '' || value.length > MAX_ASSERTION_LENGTH)
    throw tokenRefused('invalid_request', 'assertion is missing, repeated or too long');
  try {
    const { kid, x5c } = decodeProtectedHeader(value);
    const { iss } = decodeJwt(value);
    if (typeof iss === 'string' && iss !== '' && iss.length <= 100 && isStorable(iss))
      return { token: value, iss, kid: typeof kid === 'string' ? kid : undefined, x5c };
  } catch {
    throw tokenRefused('invalid_grant', 'assertion is not a signed JWT');
  }
  throw tokenRefused('invalid_grant', 'iss must be the client id');
}

/**
 * Verifies the signature with a key that belongs to the client: one registered under `kid`, or that of the
 * certificate in `x5c`. A certificate proves nothing by itself, since anybody can make one with any number in it: it
 * must be registered with the client or issued by a trust anchor, and in both cases name the client's organisation.
 *
 * Clients may send both (.NET does); a registered `kid` is used then.
 */
export async function verifyAssertion(
  assertion: Assertion,
  client: TokenClient,
  anchors: readonly X509Certificate[],
  now: Date,
): Promise<VerifiedAssertion> {
  const registered = assertion.kid ? client.keys.find((key) => key.kid === assertion.kid) : undefined;
  if (registered) {
    const key = createPublicKey({ key: registered, format: 'jwk' });
    return { claims: await verifySignature(assertion.token, key), clientAmr: 'private_key_jwt' };
  }
  if (assertion.x5c === undefined)
    throw tokenRefused('invalid_grant', 'The header names neither a registered kid nor a certificate in x5c');
  const key = trustedCertificateKey(assertion.x5c, client, anchors, now);
  return { claims: await verifySignature(assertion.token, key), clientAmr: 'virksomhetssertifikat' };
}

function trustedCertificateKey(
  x5c: unknown,
  client: TokenClient,
  anchors: readonly X509Certificate[],
  now: Date,
): KeyObject {
  const leaf = readClientCertificate(x5c);
  if (!leaf) throw tokenRefused('invalid_grant', 'x5c is not a certificate');
  if (!isWithinValidity(leaf.certificate, now))
    throw tokenRefused('invalid_grant', 'The certificate is not valid at this time');
  const trusted =
    client.certificate_fingerprints.includes(leaf.fingerprint) || isIssuedBy(leaf.certificate, anchors, now);
  if (!trusted)
    throw tokenRefused(
      'invalid_grant',
      'The certificate is neither registered with the client nor from a trusted issuer',
    );
  if (leaf.orgnr !== client.orgnr)
    throw tokenRefused('invalid_grant', 'The certificate belongs to another organisation than the client');
  if (leaf.publicKey.asymmetricKeyType !== 'rsa' || modulusBits(leaf.publicKey) < MIN_RSA_BITS)
    throw tokenRefused('invalid_grant', `The certificate needs an RSA key of at least ${MIN_RSA_BITS} bits`);
  return leaf.publicKey;
}

function modulusBits(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

async function verifySignature(token: string, key: KeyObject): Promise<JWTPayload> {
  try {
    await compactVerify(token, key, { algorithms: ALGORITHMS });
  } catch {
    throw tokenRefused(
      'invalid_grant',
      'The signature is wrong, or its algorithm is not RS256, RS384 or RS512',
    );
  }
  return decodeJwt(token);
}
