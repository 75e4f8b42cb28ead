import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMaskinportenClient } from '@grunnmur/kernel/auth';

interface Integration {
  readonly clientId: string;
  readonly integrasjonId: string;
  readonly integrasjonPassord: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

interface AccessFile {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly integrations: readonly Integration[];
  readonly fiksIoAccounts: readonly { readonly kontoId: string; readonly integrasjonId: string }[];
}

/** A Fiks IO-konto of the demonstration, and how its system logs in. */
export interface FiksIoLogin {
  readonly kontoId: string;
  readonly integrasjonId: string;
  /** Headers of a call over HTTP. */
  headers(): Promise<Record<string, string>>;
  /** Password of an AMQP connection (fiks-io §1.5). */
  password(): Promise<string>;
}

/** The demonstration's Fiks IO-kontoer in the order of `demo-access.json`. */
export async function fiksIoLogins(dataDir: string): Promise<FiksIoLogin[]> {
  const file = JSON.parse(await readFile(join(dataDir, 'demo-access.json'), 'utf8')) as AccessFile;
  const { issuer, tokenEndpoint } = file;
  const callers = new Map<string, Pick<FiksIoLogin, 'headers' | 'password'>>();
  for (const { integrasjonId, integrasjonPassord, ...identity } of file.integrations) {
    const { clientId, privateKeyPem, certificatePem } = identity;
    // Kept until it expires: one token outlives many of the server's deaths.
    const tokens = createMaskinportenClient({
      issuer,
      tokenEndpoint,
      clientId,
      privateKeyPem,
      certificatePem,
      now: () => new Date(),
      timeoutMs: 3000,
    });
    callers.set(integrasjonId, {
      headers: async () => ({
        authorization: `Bearer ${await tokens.token({ scope: 'ks:fiks' })}`,
        IntegrasjonId: integrasjonId,
        IntegrasjonPassord: integrasjonPassord,
      }),
      password: async () => `${integrasjonPassord} ${await tokens.token({ scope: 'ks:fiks' })}`,
    });
  }
  return file.fiksIoAccounts.map(({ kontoId, integrasjonId }) => ({
    kontoId,
    integrasjonId,
    ...callers.get(integrasjonId)!,
  }));
}
