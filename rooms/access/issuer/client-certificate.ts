import { type KeyObject, X509Certificate } from 'node:crypto';

/** What the issuer needs to know of a certificate in a request's `x5c`. */
export interface ClientCertificate {
  readonly certificate: X509Certificate;
  readonly publicKey: KeyObject;
  /** SHA-256 of the DER bytes, lower-case hex. */
  readonly fingerprint: string;
  /** The organisation the certificate was issued to, when it names one. */
  readonly orgnr: string | undefined;
}

/** Longest base64 text of one certificate; enterprise certificates are about 2500. */
const MAX_LENGTH = 16 * 1024;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The leaf of `x5c` (RFC 7515 §4.1.6: base64 DER, not base64url). The published clients send exactly one entry; any
 * further ones are not looked at. `undefined` when it is not a readable certificate.
 */
export function readClientCertificate(x5c: unknown): ClientCertificate | undefined {
  const leaf: unknown = Array.isArray(x5c) ? x5c[0] : undefined;
  if (typeof leaf !== 'string' || leaf.length > MAX_LENGTH || !BASE64.test(leaf)) return undefined;
  try {
    const certificate = new X509Certificate(Buffer.from(leaf, 'base64'));
    return {
      certificate,
      publicKey: certificate.publicKey,
      fingerprint: fingerprintOf(certificate),
      orgnr: certificateOrgnr(certificate),
    };
  } catch {
    return undefined;
  }
}

export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

export function isWithinValidity(certificate: X509Certificate, now: Date): boolean {
  return certificate.validFromDate <= now && now <= certificate.validToDate;
}

/**
 * Signed by one of the trust anchors, which must themselves be valid. A request carries the leaf alone, so the
 * anchors are the certificate authorities that issue enterprise certificates directly, not their roots.
 */
export function isIssuedBy(
  certificate: X509Certificate,
  anchors: readonly X509Certificate[],
  now: Date,
): boolean {
  return anchors.some(
    (anchor) =>
      anchor.ca &&
      isWithinValidity(anchor, now) &&
      certificate.checkIssued(anchor) &&
      certificate.verify(anchor.publicKey),
  );
}

/**
 * Where Norwegian enterprise certificates carry the organisation number: organizationIdentifier `NTRNO-<orgnr>`
 * (SEID profile 2, ETSI EN 319 412-1 §5.1.4), or serialNumber (SEID profile 1).
 */
function certificateOrgnr(certificate: X509Certificate): string | undefined {
  const subject = certificate.toLegacyObject().subject as unknown as Record<string, unknown>;
  const identifier = subject.organizationIdentifier;
  if (identifier !== undefined) return matchText(identifier, /^NTRNO-(\d{9})$/);
  return matchText(subject.serialNumber, /^(\d{9})$/);
}

/** A repeated attribute is an array here; which of the values would count is anybody's guess, so none does. */
function matchText(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' ? pattern.exec(value)?.[1] : undefined;
}
