import { SHA256_URI } from './digest-algorithms.ts';

export const ASICE_MIMETYPE = 'application/vnd.etsi.asic-e+zip';
/** The namespace of the Java writer, which is also that of ETSI TS 102 918 v1.2.1 (fiks-io §4.1). */
const ASIC_NAMESPACE = 'http://uri.etsi.org/02918/v1.2.1#';
const XMLDSIG_NAMESPACE = 'http://www.w3.org/2000/09/xmldsig#';
const OASIS_NAMESPACE = 'urn:oasis:names:tc:opendocument:xmlns:manifest:1.0';

export interface DigestedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly sha256: Buffer;
}

/** META-INF/ASiCManifest.xml: what is signed. The first file is the root file, as the Java writer has it (fiks-io §4.1). */
export function asicManifest(signatureName: string, files: readonly DigestedFile[]): Buffer {
  const references = files.map(
    ({ name, mimeType, sha256 }, at) =>
      `    <asic:DataObjectReference URI="${escapeXml(name)}" MimeType="${escapeXml(mimeType)}"${at === 0 ? ' Rootfile="true"' : ''}>
        <ds:DigestMethod Algorithm="${SHA256_URI}"/>
        <ds:DigestValue>${sha256.toString('base64')}</ds:DigestValue>
    </asic:DataObjectReference>
`,
  );
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<asic:ASiCManifest xmlns:asic="${ASIC_NAMESPACE}" xmlns:ds="${XMLDSIG_NAMESPACE}">
    <asic:SigReference URI="${escapeXml(signatureName)}" MimeType="application/x-pkcs7-signature"/>
${references.join('')}</asic:ASiCManifest>
`);
}

/** META-INF/manifest.xml of OASIS OpenDocument: a list of the files, not signed. */
export function oasisManifest(files: readonly DigestedFile[]): Buffer {
  const entries = [{ name: '/', mimeType: ASICE_MIMETYPE }, ...files].map(
    ({ name, mimeType }) =>
      `    <manifest:file-entry manifest:media-type="${escapeXml(mimeType)}" manifest:full-path="${escapeXml(name)}"/>\n`,
  );
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<manifest:manifest xmlns:manifest="${OASIS_NAMESPACE}">
${entries.join('')}</manifest:manifest>
`);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}
