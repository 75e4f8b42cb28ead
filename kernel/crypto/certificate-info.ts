import { X509Certificate } from 'node:crypto';

export interface CertificateInfo {
  /** Upper-case hex, as certificate tools show it. */
  readonly serialNumber: string;
  /** One attribute on a line, `CN=…`. */
  readonly subject: string;
  readonly issuer: string;
  /** Nine digits, when the subject carries a Norwegian organisation number. */
  readonly organisationNumber: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 of the DER form, lower-case hex. */
  readonly fingerprint: string;
  /** `rsa`, `ec` … */
  readonly keyType: string;
  /** Size of an RSA key. */
  readonly keyBits: number | undefined;
}

/** What a page shows of a certificate. Throws when `pem` is none. Says nothing about trust. */
export function certificateInfo(pem: string): CertificateInfo {
  const certificate = new X509Certificate(pem);
  const { publicKey, subject } = certificate;
  // Virksomhetssertifikat: serialNumber holds the number in the first SEID profile, organizationIdentifier as
  // NTRNO-… since (ETSI EN 319 412-1 section 5.1.4).
  const number = /^(?:serialNumber=|organizationIdentifier=NTRNO-)(\d{9})$/m.exec(subject)?.[1];
  return {
    serialNumber: certificate.serialNumber,
    subject,
    issuer: certificate.issuer,
    organisationNumber: number,
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    keyType: publicKey.asymmetricKeyType ?? 'unknown',
    keyBits: publicKey.asymmetricKeyDetails?.modulusLength,
  };
}
