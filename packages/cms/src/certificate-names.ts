import { createHash, type KeyObject } from 'node:crypto';
import * as asn1js from 'asn1js';
import { childrenOf, integerHex, OID, octetsOf, oidOf, parseElement } from './algorithms.ts';

/** What a CMS message calls a certificate by: issuer and serial number, or the identifier of its key. */
export interface CertificateNames {
  /** The issuer's Name as it stands in the certificate, DER. */
  readonly issuer: Buffer;
  /** Issuer in a form in which equal names compare equal, whatever string types they were written in. */
  readonly issuerText: string;
  /** INTEGER content, DER. */
  readonly serial: Buffer;
  /** Without leading zeros. */
  readonly serialHex: string;
  /** Key identifiers in hex: the certificate's extension, and the SHA-1 of the key (RFC 5280 section 4.2.1.2). */
  readonly keyIds: readonly string[];
}

/** Reads the names of an X.509 certificate (DER). */
export function certificateNames(der: Uint8Array): CertificateNames {
  const fields = childrenOf(childrenOf(parseElement(der))[0]);
  // Version 1 certificates lack the [0] version in front.
  const at = fields[0]?.idBlock.tagClass === 3 ? 1 : 0;
  const serial = fields[at] as asn1js.Integer;
  const issuer = fields[at + 2]!;
  const spki = fields[at + 5]!;
  const extension = extensionKeyId(
    fields.find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === 3),
  );
  return {
    issuer: rawBytes(issuer),
    issuerText: nameText(issuer),
    serial: Buffer.from(serial.valueBlock.valueHexView),
    serialHex: integerHex(serial),
    keyIds: [...(extension ? [extension] : []), spkiKeyId(spki)],
  };
}

/** SHA-1 of the public key's bits: the usual key identifier. */
export function publicKeyId(key: KeyObject): string {
  return spkiKeyId(parseElement(key.export({ format: 'der', type: 'spki' })));
}

/** The name's attributes in order, types by number and values in lower case (RFC 5280 section 7.1, simplified). */
export function nameText(name: asn1js.BaseBlock): string {
  const attributes = childrenOf(name).flatMap((rdn) => childrenOf(rdn));
  return attributes.map((attribute) => attributeText(childrenOf(attribute))).join('\n');
}

function attributeText([type, value]: asn1js.BaseBlock[]): string {
  const text =
    value instanceof asn1js.BaseStringBlock ? value.getValue() : value ? rawBytes(value).toString('hex') : '';
  return `${oidOf(type)}=${text.trim().replace(/\s+/g, ' ').toLowerCase()}`;
}

export function rawBytes(block: asn1js.BaseBlock): Buffer {
  return Buffer.from(block.valueBeforeDecodeView);
}

function spkiKeyId(spki: asn1js.BaseBlock): string {
  const bits = childrenOf(spki)[1] as asn1js.BitString;
  return createHash('sha1').update(bits.valueBlock.valueHexView).digest('hex');
}

function extensionKeyId(tagged: asn1js.BaseBlock | undefined): string | undefined {
  if (!tagged) return undefined;
  for (const extension of childrenOf(childrenOf(tagged)[0])) {
    const parts = childrenOf(extension);
    if (oidOf(parts[0]) === OID.subjectKeyIdentifier)
      return octetsOf(parseElement(octetsOf(parts.at(-1)))).toString('hex');
  }
  return undefined;
}
