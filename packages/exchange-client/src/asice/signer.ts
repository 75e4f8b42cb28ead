import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { AsiceError } from './asice-error.ts';

const signAsync = promisify(
  (data: Uint8Array, key: KeyObject, done: (error: Error | null, signature: Buffer) => void) =>
    sign('sha256', data, key, done),
);

export interface AsiceSigner {
  /** RSA, PKCS#8 or PKCS#1. */
  readonly privateKeyPem: string;
  /** The signer's certificate; its chain may follow and is embedded as well. */
  readonly certificatePem: string;
}

export interface PreparedSigner {
  readonly privateKey: KeyObject;
  readonly certificates: readonly pkijs.Certificate[];
  readonly leaf: pkijs.Certificate;
  readonly leafSha256: Buffer;
}

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  sha256: '2.16.840.1.101.3.4.2.1',
  rsaEncryption: '1.2.840.113549.1.1.1',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
};

/** Reads key and certificate once, so that a bad pair is told before anything is sent. */
export function prepareSigner(signer: AsiceSigner): PreparedSigner {
  try {
    const privateKey = createPrivateKey(signer.privateKeyPem);
    if (privateKey.asymmetricKeyType !== 'rsa') throw new Error('Not an RSA key');
    const blocks =
      signer.certificatePem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
    const raw = blocks.map((pem) => new X509Certificate(pem));
    const first = raw[0];
    if (!first?.checkPrivateKey(privateKey)) throw new Error('The certificate is not for this key');
    const certificates = raw.map((each) => pkijs.Certificate.fromBER(each.raw));
    return {
      privateKey,
      certificates,
      leaf: certificates[0] as pkijs.Certificate,
      leafSha256: createHash('sha256').update(first.raw).digest(),
    };
  } catch (error) {
    throw new AsiceError('bad_signer', "The signer's RSA key and certificate cannot be used together", {
      cause: error,
    });
  }
}

/** A detached CMS SignedData over `content` (RFC 5652 section 5), SHA256withRSA, with the attributes of CAdES-BES. */
export async function signDetached(
  content: Uint8Array,
  signer: PreparedSigner,
  signingTime: Date,
): Promise<Buffer> {
  const digest = createHash('sha256').update(content).digest();
  const signedAttrs = signedAttributes(digest, signer, signingTime);
  const signature = await signAsync(asSet(signedAttrs), signer.privateKey);
  const signedData = new pkijs.SignedData({
    version: 1,
    digestAlgorithms: [algorithm(OID.sha256)],
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: OID.data }),
    certificates: [...signer.certificates],
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({
          issuer: signer.leaf.issuer,
          serialNumber: signer.leaf.serialNumber,
        }),
        digestAlgorithm: algorithm(OID.sha256),
        signedAttrs,
        signatureAlgorithm: algorithm(OID.rsaEncryption),
        signature: new asn1js.OctetString({ valueHex: signature }),
      }),
    ],
  });
  const message = new pkijs.ContentInfo({
    contentType: OID.signedData,
    content: signedData.toSchema(true),
  });
  return Buffer.from(message.toSchema().toBER());
}

function signedAttributes(
  digest: Buffer,
  signer: PreparedSigner,
  signingTime: Date,
): pkijs.SignedAndUnsignedAttributes {
  const attributes = [
    new pkijs.Attribute({
      type: OID.contentType,
      values: [new asn1js.ObjectIdentifier({ value: OID.data })],
    }),
    new pkijs.Attribute({ type: OID.signingTime, values: [new asn1js.UTCTime({ valueDate: signingTime })] }),
    new pkijs.Attribute({ type: OID.messageDigest, values: [new asn1js.OctetString({ valueHex: digest })] }),
    new pkijs.Attribute({
      type: OID.signingCertificateV2,
      values: [essCertificate(signer.leafSha256)],
    }),
  ];
  // Verifiers encode the attributes again as DER, whose SET OF is sorted (X.690 section 11.6).
  const encoded = (each: pkijs.Attribute) => Buffer.from(each.toSchema().toBER());
  attributes.sort((a, b) => Buffer.compare(encoded(a), encoded(b)));
  return new pkijs.SignedAndUnsignedAttributes({ type: 0, attributes });
}

/** SigningCertificateV2 (RFC 5035): SHA-256 is the default and is left out. */
function essCertificate(sha256: Buffer): asn1js.Sequence {
  const certificate = new asn1js.Sequence({ value: [new asn1js.OctetString({ valueHex: sha256 })] });
  return new asn1js.Sequence({ value: [new asn1js.Sequence({ value: [certificate] })] });
}

/** What is signed: the attributes as a SET, not with the tag they have in the message (RFC 5652 section 5.4). */
function asSet(attributes: pkijs.SignedAndUnsignedAttributes): Buffer {
  const encoded = Buffer.from(attributes.toSchema().toBER());
  encoded[0] = 0x31;
  return encoded;
}

function algorithm(algorithmId: string): pkijs.AlgorithmIdentifier {
  return new pkijs.AlgorithmIdentifier({ algorithmId, algorithmParams: new asn1js.Null() });
}
