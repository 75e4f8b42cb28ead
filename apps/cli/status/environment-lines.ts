import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KONTO_VALUES, SENDER_VALUES } from '../access/access-values.ts';
import type { ExchangeAccess } from '../access/exchange-access.ts';
import type { SenderAccess } from '../access/sender-access.ts';

type Variable = [name: string, value: string];

/**
 * A sender's login as environment variables, for scripts and for the other commands, with its Fiks IO-konto when it has one.
 * Keys and certificates are written to files that only the owner can read, since tools such as openssl want files.
 */
export async function environmentLines(
  access: SenderAccess,
  exchange: ExchangeAccess | undefined,
  dataDir: string,
): Promise<Variable[]> {
  const folder = join(dataDir, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = async (name: string, pem: string) => {
    const path = join(folder, name);
    await writeFile(path, pem, { mode: 0o600 });
    return path;
  };
  const { clientId, certificatePem, keyId } = access;
  const variables: Variable[] = [
    [SENDER_VALUES.baseUrl.environment, access.baseUrl],
    [SENDER_VALUES.issuer.environment, access.issuer],
    [SENDER_VALUES.tokenEndpoint.environment, access.tokenEndpoint],
    [SENDER_VALUES.clientId.environment, clientId],
    [SENDER_VALUES.key.environment, await file(`client-${clientId}.key.pem`, access.privateKeyPem)],
    [SENDER_VALUES.integrationId.environment, access.integrasjonId],
    [SENDER_VALUES.password.environment, access.integrasjonPassord],
    [SENDER_VALUES.account.environment, access.kontoId],
  ];
  if (keyId) variables.push([SENDER_VALUES.keyId.environment, keyId]);
  if (certificatePem)
    variables.push([
      SENDER_VALUES.certificate.environment,
      await file(`client-${clientId}.cert.pem`, certificatePem),
    ]);
  if (exchange) variables.push(...(await kontoVariables(exchange, file)));
  return variables;
}

async function kontoVariables(
  { kontoId, keys: [key], amqp }: ExchangeAccess,
  file: (name: string, pem: string) => Promise<string>,
): Promise<Variable[]> {
  const variables: Variable[] = [[KONTO_VALUES.konto.environment, kontoId]];
  if (key)
    variables.push([
      KONTO_VALUES.kontoKey.environment,
      await file(`konto-${kontoId}.key.pem`, key.privateKeyPem),
    ]);
  if (key?.certificatePem)
    variables.push([
      KONTO_VALUES.kontoCertificate.environment,
      await file(`konto-${kontoId}.cert.pem`, key.certificatePem),
    ]);
  if (amqp) variables.push([KONTO_VALUES.amqp.environment, amqpAddress(amqp)]);
  if (typeof amqp?.ca === 'string')
    variables.push([KONTO_VALUES.amqpCa.environment, await file('amqp-ca.cert.pem', amqp.ca)]);
  return variables;
}

function amqpAddress({ host, port, tls }: NonNullable<ExchangeAccess['amqp']>): string {
  return `${tls === false ? 'amqp' : 'amqps'}://${host}${port ? `:${port}` : ''}`;
}
