import { SaxesParser, type SaxesTagNS } from 'saxes';
import { AsiceError } from './asice-error.ts';
import { DIGEST_BYTES, type DigestName, digestOfUri } from './digest-algorithms.ts';
import { canonicalName } from './entry-name.ts';

export interface ManifestReference {
  readonly name: string;
  readonly mimeType: string | undefined;
  readonly rootFile: boolean;
  readonly algorithm: DigestName;
  readonly digest: Buffer;
}

export interface AsicManifest {
  readonly signatureName: string;
  readonly references: readonly ManifestReference[];
}

/** Namespaces of the manifest that are in use (fiks-io §4.1): Java, .NET, and the first version of the standard. */
const NAMESPACES = new Set([
  'http://uri.etsi.org/02918/v1.2.1#',
  'http://uri.etsi.org/2918/v1.2.1#',
  'http://uri.etsi.org/02918/v1.1.1#',
]);
const MAX_DEPTH = 16;
const MAX_VALUE_CHARACTERS = 1024;
/** What a manifest without a reference means (Java reader). */
const DEFAULT_SIGNATURE = 'META-INF/signature.p7s';

interface OpenReference {
  attributes: ReadonlyMap<string, string>;
  algorithm?: string;
  digest?: string;
}

/** Reads an ASiCManifest. No DTD, no entities of its own, bounded depth; the size is bounded by the caller. */
export function readManifest(xml: Buffer, maxReferences: number): AsicManifest {
  const parser = new SaxesParser({ xmlns: true });
  const references: ManifestReference[] = [];
  let signatureName: string | undefined;
  let open: OpenReference | undefined;
  let value: string | undefined;
  let depth = 0;

  parser.on('error', (error) => {
    throw bad('is not well-formed XML', error);
  });
  parser.on('doctype', () => {
    throw bad('has a DTD');
  });
  parser.on('opentag', (tag) => {
    depth += 1;
    if (depth > MAX_DEPTH) throw bad('is nested too deeply');
    if (depth === 1 && (tag.local !== 'ASiCManifest' || !NAMESPACES.has(tag.uri)))
      throw bad('has another root than ASiCManifest');
    if (tag.local === 'SigReference' && NAMESPACES.has(tag.uri)) {
      if (signatureName !== undefined) throw bad('has several SigReference');
      signatureName = attributesOf(tag).get('URI') ?? DEFAULT_SIGNATURE;
    } else if (tag.local === 'DataObjectReference' && NAMESPACES.has(tag.uri)) {
      if (open) throw bad('has a DataObjectReference inside another');
      open = { attributes: attributesOf(tag) };
    } else if (open && tag.local === 'DigestMethod') {
      if (open.algorithm !== undefined) throw bad('has several DigestMethod for one file');
      open.algorithm = attributesOf(tag).get('Algorithm') ?? '';
    } else if (open && tag.local === 'DigestValue') {
      if (open.digest !== undefined) throw bad('has several DigestValue for one file');
      value = '';
    }
  });
  const onText = (text: string) => {
    if (value === undefined) return;
    value += text;
    if (value.length > MAX_VALUE_CHARACTERS) throw bad('has a digest that is too long');
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', (tag) => {
    depth -= 1;
    if (open && tag.local === 'DigestValue') {
      open.digest = value ?? '';
      value = undefined;
    } else if (open && tag.local === 'DataObjectReference') {
      if (references.length >= maxReferences)
        throw new AsiceError('too_many_entries', 'The manifest has too many files');
      references.push(closeReference(open));
      open = undefined;
    }
  });
  parser.write(decode(xml)).close();
  if (signatureName === undefined) throw bad('has no SigReference');
  return { signatureName: canonicalName(signatureName), references };
}

function closeReference(open: OpenReference): ManifestReference {
  const uri = open.attributes.get('URI');
  if (uri === undefined || uri === '') throw bad('has a file without URI');
  const algorithm = digestOfUri(open.algorithm ?? '');
  if (!algorithm) {
    throw new AsiceError(
      'unsupported_algorithm',
      `Unsupported digest in the manifest: ${(open.algorithm ?? '').slice(0, 100)}`,
    );
  }
  const digest = Buffer.from(open.digest ?? '', 'base64');
  if (digest.length !== DIGEST_BYTES[algorithm]) throw bad('has a digest of the wrong length');
  return {
    name: canonicalName(uri),
    mimeType: open.attributes.get('MimeType'),
    rootFile: /^(?:true|1)$/.test(open.attributes.get('Rootfile') ?? ''),
    algorithm,
    digest,
  };
}

function attributesOf(tag: SaxesTagNS): ReadonlyMap<string, string> {
  return new Map(Object.values(tag.attributes).map(({ local, value }) => [local, value]));
}

function decode(xml: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(xml);
  } catch (cause) {
    throw bad('is not UTF-8', cause);
  }
}

function bad(what: string, cause?: unknown): AsiceError {
  return new AsiceError('bad_manifest', `The manifest ${what}`, { cause });
}
