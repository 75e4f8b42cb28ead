export type DigestName = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** The URI that the Java writer uses; the Java reader insists on it (fiks-io §4.1). */
export const SHA256_URI = 'http://www.w3.org/2001/04/xmlenc#sha256';

/**
 * Digest URIs that readers must know (fiks-io §4.1): those of XML Encryption (Java), and the same names under the
 * XML Signature namespace, where they were never defined but the .NET writer has them. SHA-1 is not for files.
 */
const BY_URI: Readonly<Record<string, DigestName>> = {
  [SHA256_URI]: 'sha256',
  'http://www.w3.org/2001/04/xmlenc#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
  'http://www.w3.org/2000/09/xmldsig#sha256': 'sha256',
  'http://www.w3.org/2000/09/xmldsig#sha384': 'sha384',
  'http://www.w3.org/2000/09/xmldsig#sha512': 'sha512',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
};

export function digestOfUri(uri: string): DigestName | undefined {
  return Object.hasOwn(BY_URI, uri) ? BY_URI[uri] : undefined;
}

export const DIGEST_BYTES: Readonly<Record<DigestName, number>> = {
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** Digest algorithms of a SignerInfo (RFC 3370, RFC 5754). The Java writer's ancestor signs with SHA-1 (fiks-io §4.1). */
export const DIGEST_BY_OID: Readonly<Record<string, DigestName>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
