import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { CompactSign, compactVerify } from 'jose';

const signAsync = promisify(sign);

/** The sender's business certificate (virksomhetssertifikat) and its private key. */
export interface DpiCredentials {
  readonly privateKeyPem: string;
  /** Leaf first, then every issuer up to and with the root. */
  readonly certificateChainPem: readonly [string, ...string[]];
}

export interface DpiSigner {
  /** DER of the chain in base64, leaf first. */
  readonly chain: readonly string[];
  /** Whose certificate it is, when it says so. */
  readonly orgnr: string | undefined;
  /** SHA-1 of the leaf in base64; the parcel profile demands SHA-1 here (dokumentpakke, sikkerhet, krav 5.1). */
  readonly certificateSha1: string;
  /** RFC 2253 name of the leaf's issuer. */
  readonly issuerName: string;
  /** Decimal. */
  readonly serialNumber: string;
  /** RSA PKCS#1 v1.5 with SHA-256, base64; runs on the thread pool. */
  rsaSha256(data: string): Promise<string>;
  /** Compact JWS, RS256, with the leaf in `x5c`. */
  jws(payload: object): Promise<string>;
}

/** Reads key and certificates once. Throws when they do not belong together. */
export function createDpiSigner(credentials: DpiCredentials): DpiSigner {
  const key = createPrivateKey(credentials.privateKeyPem);
  const certificates = credentials.certificateChainPem.map((pem) => new X509Certificate(pem));
  const [leaf] = certificates;
  if (!leaf?.checkPrivateKey(key)) throw new Error('The private key does not belong to the certificate');
  const chain = certificates.map((certificate) => certificate.raw.toString('base64'));
  const header = { alg: 'RS256', x5c: chain.slice(0, 1) };
  return {
    chain,
    orgnr: certificateOrgnr(leaf),
    certificateSha1: createHash('sha1').update(leaf.raw).digest('base64'),
    issuerName: leaf.issuer.split('\n').reverse().join(','),
    serialNumber: BigInt(`0x${leaf.serialNumber}`).toString(),
    rsaSha256: async (data) => (await signAsync('sha256', Buffer.from(data), key)).toString('base64'),
    jws: (payload) =>
      new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader(header).sign(key),
  };
}

/** Verifies a compact JWS whose signer is in `x5c`. Rejects when signature, form or signer is not good. */
export type JwsVerifier = (jws: string) => Promise<{ payload: unknown; certificate: X509Certificate }>;

/**
 * A verifier that trusts signers that are one of `trustedPem`, or whose certificate one of them issued, directly or
 * through the chain in `x5c`, and that are valid at `now`. Signers already judged are remembered.
 */
export function createJwsVerifier(trustedPem: readonly string[], now: () => Date): JwsVerifier {
  const trusted = trustedPem.map((pem) => new X509Certificate(pem));
  const judged = new Map<string, X509Certificate>();

  function signer(x5c: readonly string[] | undefined): X509Certificate {
    const key = x5c?.join() ?? '';
    const known = judged.get(key);
    if (known) return known;
    const chain = (x5c ?? []).slice(0, 6).map((der) => new X509Certificate(Buffer.from(der, 'base64')));
    const leaf = chain[0];
    if (!leaf || !isTrusted(chain, trusted)) throw new Error('The signer is not trusted');
    if (judged.size >= 100) judged.clear();
    judged.set(key, leaf);
    return leaf;
  }

  return async (jws) => {
    let certificate: X509Certificate | undefined;
    const { payload } = await compactVerify(
      jws,
      (header) => {
        certificate = signer(header?.x5c);
        if (!isValidAt(certificate, now())) throw new Error('The signer has expired');
        return certificate.publicKey;
      },
      { algorithms: ['RS256'] },
    );
    if (!certificate) throw new Error('No signer');
    return { payload: JSON.parse(Buffer.from(payload).toString('utf8')) as unknown, certificate };
  };
}

/** The organisation a business certificate was issued to (serialNumber, or NTRNO organizationIdentifier). */
export function certificateOrgnr(certificate: X509Certificate): string | undefined {
  return /^(?:serialNumber|organizationIdentifier)=(?:NTRNO-)?(\d{9})$/m.exec(certificate.subject)?.[1];
}

function isTrusted(chain: readonly X509Certificate[], trusted: readonly X509Certificate[]): boolean {
  for (const [index, certificate] of chain.entries()) {
    if (trusted.some((root) => root.raw.equals(certificate.raw) || issued(root, certificate))) return true;
    const next = chain[index + 1];
    if (!next || !issued(next, certificate)) return false;
  }
  return false;
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isValidAt(certificate: X509Certificate, at: Date): boolean {
  return certificate.validFromDate <= at && at <= certificate.validToDate;
}
