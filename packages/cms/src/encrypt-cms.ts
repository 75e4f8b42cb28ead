import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import { Readable } from 'node:stream';
import * as asn1js from 'asn1js';
import { OID } from './algorithms.ts';
import { TAG } from './ber-tokenizer.ts';
import { type CertificateNames, certificateNames } from './certificate-names.ts';
import { CmsError } from './cms-error.ts';

export interface EncryptCmsOptions {
  /**
   * How the content key travels: `oaep` is RSAES-OAEP with SHA-256, MGF1-SHA-256 and an empty label; `pkcs1` is PKCS#1
   * v1.5, for old receivers that know nothing else.
   */
  readonly transport: 'oaep' | 'pkcs1';
}

interface RecipientCertificate {
  readonly certificate: X509Certificate;
  readonly names: CertificateNames;
}

/** Size of the octet strings that the content is written as; only the last is shorter. */
const PIECE_BYTES = 32_768;
/** SEQUENCE, [0] and [0] around the content, all of indefinite length. */
const OPEN_SEQUENCE = Buffer.of(0x30, 0x80);
const OPEN_CONTEXT0 = Buffer.of(0xa0, 0x80);
const VERSION_0 = Buffer.of(0x02, 1, 0);
const NULL = Buffer.of(0x05, 0);
const END_OF_CONTENTS = Buffer.alloc(2);
const OPEN_ELEMENTS = 5;

/**
 * Encrypts `source` for the holders of all `certificatesPem` (RSA) as a CMS EnvelopedData (RFC 5652 section 6):
 * AES-256-CBC, recipients named by issuer and serial number, BER of indefinite length, so that it streams with
 * constant memory. An unusable certificate is a {@link CmsError} at once; an error of the source destroys the stream.
 */
export function encryptCms(
  source: AsyncIterable<Uint8Array>,
  certificatesPem: readonly string[],
  options: EncryptCmsOptions,
): Readable {
  if (certificatesPem.length === 0) throw new CmsError('bad_certificate', 'A CMS message needs a recipient');
  const key = randomBytes(32);
  const iv = randomBytes(16);
  const recipients = certificatesPem
    .map(readCertificate)
    .map((recipient) => recipientInfo(recipient, key, options));
  const message = Readable.from(encryptedMessage(source, recipients, key, iv), {
    objectMode: false,
    highWaterMark: PIECE_BYTES,
  });
  // The generator closes the source, but only once it has begun.
  if (source instanceof Readable) message.once('close', () => source.destroy());
  return message;
}

async function* encryptedMessage(
  source: AsyncIterable<Uint8Array>,
  recipients: Buffer[],
  key: Buffer,
  iv: Buffer,
): AsyncGenerator<Buffer> {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  let held: Buffer[] = [messageHead(recipients, iv)];
  let pending: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    // A source may hand over a whole file at once; it is cut here as anything else is.
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const sealed = cipher.update(chunk.subarray(at, at + PIECE_BYTES));
      pending.push(sealed);
      bytes += sealed.length;
      if (bytes < PIECE_BYTES) continue;
      const whole = Buffer.concat(pending, bytes);
      yield Buffer.concat([...held, element(TAG.octetString, whole.subarray(0, PIECE_BYTES))]);
      held = [];
      pending = [whole.subarray(PIECE_BYTES)];
      bytes -= PIECE_BYTES;
    }
  }
  const rest = Buffer.concat([...pending, cipher.final()]);
  yield Buffer.concat([
    ...held,
    element(TAG.octetString, rest),
    ...new Array<Buffer>(OPEN_ELEMENTS).fill(END_OF_CONTENTS),
  ]);
}

/** ContentInfo and EnvelopedData as far as the first octet string of the content. */
function messageHead(recipients: Buffer[], iv: Buffer): Buffer {
  return Buffer.concat([
    OPEN_SEQUENCE,
    oid(OID.envelopedData),
    OPEN_CONTEXT0,
    OPEN_SEQUENCE,
    // Version 0: all recipients are named by issuer and serial number and there is nothing optional (section 6.1).
    VERSION_0,
    element(TAG.set, ...recipients.sort(Buffer.compare)),
    OPEN_SEQUENCE,
    oid(OID.data),
    element(TAG.sequence, oid(OID.aes256Cbc), element(TAG.octetString, iv)),
    OPEN_CONTEXT0,
  ]);
}

/** KeyTransRecipientInfo (section 6.2.1). */
function recipientInfo(
  { certificate, names }: RecipientCertificate,
  contentKey: Buffer,
  { transport }: EncryptCmsOptions,
): Buffer {
  const key = certificate.publicKey;
  const encryptedKey =
    transport === 'oaep'
      ? publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, contentKey)
      : publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, contentKey);
  return element(
    TAG.sequence,
    VERSION_0,
    element(TAG.sequence, names.issuer, element(TAG.integer, names.serial)),
    transport === 'oaep' ? oaepAlgorithm() : algorithmIdentifier(OID.rsaEncryption),
    element(TAG.octetString, encryptedKey),
  );
}

/** RSAES-OAEP (RFC 4055 section 4.1); the label source is left at its default. */
function oaepAlgorithm(): Buffer {
  const sha256 = algorithmIdentifier(OID.sha256);
  const mgf1 = element(TAG.sequence, oid(OID.mgf1), sha256);
  const parameters = element(TAG.sequence, element(TAG.context0, sha256), element(TAG.context1, mgf1));
  return element(TAG.sequence, oid(OID.rsaesOaep), parameters);
}

function readCertificate(pem: string): RecipientCertificate {
  try {
    const certificate = new X509Certificate(pem);
    if (certificate.publicKey.asymmetricKeyType !== 'rsa') throw new Error('Not an RSA key');
    return { certificate, names: certificateNames(certificate.raw) };
  } catch (error) {
    throw new CmsError('bad_certificate', 'A recipient certificate cannot be read, or has no RSA key', {
      cause: error,
    });
  }
}

function algorithmIdentifier(id: string): Buffer {
  return element(TAG.sequence, oid(id), NULL);
}

function oid(value: string): Buffer {
  return Buffer.from(new asn1js.ObjectIdentifier({ value }).toBER());
}

/** One DER element (X.690 section 10.1): the shortest definite length. */
function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), ...parts]);
  const octets = Math.ceil(Math.log2(length + 1) / 8);
  const head = Buffer.of(tag, 0x80 | octets, 0, 0, 0, 0);
  head.writeUIntBE(length, 2, octets);
  return Buffer.concat([head.subarray(0, 2 + octets), ...parts]);
}
