import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import * as asn1js from 'asn1js';
import {
  childrenOf,
  integerHex,
  interpret,
  type KeyTransport,
  octetsOf,
  parseElement,
  readKeyTransport,
} from './algorithms.ts';
import {
  type CertificateNames,
  certificateNames,
  nameText,
  publicKeyId,
  rawBytes,
} from './certificate-names.ts';
import { CmsError } from './cms-error.ts';
import { oaepDecode } from './oaep-decode.ts';

/**
 * A key of ours. With its certificate, the recipient is found by issuer and serial number. Without, by trying: then a
 * PKCS#1 v1.5 message to several recipients opens wrongly once in some hundred times, so give it wherever there is one.
 */
export interface DecryptionKey {
  readonly privateKeyPem: string;
  readonly certificatePem?: string;
}

/** A KeyTransRecipientInfo (RFC 5652 section 6.2.1). */
interface Recipient {
  readonly issuer?: asn1js.BaseBlock;
  readonly serialHex?: string;
  readonly keyId?: string;
  readonly algorithm: asn1js.BaseBlock | undefined;
  readonly encryptedKey: Buffer;
}

interface PreparedKey {
  readonly privateKey: KeyObject;
  readonly names?: CertificateNames;
  readonly keyId: string;
}

interface Candidate {
  readonly key: PreparedKey;
  readonly recipient: Recipient;
  readonly certain: boolean;
}

/** RSA operations for one message. Without a bound, a message of a thousand recipients would stop everybody else. */
const MAX_ATTEMPTS = 8;
/** Serial numbers named in an error. */
const MAX_NAMED = 10;

/** Parsed keys, for as long as the caller keeps the key object. */
const preparedKeys = new WeakMap<DecryptionKey, PreparedKey>();

/**
 * Finds the recipient that one of `keys` belongs to and unwraps the content key, `keyBytes` long. A PKCS#1 v1.5 block
 * that does not open gives a random key (RFC 3218 section 2.3.2): the message then fails exactly as one with damaged
 * content does.
 */
export function unwrapContentKey(
  recipientInfos: Uint8Array,
  keys: readonly DecryptionKey[],
  keyBytes: number,
): Buffer {
  const recipients = childrenOf(parseElement(recipientInfos))
    .map((block) => interpret(() => readRecipient(block)))
    .filter((found) => found !== undefined);
  const prepared = keys.map(prepareKey);
  const candidates = interpret(() => findCandidates(recipients, prepared));
  if (candidates.length === 0) throw noMatch(recipients);
  let implicit = false;
  let found: Buffer | undefined;
  // All of them, also after the right one: how many were tried would tell which block opened.
  for (const { key, recipient } of candidates.slice(0, MAX_ATTEMPTS)) {
    const transport = interpret(() => readKeyTransport(recipient.algorithm));
    const opened = decryptBlock(key.privateKey, transport, recipient.encryptedKey);
    if (opened?.length === keyBytes) found ??= opened;
    implicit ||= transport.kind === 'pkcs1';
  }
  if (found) return found;
  if (implicit) return randomBytes(keyBytes);
  if (!candidates.some(({ certain }) => certain)) throw noMatch(recipients);
  throw badKey();
}

export function badKey(): CmsError {
  return new CmsError(
    'bad_key',
    'The CMS message does not open with this key, or its content has been changed',
  );
}

/** Every kind of recipient but key transport ([1] to [4]) is passed over. */
function readRecipient(block: asn1js.BaseBlock): Recipient | undefined {
  if (!(block instanceof asn1js.Sequence)) return undefined;
  const [, id, algorithm, encryptedKey] = childrenOf(block);
  const rest = { algorithm, encryptedKey: octetsOf(encryptedKey) };
  if (!(id instanceof asn1js.Sequence)) return { keyId: octetsOf(id).toString('hex'), ...rest };
  const [issuer, serial] = childrenOf(id);
  return { ...(issuer ? { issuer } : {}), serialHex: integerHex(serial), ...rest };
}

/** Pairs that belong together first, then those that may: a key without certificate, a recipient by serial number. */
function findCandidates(recipients: readonly Recipient[], keys: readonly PreparedKey[]): Candidate[] {
  const pairs = keys.flatMap((key) => recipients.map((recipient) => ({ key, recipient })));
  const certain = pairs.filter(({ key, recipient }) => isNamed(key, recipient));
  const possible = pairs.filter(({ key, recipient }) => !key.names && recipient.keyId === undefined);
  return [
    ...certain.map((pair) => ({ ...pair, certain: true })),
    ...possible.map((pair) => ({ ...pair, certain: false })),
  ];
}

function isNamed(key: PreparedKey, recipient: Recipient): boolean {
  if (recipient.keyId !== undefined)
    return recipient.keyId === key.keyId || key.names?.keyIds.includes(recipient.keyId) === true;
  if (!key.names || !recipient.issuer || recipient.serialHex !== key.names.serialHex) return false;
  return (
    rawBytes(recipient.issuer).equals(key.names.issuer) || nameText(recipient.issuer) === key.names.issuerText
  );
}

function prepareKey(key: DecryptionKey): PreparedKey {
  let found = preparedKeys.get(key);
  if (!found) {
    found = readKey(key);
    preparedKeys.set(key, found);
  }
  return found;
}

function readKey(key: DecryptionKey): PreparedKey {
  try {
    const privateKey = createPrivateKey(key.privateKeyPem);
    if (privateKey.asymmetricKeyType !== 'rsa') throw new Error('Not an RSA key');
    const names =
      key.certificatePem === undefined
        ? undefined
        : certificateNames(new X509Certificate(key.certificatePem).raw);
    return { privateKey, keyId: publicKeyId(createPublicKey(privateKey)), ...(names ? { names } : {}) };
  } catch (error) {
    throw new CmsError('bad_key', 'A decryption key or its certificate cannot be read', { cause: error });
  }
}

/** The RSA block's content; undefined when it does not open. */
function decryptBlock(key: KeyObject, transport: KeyTransport, encrypted: Buffer): Buffer | undefined {
  try {
    if (transport.kind === 'pkcs1')
      return privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, encrypted);
    const { hash, mgfHash, label } = transport;
    if (hash === mgfHash) {
      return privateDecrypt(
        { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash, oaepLabel: label },
        encrypted,
      );
    }
    const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encrypted);
    return oaepDecode(block, hash, mgfHash, label);
  } catch {
    return undefined;
  }
}

function noMatch(recipients: readonly Recipient[]): CmsError {
  const names = recipients.map(({ serialHex, keyId }) => serialHex ?? `key id ${keyId}`);
  const shown =
    names.slice(0, MAX_NAMED).join(', ') +
    (names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '');
  const found =
    names.length === 0
      ? 'it has no recipient with an RSA key'
      : `it is for certificates with serial number ${shown}`;
  return new CmsError('no_matching_recipient', `The CMS message is not for any of these keys: ${found}`);
}
