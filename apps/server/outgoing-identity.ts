import { readFileSync } from 'node:fs';
import { createMaskinportenClient, type MaskinportenClient } from '@grunnmur/kernel/auth';
import { certificateInfo } from '@grunnmur/kernel/crypto';
import { ConfigError, type OutgoingIdentity } from '@grunnmur/kernel/room';
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

/** The platform's own client at its token issuer. */
export function createTokenClient(identity: OutgoingIdentity, now: () => Date): MaskinportenClient {
  const { issuer, tokenEndpoint, clientId, privateKeyPem, certificatePem, keyId } = identity;
  return createMaskinportenClient({
    issuer,
    tokenEndpoint,
    clientId,
    privateKeyPem,
    now,
    ...(keyId ? { keyId } : certificatePem ? { certificatePem } : {}),
  });
}
