import { readFileSync } from 'node:fs';
import { certificateInfo } from '@grunnmur/kernel/crypto';
import { ConfigError } from './config-error.ts';
import type { OutgoingIdentity } from './create-channels.ts';
import { certificatesIn } from './pem.ts';
import type { Config } from './read-config.ts';

/**
 * What is wrong with the business certificate, if anything: letters to digital mailboxes are signed with it, in the name of
 * the organisation that it names.
 */
export function businessCertificateFault(pem: string): string | undefined {
  if (certificateInfo(pem).organisationNumber) return undefined;
  return 'MASKINPORTEN_CERTIFICATE_FILE: names no organisation number (serialNumber or organizationIdentifier of its subject); give the business certificate (virksomhetssertifikat) of the organisation that sends';
}

/**
 * Grunnmur's client at Maskinporten, from the settings; all required ones have been checked. Throws {@link ConfigError}
 * when its certificate is no business certificate.
 */
export function outgoingIdentity({ env }: Config): OutgoingIdentity {
  const certificatePem = env.MASKINPORTEN_CERTIFICATE_FILE
    ? readFileSync(env.MASKINPORTEN_CERTIFICATE_FILE, 'utf8')
    : undefined;
  const fault = certificatePem && businessCertificateFault(certificatePem);
  if (fault) throw new ConfigError([fault]);
  return {
    issuer: env.MASKINPORTEN_ISSUER!,
    tokenEndpoint: env.MASKINPORTEN_TOKEN_ENDPOINT!,
    clientId: env.MASKINPORTEN_CLIENT_ID!,
    privateKeyPem: readFileSync(env.MASKINPORTEN_KEY_FILE!, 'utf8'),
    certificatePem,
    keyId: env.MASKINPORTEN_KEY_ID,
    orgnr: certificatePem ? (certificateInfo(certificatePem).organisationNumber ?? '') : '',
  };
}

/** Certificates (or their issuers) that mailbox receipts may be signed with; without them every receipt is unreadable. */
export function trustedMailboxes({ env }: Config): string[] {
  const file = env.DPI_TRUSTED_CERTIFICATES_FILE;
  return (file && certificatesIn(readFileSync(file, 'utf8'))) || [];
}
