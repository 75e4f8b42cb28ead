import { createHash, verify, X509Certificate } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import { unzipSync } from 'fflate';
import { C14nCanonicalization } from 'xml-crypto';

/** The parcel is not what the format demands. The text names the rule, never the content. */
export class ParcelFault extends Error {
  constructor(rule: string) {
    super(rule);
    this.name = 'ParcelFault';
  }
}

export interface Parcel {
  /** Names as in the manifest, main document first. */
  readonly documents: readonly {
    readonly href: string;
    readonly mime: string;
    readonly content: Uint8Array;
  }[];
  readonly mailbox: string;
  readonly senderOrgnr: string;
}

const MAX_UNPACKED = 200 * 1024 * 1024;

/**
 * Opens a decrypted parcel as a mailbox must: container, manifest, digests of all files and the signature over them
 * (Digital post til innbyggere: dokumentpakke). Throws `ParcelFault`.
 */
export function openParcel(zip: Uint8Array): Parcel {
  const files = unzip(zip);
  const manifest = readManifest(files);
  verifySignature(files);
  return manifest;
}

function unzip(zip: Uint8Array): Record<string, Uint8Array> {
  let unpacked = 0;
  try {
    return unzipSync(zip, {
      filter: ({ originalSize }) => {
        unpacked += originalSize;
        if (unpacked > MAX_UNPACKED) throw new ParcelFault('unpacked size');
        return true;
      },
    });
  } catch (error) {
    throw error instanceof ParcelFault ? error : new ParcelFault('not a ZIP file');
  }
}

function readManifest(files: Record<string, Uint8Array>): Parcel {
  const root = parseXml(files, 'manifest.xml');
  const main = elements(root, 'hoveddokument');
  if (main.length !== 1) throw new ParcelFault('one hoveddokument');
  const documents = [...main, ...elements(root, 'vedlegg')].map((element) => {
    const href = element.getAttribute('href') ?? '';
    const content = files[href];
    if (!content) throw new ParcelFault('document missing');
    return { href, mime: element.getAttribute('mime') ?? '', content };
  });
  return {
    documents,
    mailbox: textOf(root, 'postkasseadresse'),
    senderOrgnr: textOf(root, 'organisasjon').replace(/^\d{4}:/, ''),
  };
}

const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const PROPERTIES = 'http://uri.etsi.org/01903#SignedProperties';

function verifySignature(files: Record<string, Uint8Array>): void {
  const root = parseXml(files, 'META-INF/signatures.xml');
  const [info] = elements(root, 'SignedInfo');
  const [properties] = elements(root, 'SignedProperties');
  if (!info || !properties) throw new ParcelFault('signature incomplete');
  const certificate = certificateOf(root);
  const value = Buffer.from(textOf(root, 'SignatureValue'), 'base64');
  if (!verify('sha256', Buffer.from(canonical(info)), certificate.publicKey, value)) {
    throw new ParcelFault('signature value');
  }
  if (textOf(elements(root, 'CertDigest')[0], 'DigestValue') !== digest('sha1', certificate.raw)) {
    throw new ParcelFault('signing certificate digest');
  }
  const unsigned = new Set(Object.keys(files).filter(isSignedFile));
  let propertiesSigned = false;
  for (const reference of elements(info, 'Reference')) {
    const isProperties = reference.getAttribute('Type') === PROPERTIES;
    const name = decodeURIComponent(reference.getAttribute('URI') ?? '');
    const content = isProperties ? Buffer.from(canonical(properties)) : files[name];
    if (!content) throw new ParcelFault('reference to a missing file');
    if (elements(reference, 'DigestMethod')[0]?.getAttribute('Algorithm') !== SHA256) {
      throw new ParcelFault('digest algorithm');
    }
    if (textOf(reference, 'DigestValue') !== digest('sha256', content)) throw new ParcelFault('digest');
    propertiesSigned ||= isProperties;
    unsigned.delete(name);
  }
  if (!propertiesSigned || unsigned.size > 0) throw new ParcelFault('unsigned content');
}

function isSignedFile(name: string): boolean {
  return name !== 'mimetype' && !name.startsWith('META-INF/');
}

function certificateOf(root: Element): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(textOf(root, 'X509Certificate'), 'base64'));
  } catch {
    throw new ParcelFault('signing certificate');
  }
}

function digest(algorithm: string, content: Uint8Array): string {
  return createHash(algorithm).update(content).digest('base64');
}

/** Canonical XML 1.0 of an element with what it inherits. */
function canonical(element: Element): string {
  const ancestorNamespaces: { prefix: string; namespaceURI: string }[] = [];
  for (
    let node = element.parentNode as Element | null;
    node?.attributes;
    node = node.parentNode as Element | null
  ) {
    for (const attribute of Array.from(node.attributes)) {
      const [, prefix] = /^xmlns:(.+)$/.exec(attribute.name) ?? [];
      if (prefix && !ancestorNamespaces.some((known) => known.prefix === prefix)) {
        ancestorNamespaces.push({ prefix, namespaceURI: attribute.value });
      }
    }
  }
  return new C14nCanonicalization().process(element, { ancestorNamespaces });
}

function parseXml(files: Record<string, Uint8Array>, name: string): Element {
  const content = files[name];
  if (!content || content.length > 1024 * 1024) throw new ParcelFault(`${name} missing or too large`);
  const stop = () => {
    throw new ParcelFault(`${name} is not XML`);
  };
  const text = Buffer.from(content).toString('utf8');
  if (text.includes('<!DOCTYPE')) stop();
  const parser = new DOMParser({ errorHandler: { warning: stop, error: stop, fatalError: stop } });
  const root = parser.parseFromString(text, 'text/xml')?.documentElement;
  return root ?? stop();
}

function elements(root: Element | undefined, localName: string): Element[] {
  return root ? Array.from(root.getElementsByTagNameNS('*', localName)) : [];
}

function textOf(root: Element | undefined, localName: string): string {
  return elements(root, localName)[0]?.textContent?.trim() ?? '';
}
