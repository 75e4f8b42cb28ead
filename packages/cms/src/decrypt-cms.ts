import { createDecipheriv } from 'node:crypto';
import {
  type ContentCipher,
  interpret,
  OID,
  oidOf,
  parseElement,
  readContentCipher,
  unsupported,
} from './algorithms.ts';
import {
  atEnd,
  type Container,
  type ElementHeader,
  enter,
  leave,
  MAX_DEPTH,
  malformed,
  peekTag,
  readHeader,
  TAG,
  takeElement,
  tooDeep,
} from './ber-tokenizer.ts';
import { type ByteReader, createByteReader } from './byte-reader.ts';
import { CmsError } from './cms-error.ts';
import { badKey, type DecryptionKey, unwrapContentKey } from './unwrap-key.ts';

/** Encrypted bytes are gathered to about this much before they are decrypted: senders write pieces of 1000 bytes. */
const GATHER_BYTES = 32_768;
/** Bytes after the message that are passed over: a line end, padding to a block. */
const MAX_TRAILING_BYTES = 65_536;
const EVERYTHING: Container = { end: undefined };

/**
 * Decrypts a CMS EnvelopedData (RFC 5652 section 6), BER or DER, as it streams in: RSA key transport (PKCS#1 v1.5, or
 * OAEP with any SHA hash), AES or triple DES in CBC mode. Memory use does not depend on the size.
 *
 * The message is complete and whole only when the iteration ends without an error: plaintext given out before that may
 * be the beginning of a cut or changed one, so keep nothing of it after a {@link CmsError}. Even then CBC content is
 * not authenticated (that is for a signature inside), so answer alike for `bad_key` and for content that makes no sense.
 * Reads the source to its end; up to 64 KiB after the message are ignored. How much the source may give is for the
 * caller to limit, as is the plaintext.
 */
export async function* decryptCms(
  source: AsyncIterable<Uint8Array>,
  keys: readonly DecryptionKey[],
): AsyncGenerator<Buffer> {
  yield* decrypt(source, keys, () => {
    throw badKey();
  });
}

/** A message of which it is said only at the end whether it opened. */
export interface LateDecryption {
  /** As {@link decryptCms} gives it; content that does not open is given too, as octets that make no sense. */
  readonly content: AsyncGenerator<Buffer>;
  /** Throws `bad_key` unless all of `content` opened. Ask after it has been used as if it had. */
  readonly check: () => void;
}

/**
 * For who does more with the content before answering, such as storing and reading it: whether the padding of a changed
 * message is right by chance must not be told by how much was done (Vaudenay 2002), so all of it is done either way, and
 * {@link LateDecryption.check} refuses last.
 */
export function decryptCmsLate(
  source: AsyncIterable<Uint8Array>,
  keys: readonly DecryptionKey[],
): LateDecryption {
  let bad = false;
  return {
    content: decrypt(source, keys, () => {
      bad = true;
    }),
    check: () => {
      if (bad) throw badKey();
    },
  };
}

async function* decrypt(
  source: AsyncIterable<Uint8Array>,
  keys: readonly DecryptionKey[],
  onBadPadding: () => void,
): AsyncGenerator<Buffer> {
  const reader = createByteReader(source);
  try {
    const message = await openMessage(reader);
    const contentKey = unwrapContentKey(message.recipientInfos, keys, message.cipher.keyBytes);
    const octets = gathered(contentOctets(reader, message.content, 0));
    yield* decryptContent(contentKey, message.cipher, octets, onBadPadding);
    await finishMessage(reader, message.open);
    if (!(await reader.drain(MAX_TRAILING_BYTES))) throw malformed('too much follows it');
  } finally {
    await reader.close();
  }
}

interface OpenMessage {
  readonly recipientInfos: Buffer;
  readonly cipher: ContentCipher;
  /** The encrypted content, of which nothing has been read. */
  readonly content: ElementHeader;
  /** Elements still open around the content, innermost first. */
  readonly open: {
    encryptedContentInfo: Container;
    envelopedData: Container;
    explicit: Container;
    contentInfo: Container;
  };
}

/** Reads everything before the encrypted octets. */
async function openMessage(reader: ByteReader): Promise<OpenMessage> {
  const contentInfo = await openContentInfo(reader);
  const explicit = await enter(reader, contentInfo, TAG.context0);
  const envelopedData = await enter(reader, explicit, TAG.sequence);
  await takeElement(reader, envelopedData, TAG.integer);
  // originatorInfo: certificates for key agreement, of no use here.
  if ((await peekTag(reader, envelopedData)) === TAG.context0)
    await takeElement(reader, envelopedData, TAG.context0);
  const recipientInfos = await takeElement(reader, envelopedData, TAG.set);
  const encryptedContentInfo = await enter(reader, envelopedData, TAG.sequence);
  await takeElement(reader, encryptedContentInfo, TAG.oid);
  const algorithm = await takeElement(reader, encryptedContentInfo, TAG.sequence);
  const cipher = interpret(() => readContentCipher(algorithm));
  const content = await readHeader(reader, encryptedContentInfo);
  if (content.tag !== TAG.context0 && content.tag !== TAG.context0Primitive)
    throw malformed('no encrypted content');
  return {
    recipientInfos,
    cipher,
    content,
    open: { encryptedContentInfo, envelopedData, explicit, contentInfo },
  };
}

/** Reads as far as the content type, and tells "something else" from "a damaged message". */
async function openContentInfo(reader: ByteReader): Promise<Container> {
  const start = await reader.peek(1);
  if (start.length === 0) throw new CmsError('truncated', 'The CMS message is empty');
  if (start[0] !== TAG.sequence) throw notCms('it does not begin with a SEQUENCE');
  const contentInfo = await readHeader(reader, EVERYTHING);
  const next = await reader.peek(1);
  if (next.length === 1 && next[0] !== TAG.oid) throw notCms('it has no content type');
  const contentType = await takeElement(reader, contentInfo, TAG.oid);
  const type = interpret(() => oidOf(parseElement(contentType)));
  if (type === OID.authEnvelopedData) throw unsupported('AuthEnvelopedData');
  if (type !== OID.envelopedData) throw notCms(`its content type is ${type}`);
  return contentInfo;
}

/** Closes what is open around the content; unprotected attributes (section 6.1) are passed over. */
async function finishMessage(reader: ByteReader, open: OpenMessage['open']): Promise<void> {
  await leave(reader, open.encryptedContentInfo);
  if ((await peekTag(reader, open.envelopedData)) === TAG.context1)
    await takeElement(reader, open.envelopedData, TAG.context1);
  await leave(reader, open.envelopedData);
  await leave(reader, open.explicit);
  await leave(reader, open.contentInfo);
}

/** The octets of an OCTET STRING whose header has been read: primitive, or constructed of others (X.690 section 8.7). */
async function* contentOctets(
  reader: ByteReader,
  element: ElementHeader,
  depth: number,
): AsyncGenerator<Buffer> {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (element.tag === TAG.octetString || element.tag === TAG.context0Primitive) {
    while (reader.position() < element.end!) yield await reader.takeSome(element.end! - reader.position());
    return;
  }
  while (!(await atEnd(reader, element))) {
    const child = await readHeader(reader, element);
    if (child.tag === TAG.octetString) {
      while (reader.position() < child.end!) yield await reader.takeSome(child.end! - reader.position());
    } else if (child.tag === TAG.octetStringConstructed) {
      yield* contentOctets(reader, child, depth + 1);
    } else throw malformed('something else than octet strings in the content');
  }
}

async function* gathered(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    bytes += piece.length;
    if (bytes < GATHER_BYTES) continue;
    yield held.length === 1 ? piece : Buffer.concat(held, bytes);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held, bytes);
}

/** The last block is held back until it is known to be the last, and its padding taken off here (RFC 5652 section 6.3). */
async function* decryptContent(
  key: Buffer,
  cipher: ContentCipher,
  content: AsyncIterable<Buffer>,
  onBadPadding: () => void,
): AsyncGenerator<Buffer> {
  const decipher = createDecipheriv(cipher.name, key, cipher.iv).setAutoPadding(false);
  const { blockBytes } = cipher;
  let last: Buffer = Buffer.alloc(0);
  let received = 0;
  for await (const octets of content) {
    received += octets.length;
    const plain = decipher.update(octets);
    if (plain.length === 0) continue;
    if (last.length > 0) yield last;
    if (plain.length > blockBytes) yield plain.subarray(0, -blockBytes);
    last = plain.subarray(-blockBytes);
  }
  // The length is there for everybody to see: nothing is told by refusing at once what is no whole number of blocks.
  if (received === 0 || received % blockBytes !== 0) throw badKey();
  const padding = paddingOf(last);
  if (padding === 0) onBadPadding();
  const kept = last.subarray(0, blockBytes - Math.max(padding, 1));
  if (kept.length > 0) yield kept;
}

/** How many octets of the last block are padding; 0 when it is not right, after the same work. */
function paddingOf(block: Buffer): number {
  const count = block[block.length - 1]!;
  let wrong = Number(count === 0) | Number(count > block.length);
  for (let place = 0; place < block.length; place++) {
    const inPadding = Number(place >= block.length - count);
    wrong |= inPadding & Number(block[place] !== count);
  }
  return wrong === 0 ? count : 0;
}

function notCms(why: string): CmsError {
  return new CmsError('not_cms', `Not a CMS EnvelopedData: ${why}`);
}
