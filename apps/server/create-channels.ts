import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createMaskinportenClient, type MaskinportenClient } from '@grunnmur/kernel/auth';
import { createAltinnClient, createDpiClient, createPrintClient } from '@grunnmur/post/clients';
import type { Channels } from '@grunnmur/post/create';
import { certificatesIn } from './pem.ts';

/** Who Grunnmur is towards registers and channels: a client at the token issuer. */
export interface OutgoingIdentity {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string | undefined;
  readonly keyId: string | undefined;
  /** Organisation of the certificate. */
  readonly orgnr: string;
}

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

export interface ChannelSetup {
  readonly tokens: MaskinportenClient;
  readonly identity: OutgoingIdentity;
  readonly addresses: { readonly altinn: string; readonly dpi: string; readonly print: string };
  readonly trustedMailboxesPem: readonly string[];
  readonly dataDir: string;
  readonly now: () => Date;
}

export async function createChannels({
  tokens,
  identity,
  addresses,
  ...setup
}: ChannelSetup): Promise<Channels> {
  const spoolDirectory = join(setup.dataDir, 'spool');
  await mkdir(spoolDirectory, { recursive: true, mode: 0o700 });
  return {
    altinn: createAltinnClient({
      baseUrl: addresses.altinn,
      token: ({ fresh }) => tokens.token({ scope: 'altinn:correspondence.write', fresh }),
    }),
    sdp: createDpiClient({
      baseUrl: addresses.dpi,
      token: ({ fresh, consumerOrg }) =>
        tokens.token({ scope: 'digitalpostinnbygger:send', fresh, ...(consumerOrg ? { consumerOrg } : {}) }),
      credentials: { privateKeyPem: identity.privateKeyPem, certificateChainPem: certificateChain(identity) },
      signerOrgnr: identity.orgnr,
      trustedCertificatesPem: setup.trustedMailboxesPem,
      spoolDirectory,
      now: setup.now,
    }),
    print: createPrintClient({
      baseUrl: addresses.print,
      token: ({ fresh }) => tokens.token({ scope: 'print', fresh }),
    }),
  };
}

/** The certificate file may hold the chain: leaf first. */
function certificateChain({ certificatePem }: OutgoingIdentity): [string, ...string[]] {
  const [leaf, ...issuers] = certificatesIn(certificatePem ?? '');
  return [leaf ?? '', ...issuers];
}
