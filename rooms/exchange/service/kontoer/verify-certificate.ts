import { isAppError } from '@grunnmur/kernel/errors';
import { readCertificate } from './certificate.ts';
import { validityText } from './offentlig-nokkel.ts';
import { readP12 } from './read-p12.ts';

/** Whether a certificate could be used as a konto's key, and why not (fiks-io §2.3 `sertifikat/verifiser`). */
export interface CertificateVerdict {
  readonly gyldig: boolean;
  readonly melding: string;
  /** PEM; empty when there is no certificate to show. */
  readonly offentligNokkel: string;
}

export async function verifyCertificate(
  file: Uint8Array,
  format: 'PEM' | 'P12',
  passord: string,
  now: Date,
): Promise<CertificateVerdict> {
  const pem = format === 'PEM' ? Buffer.from(file).toString('latin1') : await readP12(file, passord);
  if (pem === undefined)
    return { gyldig: false, melding: 'Filen kan ikke leses, eller passordet er feil', offentligNokkel: '' };
  try {
    const certificate = readCertificate(pem);
    const { notBefore, notAfter } = certificate;
    return {
      gyldig: notBefore <= now && now <= notAfter,
      melding: validityText(notBefore, notAfter, now),
      offentligNokkel: certificate.pem,
    };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { gyldig: false, melding: error.message, offentligNokkel: '' };
  }
}
