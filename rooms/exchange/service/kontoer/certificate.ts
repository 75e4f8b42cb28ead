import { X509Certificate } from 'node:crypto';
import { type CertificateInfo, certificateInfo } from '@grunnmur/kernel/crypto';
import { ExchangeError } from '../../errors.ts';

const MAX_PEM_LENGTH = 16_384;
/** Smaller keys can be broken; larger ones are only a way to make senders wait. */
const MIN_BITS = 2048;
const MAX_BITS = 16_384;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

export interface ReadCertificate extends CertificateInfo {
  /** The certificate alone, in the usual line form: the same bytes however they were sent. */
  readonly pem: string;
  readonly keyBits: number;
}

/**
 * The one X.509 certificate in `pem`, with an RSA key that messages can be encrypted for (fiks-io §2.3, §4.2). Its period
 * is not judged: it is told by `valid` whenever the key is read. Throws `exchange.invalid_certificate` (400).
 */
export function readCertificate(pem: string): ReadCertificate {
  if (pem.length > MAX_PEM_LENGTH) throw refuse(`er lengre enn ${MAX_PEM_LENGTH} tegn`);
  const found = pem.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw refuse('må være et X.509-sertifikat i PEM-form (BEGIN CERTIFICATE)');
  if (found.length > 1) throw refuse('inneholder flere sertifikater');
  if (pem.includes('PRIVATE KEY')) throw refuse('inneholder en privat nøkkel');
  const info = parse(found[0]!);
  const { keyType, keyBits = 0 } = info;
  if (keyType !== 'rsa') throw refuse('nøkkelen må være RSA');
  if (keyBits < MIN_BITS) throw refuse(`RSA-nøkkelen har ${keyBits} bit og må ha minst ${MIN_BITS}`);
  if (keyBits > MAX_BITS) throw refuse(`RSA-nøkkelen har ${keyBits} bit og kan ha høyst ${MAX_BITS}`);
  if (Number.isNaN(info.notBefore.getTime()) || Number.isNaN(info.notAfter.getTime()))
    throw refuse('gyldighetstiden kan ikke leses');
  return { ...info, keyBits };
}

function parse(pem: string): CertificateInfo & { pem: string } {
  try {
    return { ...certificateInfo(pem), pem: new X509Certificate(pem).toString() };
  } catch {
    throw refuse('kan ikke leses');
  }
}

function refuse(detail: string) {
  return ExchangeError.invalidCertificate({ params: { detail } });
}
