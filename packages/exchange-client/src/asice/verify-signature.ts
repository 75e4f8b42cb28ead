import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { AsiceError } from './asice-error.ts';
import { DIGEST_BY_OID, type DigestName } from './digest-algorithms.ts';

/** Who signed a container. The certificate is only known to fit the signature: its chain is not validated (fiks-io §4.1). */
export interface ContainerSigner {
  readonly certificatePem: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
}

const OID_MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const OID_SUBJECT_KEY_ID = '2.5.29.14';
const MAX_SIGNERS = 16;

/** PKCS#1 v1.5 (the digest from the algorithm itself, or from the SignerInfo), PSS with its own parameters, ECDSA. */
const SIGNATURES: Readonly<Record<string, { readonly key: 'rsa' | 'ec'; readonly digest?: DigestName }>> = {
  '1.2.840.113549.1.1.1': { key: 'rsa' },
  '1.2.840.113549.1.1.5': { key: 'rsa', digest: 'sha1' },
  '1.2.840.113549.1.1.11': { key: 'rsa', digest: 'sha256' },
  '1.2.840.113549.1.1.12': { key: 'rsa', digest: 'sha384' },
  '1.2.840.113549.1.1.13': { key: 'rsa', digest: 'sha512' },
  '1.2.840.10045.4.1': { key: 'ec', digest: 'sha1' },
  '1.2.840.10045.4.3.2': { key: 'ec', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { key: 'ec', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { key: 'ec', digest: 'sha512' },
};

/**
 * Verifies a detached CMS SignedData over `content` (RFC 5652 section 5.6). Every SignerInfo must be right (the .NET writer has
 * two for one key) and its certificate be inside. Gives the signers, each certificate once.
 */
export function verifyDetached(content: Uint8Array, signature: Uint8Array): ContainerSigner[] {
  try {
    return signersOf(content, signature);
  } catch (error) {
    // The library takes a structure for what it should be, and stumbles over what it is not.
    throw error instanceof AsiceError ? error : bad('cannot be read', error);
  }
}

function signersOf(content: Uint8Array, signature: Uint8Array): ContainerSigner[] {
  const signedData = parse(signature);
  if (signedData.signerInfos.length === 0) throw bad('has no signer');
  if (signedData.signerInfos.length > MAX_SIGNERS) throw bad('has too many signers');
  const certificates = (signedData.certificates ?? []).filter(
    (each): each is pkijs.Certificate => each instanceof pkijs.Certificate,
  );
  const found = new Map<string, ContainerSigner>();
  for (const info of signedData.signerInfos) {
    const certificate = certificates.find((each) => isSignerOf(info, each));
    if (!certificate) throw bad('lacks the certificate of a signer');
    const x509 = toX509(certificate);
    if (!holds(info, content, x509.publicKey)) throw bad('does not fit the manifest');
    found.set(x509.fingerprint256, describe(x509));
  }
  return [...found.values()];
}

function parse(signature: Uint8Array): pkijs.SignedData {
  try {
    const message = pkijs.ContentInfo.fromBER(Buffer.from(signature));
    return new pkijs.SignedData({ schema: message.content });
  } catch (cause) {
    throw bad('is not a CMS SignedData', cause);
  }
}

function isSignerOf(info: pkijs.SignerInfo, certificate: pkijs.Certificate): boolean {
  if (info.sid instanceof pkijs.IssuerAndSerialNumber) {
    return (
      info.sid.serialNumber.isEqual(certificate.serialNumber) && info.sid.issuer.isEqual(certificate.issuer)
    );
  }
  const identifier = (info.sid as { valueBlock?: { valueHexView?: Uint8Array } }).valueBlock?.valueHexView;
  const extension = certificate.extensions?.find(({ extnID }) => extnID === OID_SUBJECT_KEY_ID)?.parsedValue;
  return (
    identifier !== undefined &&
    extension instanceof asn1js.OctetString &&
    Buffer.compare(identifier, extension.valueBlock.valueHexView) === 0
  );
}

function holds(info: pkijs.SignerInfo, content: Uint8Array, key: KeyObject): boolean {
  const digestOid = info.digestAlgorithm.algorithmId;
  const digest = Object.hasOwn(DIGEST_BY_OID, digestOid) ? DIGEST_BY_OID[digestOid] : undefined;
  if (!digest) throw unsupported(digestOid);
  if (info.signedAttrs) {
    const stated = info.signedAttrs.attributes.filter(({ type }) => type === OID_MESSAGE_DIGEST);
    const value: unknown = stated[0]?.values[0];
    if (stated.length !== 1 || !(value instanceof asn1js.OctetString)) return false;
    const actual = createHash(digest).update(content).digest();
    if (!actual.equals(value.valueBlock.valueHexView)) return false;
  }
  const algorithm = info.signatureAlgorithm.algorithmId;
  const rule = Object.hasOwn(SIGNATURES, algorithm) ? SIGNATURES[algorithm] : undefined;
  if (!rule) throw unsupported(algorithm);
  if (key.asymmetricKeyType !== rule.key) return false;
  // With attributes, they are what is signed (section 5.4); the library keeps them with the tag of a SET.
  const signed = info.signedAttrs ? new Uint8Array(info.signedAttrs.encodedValue) : content;
  return verify(rule.digest ?? digest, signed, key, info.signature.valueBlock.valueHexView);
}

function toX509(certificate: pkijs.Certificate): X509Certificate {
  try {
    const x509 = new X509Certificate(Buffer.from(certificate.toSchema().toBER()));
    return x509;
  } catch (cause) {
    throw bad('has a certificate that cannot be read', cause);
  }
}

function describe(certificate: X509Certificate): ContainerSigner {
  return {
    certificatePem: certificate.toString(),
    subject: certificate.subject,
    issuer: certificate.issuer,
    serialNumber: certificate.serialNumber,
  };
}

function bad(what: string, cause?: unknown): AsiceError {
  return new AsiceError('bad_signature', `The signature ${what}`, { cause });
}

function unsupported(oid: string): AsiceError {
  return new AsiceError('unsupported_algorithm', `Unsupported in a signature: ${oid}`);
}
