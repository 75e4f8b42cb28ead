import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificatesIn } from '@grunnmur/kernel/crypto';
import type { OutgoingIdentity, RoomHost } from '@grunnmur/kernel/room';
import { REGISTERS } from '@grunnmur/registers';
import type { Static } from 'typebox';
import { createAltinnClient, createDpiClient, createPrintClient } from '../external/index.ts';
import type { Settings } from '../settings.ts';
import type { Channels } from './deps.ts';

/** The outside services that carry letters, or their simulators at our own address. */
export async function createChannels(host: RoomHost, env: Static<typeof Settings>): Promise<Channels> {
  const { identity, tokens } = host.outgoing();
  const spoolDirectory = join(host.dataDir, 'spool');
  await mkdir(spoolDirectory, { recursive: true, mode: 0o700 });
  return {
    altinn: createAltinnClient({
      baseUrl: env.ALTINN_URL ?? host.simulatorUrl('altinn'),
      token: ({ fresh }) => tokens.token({ scope: 'altinn:correspondence.write', fresh }),
    }),
    sdp: createDpiClient({
      baseUrl: env.DPI_URL ?? host.simulatorUrl('dpi'),
      token: ({ fresh, consumerOrg }) =>
        tokens.token({ scope: 'digitalpostinnbygger:send', fresh, ...(consumerOrg ? { consumerOrg } : {}) }),
      credentials: { privateKeyPem: identity.privateKeyPem, certificateChainPem: certificateChain(identity) },
      signerOrgnr: identity.orgnr,
      trustedCertificatesPem: await trustedMailboxes(host, env),
      spoolDirectory,
      now: () => new Date(),
    }),
    print: createPrintClient({
      baseUrl: env.PRINT_URL ?? host.simulatorUrl('print'),
      token: ({ fresh }) => tokens.token({ scope: 'print', fresh }),
    }),
  };
}

/** Certificates (or their issuers) that mailbox receipts may be signed with; without them every receipt is unreadable. */
async function trustedMailboxes(host: RoomHost, env: Static<typeof Settings>): Promise<string[]> {
  const invented = host.use(REGISTERS).invented;
  if (invented) return invented.mailboxes.map((mailbox) => mailbox.certificatePem);
  const file = env.DPI_TRUSTED_CERTIFICATES_FILE;
  return file ? certificatesIn(await readFile(file, 'utf8')) : [];
}

/** The certificate file may hold the chain: leaf first. */
function certificateChain({ certificatePem }: OutgoingIdentity): [string, ...string[]] {
  const [leaf, ...issuers] = certificatesIn(certificatePem ?? '');
  return [leaf ?? '', ...issuers];
}
