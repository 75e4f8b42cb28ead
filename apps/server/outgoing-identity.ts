import { readFileSync } from 'node:fs';
import { certificateInfo } from '@grunnmur/kernel/crypto';
import { certificatesIn, type OutgoingIdentity } from './create-channels.ts';
import type { Config } from './read-config.ts';

/** Grunnmur's client at Maskinporten, from the settings; all required ones have been checked. */
export function outgoingIdentity({ env }: Config): OutgoingIdentity {
  const certificatePem = env.MASKINPORTEN_CERTIFICATE_FILE
    ? readFileSync(env.MASKINPORTEN_CERTIFICATE_FILE, 'utf8')
    : undefined;
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
