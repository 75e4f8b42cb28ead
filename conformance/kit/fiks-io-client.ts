import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createExchangeClient, type ExchangeClient, type ReceivedMessage } from '@grunnmur/exchange-client';
import type { Access } from './access.ts';

export type FiksIoAccount = NonNullable<Access['fiksIoAccounts']>[number];

/** A konto of the installation, and the integration that may send from it and read it. */
export function accountOf(
  { fiksIoAccounts, integrations }: Access,
  which: number | string,
): { konto: FiksIoAccount; integration: Access['integrations'][number] } {
  const konto =
    typeof which === 'number'
      ? fiksIoAccounts?.[which]
      : fiksIoAccounts?.find(({ kontoId }) => kontoId === which);
  const integration = integrations.find(({ integrasjonId }) => integrasjonId === konto?.integrasjonId);
  if (!konto || !integration) throw new Error(`the access file has no konto ${which} with its integration`);
  return { konto, integration };
}

/** Our own client, set up as its documentation says. */
export function openExchangeClient(access: Access, baseUrl: string, which: number | string): ExchangeClient {
  const { konto, integration } = accountOf(access, which);
  const { amqp, issuer, tokenEndpoint } = access;
  if (!amqp?.tlsPort) throw new Error('the access file has no TLS port for AMQP');
  const { privateKeyPem, certificatePem, clientId } = integration;
  return createExchangeClient({
    baseUrl,
    amqp: { host: amqp.host, port: amqp.tlsPort, ca: amqp.caPem, applicationName: 'conformance' },
    token: { issuer, tokenEndpoint, clientId, privateKeyPem, certificatePem },
    integrasjonId: integration.integrasjonId,
    integrasjonPassord: integration.integrasjonPassord,
    kontoId: konto.kontoId,
    privateKeys: [{ privateKeyPem: konto.privateKeyPem, certificatePem: konto.certificatePem }],
    signer: { privateKeyPem, certificatePem },
  });
}

export interface ClientSendQuestion {
  readonly kontoId: string;
  readonly mottakerKontoId: string;
  readonly meldingType: string;
  readonly klientKorrelasjonsId: string;
  /** Path. */
  readonly file: string;
}

/** Sends a file with our client. */
export async function clientSend(
  access: Access,
  baseUrl: string,
  { kontoId, mottakerKontoId, meldingType, klientKorrelasjonsId, file }: ClientSendQuestion,
): Promise<{ meldingId: string }> {
  const client = openExchangeClient(access, baseUrl, kontoId);
  try {
    const { meldingId } = await client.send({
      to: mottakerKontoId,
      type: meldingType,
      klientKorrelasjonsId,
      files: [{ name: basename(file), content: createReadStream(file) }],
    });
    return { meldingId };
  } finally {
    await client.close();
  }
}

export interface ClientReceiveQuestion {
  readonly kontoId: string;
  readonly meldingId: string;
  readonly answerType?: string;
  /** Path. */
  readonly answerFile?: string;
}

/** What our client read. */
export interface ClientReceived {
  readonly meldingType: string;
  readonly avsenderKontoId: string;
  readonly svarPaMelding: string | null;
  readonly headere: Readonly<Record<string, string>>;
  /** SHA-256 in hex by file name. */
  readonly files: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 60_000;

/** Takes one message with our client: decrypts it, verifies it, answers and acknowledges it. */
export async function clientReceive(
  access: Access,
  baseUrl: string,
  { kontoId, meldingId, answerType, answerFile }: ClientReceiveQuestion,
): Promise<ClientReceived> {
  const client = openExchangeClient(access, baseUrl, kontoId);
  const { promise, resolve, reject } = Promise.withResolvers<ClientReceived>();
  const timer = setTimeout(
    () => reject(new Error(`message ${meldingId} did not come within ${PATIENCE_MS / 1000} s`)),
    PATIENCE_MS,
  );
  try {
    await client.subscribe(
      async (message) => {
        if (message.meldingId !== meldingId) return;
        const received = await read(message);
        if (answerType !== undefined && answerFile !== undefined)
          await message.reply({
            type: answerType,
            files: [{ name: basename(answerFile), content: createReadStream(answerFile) }],
          });
        message.ack();
        resolve(received);
      },
      { onError: reject },
    );
    return await promise;
  } finally {
    clearTimeout(timer);
    await client.close();
  }
}

/** Reads all files of a message, which verifies them. */
export async function read(message: ReceivedMessage): Promise<ClientReceived> {
  const files: Record<string, string> = {};
  for await (const { name, body } of message.files()) {
    const hash = createHash('sha256');
    for await (const chunk of body) hash.update(chunk as Uint8Array);
    files[name] = hash.digest('hex');
  }
  const { type, avsenderKontoId, svarPaMelding, headere } = message;
  return { meldingType: type, avsenderKontoId, svarPaMelding: svarPaMelding ?? null, headere, files };
}
