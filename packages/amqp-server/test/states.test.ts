import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AmqpServer, createAmqpServer } from '../src/index.ts';
import type { BrokerSession } from '../src/ports.ts';
import { INTEGRASJON, until } from './amqplib-client.ts';
import { encode, HEADER, plain, rawClient } from './raw-client.ts';

// What was on its way when a connection went from one state to the next.

let server: AmqpServer;
let login: PromiseWithResolvers<BrokerSession>;
let asked: number;

const session: BrokerSession = {
  user: INTEGRASJON,
  inspect: async () => ({ messageCount: 0, consumerCount: 0 }),
  subscribe: async () => ({ wake: () => undefined, end: async () => undefined }),
  get: async () => undefined,
  settle: async () => undefined,
};

beforeEach(async () => {
  login = Promise.withResolvers();
  asked = 0;
  server = await createAmqpServer({
    broker: {
      login: () => {
        asked += 1;
        return login.promise;
      },
    },
    log: pino({ level: 'silent' }),
    now: () => new Date(),
    product: 'Grunnmur',
    version: '1',
    listeners: [{ port: 0, host: '127.0.0.1' }],
    limits: { closeMs: 500 },
  });
});
afterEach(() => server.stop());

async function waitingForLogin() {
  const client = await rawClient(server.ports[0]!);
  client.write(HEADER, encode(0, 'ConnectionStartOk', { clientProperties: {}, response: plain() }));
  await until(() => asked === 1, 'asked');
  return client;
}

it('makes nothing of a login that is answered when its client has gone', async () => {
  const client = await waitingForLogin();
  client.socket.destroy();
  // The socket is not read while the host is asked: the stop is what ends it.
  const stopped = server.stop();
  login.resolve(session);
  await stopped;
  expect(server.stats().connections).toBe(0);
  expect(client.frames.map(({ name }) => name)).toEqual(['ConnectionStart']);
});

it('takes what was sent behind the login when it is answered, in order', async () => {
  const client = await waitingForLogin();
  client.write(
    encode(0, 'ConnectionTuneOk', { channelMax: 0, frameMax: 0, heartbeat: 0 }),
    encode(0, 'ConnectionOpen', { virtualHost: '/' }),
    encode(1, 'ChannelOpen'),
    encode(0, 'ConnectionClose', { replyCode: 200, replyText: '', classId: 0, methodId: 0 }),
    encode(1, 'ChannelOpen'),
  );
  expect(client.frames.map(({ name }) => name)).toEqual(['ConnectionStart']);
  login.resolve(session);
  await client.take('ConnectionCloseOk');
  expect(client.frames.map(({ name }) => name)).toEqual([
    'ConnectionStart',
    'ConnectionTune',
    'ConnectionOpenOk',
    'ChannelOpenOk',
    'ConnectionCloseOk',
  ]);
  client.socket.end();
  await until(() => server.stats().connections === 0, 'closed');
});

it('ends at once what has not logged in when the server stops', async () => {
  const client = await waitingForLogin();
  await server.stop();
  await until(() => client.ended(), 'ended');
  expect(client.frames.map(({ name }) => name)).toEqual(['ConnectionStart']);
});
