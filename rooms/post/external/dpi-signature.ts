import { createHash } from 'node:crypto';
import type { DpiSigner } from './dpi-signer.ts';
import { xmlAttribute, xmlText } from './dpi-xml.ts';

/** One file outside META-INF; all of them are signed (dokumentpakke, sikkerhet, krav 8.2). */
export interface SignedFile {
  readonly name: string;
  readonly mimeType: string;
  /** SHA-256 of the content, base64. */
  readonly sha256: string;
}

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const XADES = 'http://uri.etsi.org/01903/v1.3.2#';
const ASIC = 'http://uri.etsi.org/02918/v1.2.1#';
const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const SHA1 = 'http://www.w3.org/2000/09/xmldsig#sha1';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

/**
 * `META-INF/signatures.xml`: a XAdES baseline B signature over the digests of the files (dokumentpakke, sikkerhet).
 * The two parts that are hashed are written in their canonical form to begin with, so that no XML has to be parsed
 * to sign: default namespaces on each of them, sorted attributes, no empty-element tags, no white space.
 */
export async function signaturesXml(
  files: readonly SignedFile[],
  signer: DpiSigner,
  signingTime: Date,
): Promise<string> {
  const properties = signedProperties(files, signer, signingTime);
  const info = signedInfo(files, createHash('sha256').update(properties).digest('base64'));
  const value = await signer.rsaSha256(info);
  const certificates = signer.chain.map((der) => `<X509Certificate>${der}</X509Certificate>`).join('');
  return (
    `<?xml version="1.0" encoding="UTF-8"?><XAdESSignatures xmlns="${ASIC}"><Signature xmlns="${DSIG}" Id="Signature">` +
    `${info}<SignatureValue>${value}</SignatureValue><KeyInfo><X509Data>${certificates}</X509Data></KeyInfo>` +
    `<Object><QualifyingProperties xmlns="${XADES}" Target="#Signature">${properties}</QualifyingProperties></Object>` +
    '</Signature></XAdESSignatures>'
  );
}

function signedInfo(files: readonly SignedFile[], propertiesSha256: string): string {
  const digest = (value: string) =>
    `<DigestMethod Algorithm="${SHA256}"></DigestMethod><DigestValue>${value}</DigestValue>`;
  const references = files.map(
    (file, index) =>
      `<Reference Id="ID_${index}" URI="${xmlAttribute(encodeURIComponent(file.name))}">${digest(file.sha256)}</Reference>`,
  );
  return (
    `<SignedInfo xmlns="${DSIG}"><CanonicalizationMethod Algorithm="${C14N}"></CanonicalizationMethod>` +
    `<SignatureMethod Algorithm="${RSA_SHA256}"></SignatureMethod>${references.join('')}` +
    '<Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#SignedProperties">' +
    `<Transforms><Transform Algorithm="${C14N}"></Transform></Transforms>${digest(propertiesSha256)}</Reference></SignedInfo>`
  );
}

function signedProperties(files: readonly SignedFile[], signer: DpiSigner, signingTime: Date): string {
  const formats = files.map(
    (file, index) =>
      `<DataObjectFormat ObjectReference="#ID_${index}"><MimeType>${xmlText(file.mimeType)}</MimeType></DataObjectFormat>`,
  );
  return (
    `<SignedProperties xmlns="${XADES}" Id="SignedProperties"><SignedSignatureProperties>` +
    `<SigningTime>${signingTime.toISOString()}</SigningTime><SigningCertificate><Cert><CertDigest>` +
    `<DigestMethod xmlns="${DSIG}" Algorithm="${SHA1}"></DigestMethod>` +
    `<DigestValue xmlns="${DSIG}">${signer.certificateSha1}</DigestValue></CertDigest><IssuerSerial>` +
    `<X509IssuerName xmlns="${DSIG}">${xmlText(signer.issuerName)}</X509IssuerName>` +
    `<X509SerialNumber xmlns="${DSIG}">${signer.serialNumber}</X509SerialNumber></IssuerSerial></Cert></SigningCertificate>` +
    '</SignedSignatureProperties><SignedDataObjectProperties>' +
    `${formats.join('')}</SignedDataObjectProperties></SignedProperties>`
  );
}
