import type { AmqpServer, Broker, BrokerSession, Consumer } from '@grunnmur/amqp-server';
import { connect, INTEGRASJON, openChannel, PASSWORD, TOKEN, until } from '@grunnmur/amqp-server/testing';
import { AppError } from '@grunnmur/kernel/errors';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ExchangeError } from '../errors.ts';
import { startAmqpFace } from '../routes/amqp-face.ts';

// What the room's errors and log lines become where the room and the AMQP server meet.

let lines: string[];
let refusal: unknown;
let face: AmqpServer;
let consumer: Consumer | undefined;

const params = { queue: 'kø' };

const session: BrokerSession = {
  user: INTEGRASJON,
  inspect: async () => {
    throw refusal;
  },
  subscribe: async (_, given) => {
    if (refusal) throw refusal;
    consumer = given;
    return { wake: () => undefined, end: async () => undefined };
  },
  get: async () => {
    throw refusal;
  },
  settle: async () => undefined,
};

const broker: Broker = {
  login: async ({ password }) => {
    if (password !== `${PASSWORD} ${TOKEN}`) throw refusal;
    return session;
  },
};

beforeEach(async () => {
  lines = [];
  refusal = undefined;
  consumer = undefined;
  face = await startAmqpFace(
    {
      broker,
      log: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
      now: () => new Date(),
      version: '1.2.3',
    },
    [{ port: 0, host: '127.0.0.1' }],
    { closeMs: 500 },
  );
});
afterEach(() => face.stop());

const logged = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

const login = (username: string) => connect(face.ports[0]!, { username, password: 'galt passord' });

it('refuses a login that the accounts refuse, and says why in the log only', async () => {
  refusal = new AppError(
    'access.token_invalid',
    { status: 401, message: 'x' },
    { params: { reason: 'exp' } },
  );
  await expect(login(INTEGRASJON)).rejects.toThrow(/403 \(ACCESS-REFUSED\).*reason is in the log/);
  expect(logged()).toMatchObject([
    {
      msg: 'AMQP login refused',
      code: 'access.token_invalid',
      reason: 'exp',
      integrasjonId: INTEGRASJON,
      address: '127.0.0.1',
    },
  ]);
  expect(lines.join()).not.toContain('galt');
});

it('logs a name only when it has the form of an integration’s', async () => {
  refusal = new AppError('access.integration_unauthenticated', { status: 401, message: 'x' });
  await expect(login('hemmelig')).rejects.toThrow(/403/);
  expect(logged()[0]).toMatchObject({ code: 'access.integration_unauthenticated' });
  expect(lines.join()).not.toContain('hemmelig');
});

it.each([
  ['an error of ours that passes', new AppError('kernel.unavailable', { status: 503, message: 'x' })],
  ['an error of nobody’s', new Error('database is away')],
])('does not call it a refusal when credentials cannot be checked: %s', async (_, error) => {
  refusal = error;
  await expect(login(INTEGRASJON)).rejects.toThrow(/541/);
  expect(lines.join()).not.toContain('database is away');
});

it.each([
  [
    'unknown',
    () => ExchangeError.queueNotFound({ params }),
    '404 (NOT-FOUND) with message "NOT_FOUND - queue \'kø\' does not exist"',
  ],
  [
    'another’s',
    () => ExchangeError.queueRefused({ params }),
    '403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - access to queue \'kø\' is refused"',
  ],
])('tells by which rule a queue is refused that is %s', async (_, error, text) => {
  const model = await connect(face.ports[0]!);
  refusal = error();
  const asks = [
    async () => (await openChannel(model)).checkQueue('kø'),
    async () => (await openChannel(model)).consume('kø', () => undefined),
    async () => (await openChannel(model)).get('kø'),
  ];
  for (const ask of asks) await expect(ask()).rejects.toThrow(text);
  await model.close();
});

it('finds the exchange that messages come from, and those of the standard', async () => {
  const model = await connect(face.ports[0]!);
  const channel = await openChannel(model);
  await channel.checkExchange('fiks-io.meldinger');
  await channel.checkExchange('amq.direct');
  await expect(channel.checkExchange('en.annen')).rejects.toThrow(/404/);
  await model.close();
});

it('logs a message and an integration under the names that the room’s other lines have', async () => {
  const model = await connect(face.ports[0]!);
  await (await openChannel(model)).consume('kø', () => undefined);
  const body = Buffer.from('x');
  consumer!.deliver([
    {
      token: {},
      redelivered: false,
      exchange: 'fiks-io.meldinger',
      routingKey: 'kø',
      headers: {},
      expiration: undefined,
      messageId: 'en-melding',
      timestamp: new Date(0),
      size: body.length + 1,
      body,
    },
  ]);
  await until(() => lines.length > 0, 'logged');
  expect(logged()[0]).toMatchObject({ meldingId: 'en-melding' });
  await model.close();
});
