import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import {
  createExchangeClient,
  type ExchangeClient,
  type ExchangeClientOptions,
  type ReceivedMessage,
} from '@grunnmur/exchange-client';
import type { DemoAccess } from '../demo-access.ts';

/** A client of one of the demonstration's kontoer. */
export function demoClient(
  demo: DemoAccess,
  index: number,
  change: Partial<ExchangeClientOptions> = {},
): ExchangeClient {
  const { kontoId, integrasjonId, privateKeyPem, certificatePem } = demo.fiksIoAccounts![index]!;
  const integration = demo.integrations.find((each) => each.integrasjonId === integrasjonId)!;
  return createExchangeClient({
    baseUrl: demo.baseUrl,
    amqp: { host: 'localhost', port: demo.amqp!.tlsPort!, ca: demo.amqp!.caPem, applicationName: 'test' },
    token: {
      issuer: demo.issuer,
      tokenEndpoint: demo.tokenEndpoint,
      clientId: integration.clientId,
      privateKeyPem: integration.privateKeyPem,
      certificatePem: integration.certificatePem,
    },
    integrasjonId,
    integrasjonPassord: integration.integrasjonPassord,
    kontoId,
    privateKeys: [{ privateKeyPem, certificatePem }],
    signer: { privateKeyPem, certificatePem },
    ...change,
  });
}

/** Subscribes and hands out messages one by one. Those of earlier tests are passed over. */
export async function inbox(
  receiver: ExchangeClient,
  options: Parameters<ExchangeClient['subscribe']>[1] = {},
) {
  const waiting: ((message: ReceivedMessage) => boolean)[] = [];
  const unread: ReceivedMessage[] = [];
  const errors: unknown[] = [];
  const subscription = await receiver.subscribe(
    (message) => {
      const taker = waiting.findIndex((take) => take(message));
      if (taker < 0) unread.push(message);
      else waiting.splice(taker, 1);
    },
    { autoAck: false, onError: (error) => errors.push(error), ...options },
  );
  const take = (matches: (message: ReceivedMessage) => boolean) => {
    const at = unread.findIndex(matches);
    if (at >= 0) return Promise.resolve(unread.splice(at, 1)[0]!);
    const { promise, resolve } = Promise.withResolvers<ReceivedMessage>();
    waiting.push((message) => {
      if (matches(message)) resolve(message);
      return matches(message);
    });
    return promise;
  };
  return { subscription, take, errors };
}

export const byId = (id: string) => (message: ReceivedMessage) => message.meldingId === id;
export const answerTo = (id: string) => (message: ReceivedMessage) => message.svarPaMelding === id;

/** SHA-256 of each file, by name. */
export async function contents(message: ReceivedMessage): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name, body } of message.files()) {
    const hash = createHash('sha256');
    for await (const chunk of body) hash.update(chunk as Buffer);
    files[name] = hash.digest('hex');
  }
  return files;
}
export const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export function* pieces(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536);
}

/** Passes connections on until they are broken: a network that fails. */
export async function startProxy(target: number) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((inner) => {
    const outer = netConnect(target, '127.0.0.1');
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    breakAll,
    close: async () => {
      breakAll();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}
