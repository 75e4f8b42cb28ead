import * as asn1js from 'asn1js';
import { MAX_DEPTH, malformed, tooDeep } from './ber-tokenizer.ts';
import { CmsError } from './cms-error.ts';

export const OID = {
  data: '1.2.840.113549.1.7.1',
  envelopedData: '1.2.840.113549.1.7.3',
  authEnvelopedData: '1.2.840.113549.1.9.16.1.23',
  rsaEncryption: '1.2.840.113549.1.1.1',
  rsaesOaep: '1.2.840.113549.1.1.7',
  mgf1: '1.2.840.113549.1.1.8',
  pSpecified: '1.2.840.113549.1.1.9',
  sha256: '2.16.840.1.101.3.4.2.1',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  subjectKeyIdentifier: '2.5.29.14',
} as const;

/** Hash functions of RSAES-OAEP (RFC 4055 section 2.1), under Node's names. */
const HASHES: Record<string, string> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  [OID.sha256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Content encryption with a key of so many bytes (RFC 3565, RFC 3370 section 5.1), under Node's names. */
const CONTENT_CIPHERS: Record<string, { name: string; keyBytes: number; blockBytes: number }> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16, blockBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24, blockBytes: 16 },
  [OID.aes256Cbc]: { name: 'aes-256-cbc', keyBytes: 32, blockBytes: 16 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8 },
};

export interface ContentCipher {
  readonly name: string;
  readonly keyBytes: number;
  readonly blockBytes: number;
  readonly iv: Buffer;
}

export type KeyTransport =
  | { readonly kind: 'pkcs1' }
  | { readonly kind: 'oaep'; readonly hash: string; readonly mgfHash: string; readonly label: Buffer };

/** Parses one whole BER element; `malformed` when it is not one. */
export function parseElement(bytes: Uint8Array): asn1js.BaseBlock {
  const { offset, result } = interpret(() =>
    asn1js.fromBER(bytes, { maxDepth: MAX_DEPTH, maxNodes: 50_000, parseEmbedded: false }),
  );
  if (result.error.includes('nesting depth')) throw tooDeep();
  if (offset !== bytes.length || result.error) throw malformed('unreadable ASN.1');
  return result as asn1js.BaseBlock;
}

/** Runs `read` over untrusted ASN.1: whatever asn1js throws at odd content becomes `malformed`. */
export function interpret<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof CmsError
      ? error
      : new CmsError('malformed', 'The CMS message holds unreadable ASN.1', { cause: error });
  }
}

/** The elements of a SEQUENCE, SET or constructed context tag. */
export function childrenOf(block: asn1js.BaseBlock | undefined): asn1js.BaseBlock[] {
  if (!(block instanceof asn1js.Constructed)) throw malformed('a value where elements should be');
  return block.valueBlock.value as asn1js.BaseBlock[];
}

export function oidOf(block: asn1js.BaseBlock | undefined): string {
  if (!(block instanceof asn1js.ObjectIdentifier)) throw malformed('no object identifier');
  return block.getValue();
}

/** Bytes of an OCTET STRING, also one tagged [n] IMPLICIT, primitive or constructed. */
export function octetsOf(block: asn1js.BaseBlock | undefined): Buffer {
  if (block instanceof asn1js.OctetString) return Buffer.from(block.getValue());
  if (block instanceof asn1js.Primitive) return Buffer.from(block.valueBlock.valueHexView);
  return Buffer.concat(childrenOf(block).map(octetsOf));
}

/** Bytes of an INTEGER without leading zeros, in hex. */
export function integerHex(block: asn1js.BaseBlock | undefined): string {
  if (!(block instanceof asn1js.Integer)) throw malformed('no integer');
  const hex = Buffer.from(block.valueBlock.valueHexView).toString('hex');
  return hex.replace(/^(00)+(?=..)/, '');
}

/** Reads a ContentEncryptionAlgorithmIdentifier. */
export function readContentCipher(element: Uint8Array): ContentCipher {
  const [algorithm, parameters] = childrenOf(parseElement(element));
  const oid = oidOf(algorithm);
  const cipher = CONTENT_CIPHERS[oid];
  if (!cipher) throw unsupported(`content encryption ${oid}`);
  const iv = octetsOf(parameters);
  if (iv.length !== cipher.blockBytes) throw malformed('an initialisation vector of wrong length');
  return { ...cipher, iv };
}

/** Reads a KeyEncryptionAlgorithmIdentifier. */
export function readKeyTransport(block: asn1js.BaseBlock | undefined): KeyTransport {
  const [algorithm, parameters] = childrenOf(block);
  const oid = oidOf(algorithm);
  if (oid === OID.rsaEncryption) return { kind: 'pkcs1' };
  if (oid !== OID.rsaesOaep) throw unsupported(`key transport ${oid}`);
  return readOaepParameters(parameters);
}

/** RSAES-OAEP-params (RFC 4055 section 4.1): what is absent is SHA-1 and an empty label. */
function readOaepParameters(block: asn1js.BaseBlock | undefined): KeyTransport {
  const fields = block instanceof asn1js.Constructed ? childrenOf(block) : [];
  const field = (tag: number) => {
    const found = fields.find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === tag);
    return found && childrenOf(childrenOf(found)[0]);
  };
  const mgf = field(1);
  if (mgf && oidOf(mgf[0]) !== OID.mgf1) throw unsupported(`mask generation ${oidOf(mgf[0])}`);
  const source = field(2);
  if (source && oidOf(source[0]) !== OID.pSpecified)
    throw unsupported(`OAEP label source ${oidOf(source[0])}`);
  return {
    kind: 'oaep',
    hash: hashName(field(0)?.[0]),
    mgfHash: hashName(mgf && childrenOf(mgf[1])[0]),
    label: source?.[1] ? octetsOf(source[1]) : Buffer.alloc(0),
  };
}

function hashName(oid: asn1js.BaseBlock | undefined): string {
  if (!oid) return 'sha1';
  const name = HASHES[oidOf(oid)];
  if (!name) throw unsupported(`hash ${oidOf(oid)}`);
  return name;
}

export function unsupported(what: string): CmsError {
  return new CmsError('unsupported_algorithm', `Unsupported in a CMS message: ${what}`);
}
