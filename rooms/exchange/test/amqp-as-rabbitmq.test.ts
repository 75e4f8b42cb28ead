import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Rabbitmq, startRabbitmq, testFolder } from '@grunnmur/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, INTEGRASJON, OTHERS_QUEUE, QUEUE, startFixture, until } from './amqp-fixture.ts';
import { PASSWORD, TOKEN } from './amqp-memory-broker.ts';
import { encode, endRaw, frame, openRawChannel } from './amqp-raw-client.ts';
import { rabbitmqIsMissing } from './rabbitmq-harness.ts';

interface Case {
  readonly name: string;
  readonly steps: readonly Buffer[];
  /** Every answer in order: `Name`, or for a close `Name code class.method`. */
  readonly answers: readonly string[];
}

const method = (name: string, fields: Record<string, unknown> = {}) => encode(1, name, fields);
const declare = (fields: Record<string, unknown>) => method('QueueDeclare', { queue: '', ...fields });
const exchange = (name: string, passive = true) => method('ExchangeDeclare', { exchange: name, passive });
const publish = Buffer.concat([
  method('BasicPublish', { exchange: 'fiks-io.meldinger', routingKey: QUEUE }),
  frame(2, 1, Buffer.from([0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0])),
  frame(3, 1, Buffer.from('x')),
]);
const bind = { queue: QUEUE, source: 'amq.direct', destination: 'amq.fanout', exchange: 'amq.direct' };

/**
 * What a client with the rights of an integration may try besides consuming. Both servers must answer alike: a client that
 * has learnt to live with RabbitMQ then lives with ours, also with what neither permits.
 */
const CASES: readonly Case[] = [
  { name: 'confirm.select', steps: [method('ConfirmSelect')], answers: ['ConfirmSelectOk'] },
  {
    name: 'confirm.select twice, the first without an answer',
    steps: [method('ConfirmSelect', { nowait: true }), method('ConfirmSelect')],
    answers: ['ConfirmSelectOk'],
  },
  {
    name: 'publishing in confirm mode',
    steps: [method('ConfirmSelect'), publish],
    answers: ['ConfirmSelectOk', 'ChannelClose 403 60.40'],
  },
  { name: 'publishing', steps: [publish], answers: ['ChannelClose 403 60.40'] },
  {
    name: 'a transaction with nothing in it',
    steps: [method('TxSelect'), method('TxSelect'), method('TxCommit'), method('TxRollback')],
    answers: ['TxSelectOk', 'TxSelectOk', 'TxCommitOk', 'TxRollbackOk'],
  },
  {
    name: 'publishing in a transaction',
    steps: [method('TxSelect'), publish],
    answers: ['TxSelectOk', 'ChannelClose 403 60.40'],
  },
  { name: 'tx.commit without tx', steps: [method('TxCommit')], answers: ['ChannelClose 406 90.20'] },
  { name: 'tx.rollback without tx', steps: [method('TxRollback')], answers: ['ChannelClose 406 90.30'] },
  {
    name: 'confirm after tx',
    steps: [method('TxSelect'), method('ConfirmSelect')],
    answers: ['TxSelectOk', 'ChannelClose 406 85.10'],
  },
  {
    name: 'tx after confirm',
    steps: [method('ConfirmSelect'), method('TxSelect')],
    answers: ['ConfirmSelectOk', 'ChannelClose 406 90.10'],
  },
  {
    name: 'a queue of its own',
    steps: [declare({ exclusive: true })],
    answers: ['ChannelClose 403 50.10'],
  },
  { name: 'a queue named by the server', steps: [declare({})], answers: ['ChannelClose 403 50.10'] },
  { name: 'a new queue', steps: [declare({ queue: 'ny.kø' })], answers: ['ChannelClose 403 50.10'] },
  {
    name: 'an exclusive declaration of a queue that is there',
    steps: [declare({ queue: QUEUE, exclusive: true })],
    answers: ['ChannelClose 403 50.10'],
  },
  {
    name: 'an unknown queue, passive',
    steps: [declare({ queue: 'ny.kø', passive: true })],
    answers: ['ChannelClose 404 50.10'],
  },
  {
    name: 'the queue declared before, when there is none',
    steps: [declare({ passive: true })],
    answers: ['ChannelClose 404 50.10'],
  },
  {
    name: 'its own queue, passive',
    steps: [declare({ queue: QUEUE, passive: true })],
    answers: ['QueueDeclareOk'],
  },
  {
    name: 'consuming another’s queue',
    steps: [method('BasicConsume', { queue: OTHERS_QUEUE, consumerTag: '' })],
    answers: ['ChannelClose 403 60.20'],
  },
  {
    name: 'getting from another’s queue',
    steps: [method('BasicGet', { queue: OTHERS_QUEUE })],
    answers: ['ChannelClose 403 60.70'],
  },
  { name: 'queue.bind', steps: [method('QueueBind', bind)], answers: ['ChannelClose 403 50.20'] },
  { name: 'queue.unbind', steps: [method('QueueUnbind', bind)], answers: ['ChannelClose 403 50.50'] },
  { name: 'queue.delete', steps: [method('QueueDelete', bind)], answers: ['ChannelClose 403 50.40'] },
  {
    name: 'purging another’s queue',
    steps: [method('QueuePurge', { queue: OTHERS_QUEUE })],
    answers: ['ChannelClose 403 50.30'],
  },
  ...['amq.direct', 'amq.fanout', 'amq.topic', 'amq.headers', 'amq.match', 'amq.rabbitmq.trace'].map(
    (name) => ({
      name: `${name}, passive`,
      steps: [exchange(name)],
      answers: ['ExchangeDeclareOk'],
    }),
  ),
  {
    name: 'an unknown exchange, passive',
    steps: [exchange('finnes-ikke')],
    answers: ['ChannelClose 404 40.10'],
  },
  { name: 'the default exchange', steps: [exchange('')], answers: ['ChannelClose 403 40.10'] },
  { name: 'a new exchange', steps: [exchange('ny', false)], answers: ['ChannelClose 403 40.10'] },
  { name: 'exchange.bind', steps: [method('ExchangeBind', bind)], answers: ['ChannelClose 403 40.30'] },
  { name: 'exchange.delete', steps: [method('ExchangeDelete', bind)], answers: ['ChannelClose 403 40.20'] },
  {
    name: 'an unknown delivery tag',
    steps: [method('BasicAck', { deliveryTag: 7 })],
    answers: ['ChannelClose 406 60.80'],
  },
  {
    name: 'a consumer tag in use',
    steps: ['a', 'a'].map((consumerTag) => method('BasicConsume', { queue: QUEUE, consumerTag })),
    answers: ['BasicConsumeOk', 'ConnectionClose 530 60.20'],
  },
  {
    name: 'cancelling an unknown consumer',
    steps: [method('BasicCancel', { consumerTag: 'ukjent' })],
    answers: ['BasicCancelOk'],
  },
  {
    name: 'prefetch-size',
    steps: [method('BasicQos', { prefetchSize: 1 })],
    answers: ['ConnectionClose 540 60.10'],
  },
  {
    name: 'recover without requeue',
    steps: [method('BasicRecover', { requeue: false })],
    answers: ['ConnectionClose 540 60.110'],
  },
  {
    name: 'a method on a channel that is not open',
    steps: [encode(9, 'BasicQos')],
    answers: ['ConnectionClose 504 60.10'],
  },
  {
    name: 'a channel opened twice',
    steps: [method('ChannelOpen')],
    answers: ['ConnectionClose 504 20.10'],
  },
  {
    name: 'a new secret',
    steps: [encode(0, 'ConnectionUpdateSecret', { newSecret: Buffer.from('nytt'), reason: 'fornyet' })],
    answers: ['ConnectionUpdateSecretOk'],
  },
  {
    name: 'closing',
    steps: [encode(0, 'ConnectionClose', { replyCode: 200, replyText: '', classId: 0, methodId: 0 })],
    answers: ['ConnectionCloseOk'],
  },
];

async function answersOf(port: number, { steps, answers }: Case): Promise<string[]> {
  const client = await openRawChannel(port, { channelMax: 2047, frameMax: 131_072 });
  const before = client.frames.length;
  const given = () => client.frames.slice(before).filter(({ type }) => type === 1);
  client.write(...steps);
  const isOver = () => given().some(({ name }) => /^(Channel|Connection)Close$/.test(name));
  await until(() => given().length >= answers.length || isOver() || client.ended(), 'answers');
  await endRaw(client);
  return given().map(({ name, fields }) =>
    'replyCode' in fields ? `${name} ${fields.replyCode} ${fields.classId}.${fields.methodId}` : name,
  );
}

describe('our broker', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture();
  });
  afterAll(() => fixture.stop());

  it.each(CASES)('answers as RabbitMQ does: $name', async (one) => {
    expect(await answersOf(fixture.port, one)).toEqual(one.answers);
  });

  it('says why in English, as the locale it offers', async () => {
    const client = await openRawChannel(fixture.port);
    const text = async (name: string, fields: Record<string, unknown>) => {
      client.method(1, name, fields);
      const { replyText } = (await client.take('ChannelClose')).fields;
      client.method(1, 'ChannelCloseOk');
      client.method(1, 'ChannelOpen');
      await client.take('ChannelOpenOk');
      return replyText;
    };
    expect(await text('BasicGet', { queue: OTHERS_QUEUE })).toBe(
      `ACCESS_REFUSED - access to queue '${OTHERS_QUEUE}' is refused`,
    );
    expect(await text('BasicConsume', { queue: 'ukjent', consumerTag: '' })).toBe(
      "NOT_FOUND - queue 'ukjent' does not exist",
    );
    await endRaw(client);
  });
});

describe('RabbitMQ', { timeout: 60_000 }, () => {
  const missing = rabbitmqIsMissing();
  let rabbitmq: Rabbitmq;
  beforeAll(async () => {
    if (missing) return;
    const folder = await testFolder();
    const definitions = join(folder, 'definitions.json');
    await writeFile(definitions, JSON.stringify(definitionsFor(INTEGRASJON, `${PASSWORD} ${TOKEN}`)), {
      mode: 0o644,
    });
    rabbitmq = await startRabbitmq({ folder, config: `load_definitions = ${definitions}` });
  }, 120_000);
  afterAll(() => rabbitmq?.stop());

  it('gives the answers that are written here', async ({ skip }) => {
    if (missing) skip();
    const given: Record<string, string[]> = {};
    for (const one of CASES) given[one.name] = await answersOf(rabbitmq.port, one);
    expect(given).toEqual(Object.fromEntries(CASES.map(({ name, answers }) => [name, answers])));
  });
});

/** One user who may read one queue, as an integration may, and the queue of another. */
function definitionsFor(name: string, password: string): unknown {
  const salt = randomBytes(4);
  const hash = createHash('sha256').update(salt).update(password).digest();
  const queue = { vhost: '/', durable: true, auto_delete: false, arguments: {} };
  return {
    users: [
      {
        name,
        password_hash: Buffer.concat([salt, hash]).toString('base64'),
        hashing_algorithm: 'rabbit_password_hashing_sha256',
        tags: '',
      },
    ],
    vhosts: [{ name: '/' }],
    permissions: [
      { user: name, vhost: '/', configure: '^$', write: '^$', read: `^${QUEUE.replaceAll('.', '\\.')}$` },
    ],
    queues: [QUEUE, OTHERS_QUEUE].map((one) => ({ ...queue, name: one })),
    exchanges: [
      {
        name: 'fiks-io.meldinger',
        vhost: '/',
        type: 'direct',
        durable: true,
        auto_delete: false,
        internal: false,
        arguments: {},
      },
    ],
  };
}
