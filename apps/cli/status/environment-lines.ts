import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ENVIRONMENT, PASSWORD, type SenderAccess } from '../send/sender-access.ts';

/**
 * A sender's login as environment variables, for scripts and for the other commands. Key and certificate are written to
 * files that only the owner can read, since tools such as openssl want files.
 */
export async function environmentLines(access: SenderAccess, dataDir: string): Promise<[string, string][]> {
  const folder = join(dataDir, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const key = join(folder, `client-${access.clientId}.key.pem`);
  await writeFile(key, access.privateKeyPem, { mode: 0o600 });
  const variables: [string, string][] = [
    [ENVIRONMENT.baseUrl, access.baseUrl],
    [ENVIRONMENT.issuer, access.issuer],
    [ENVIRONMENT.tokenEndpoint, access.tokenEndpoint],
    [ENVIRONMENT.clientId, access.clientId],
    [ENVIRONMENT.key, key],
    [ENVIRONMENT.integrationId, access.integrasjonId],
    [PASSWORD, access.integrasjonPassord],
    [ENVIRONMENT.account, access.kontoId],
  ];
  if (access.keyId) variables.push([ENVIRONMENT.keyId, access.keyId]);
  if (access.certificatePem) {
    const certificate = join(folder, `client-${access.clientId}.cert.pem`);
    await writeFile(certificate, access.certificatePem, { mode: 0o600 });
    variables.push([ENVIRONMENT.certificate, certificate]);
  }
  return variables;
}
