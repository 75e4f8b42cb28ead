import { createApp } from '@grunnmur/kernel/http';
import { type Rabbitmq, startRabbitmq, testFolder } from '@grunnmur/kernel/testing';
import { type Channel, type ChannelModel, type ConsumeMessage, connect } from 'amqplib';
import { expect } from 'vitest';
import { ExchangeError } from '../errors.ts';
import { registerAuthorization } from '../routes/authorization/register-authorization.ts';
import { createRabbitmqQueues, type RabbitmqQueues } from '../service/broker-mode/create-rabbitmq-queues.ts';
import type { RabbitmqSettings } from '../service/broker-mode/rabbitmq-settings.ts';
import { queueName } from '../service/queues/queue-name.ts';
import type { NyMelding } from '../store/meldinger/melding-store.ts';
import type { Konto } from '../types.ts';
import { principal, type QueueTest, queueTest } from './queues-harness.ts';

export const PASSWORD = 'hemmelig token';

export interface RabbitmqTest {
  readonly queues: QueueTest;
  readonly rabbitmq: Rabbitmq;
  /** The first node; its HTTP answers RabbitMQ's questions. */
  readonly node: RabbitmqQueues;
  addNode(): Promise<RabbitmqQueues>;
  send(fra: Konto, til: Konto, change?: Partial<NyMelding>): Promise<string>;
  /** A client, as those of Fiks IO are: logs in with integration, password and token. */
  connect(konto: Konto, password?: string): Promise<ChannelModel>;
  close(): Promise<void>;
}

/** A real RabbitMQ set up as docs/rabbitmq.md says, the queues of a node, and the answers to RabbitMQ's questions. */
export async function rabbitmqTest(change: Partial<RabbitmqSettings> = {}): Promise<RabbitmqTest> {
  const queues = await queueTest();
  const log = queues.ctx().log;
  const app = await createApp({ log, version: '0', publicUrl: 'http://localhost' });
  const nodes: RabbitmqQueues[] = [];
  // The backend's address goes into RabbitMQ's settings, RabbitMQ's into ours: the routes ask for the node when called.
  await registerAuthorization(app, {
    peers: ['127.0.0.1'],
    authorizer: {
      user: (question) => nodes[0]!.authorizer.user(question),
      vhost: (question) => nodes[0]!.authorizer.vhost(question),
      resource: (question) => nodes[0]!.authorizer.resource(question),
    },
  });
  const base = `${await app.listen({ port: 0, host: '127.0.0.1' })}/fiks-io/authorization/api/v1`;
  const rabbitmq = await startRabbitmq({
    folder: await testFolder(),
    advanced: '[{rabbit, [{quorum_tick_interval, 1000}]}].',
    plugins: ['rabbitmq_management', 'rabbitmq_auth_backend_http'],
    config: [
      'collect_statistics_interval = 1000',
      'auth_backends.1 = internal',
      'auth_backends.2 = http',
      'auth_http.http_method = post',
      ...['user', 'vhost', 'resource', 'topic'].map((name) => `auth_http.${name}_path = ${base}/${name}`),
    ].join('\n'),
  });
  const addNode = async () => {
    const node = createRabbitmqQueues(
      {
        db: queues.db,
        log,
        storage: queues.storage,
        access: {
          authenticateIntegration: async ({ integrasjonId, integrasjonPassord, authorization }) => {
            const known = [...queues.kontoer.values()].some((konto) => konto.integrasjonId === integrasjonId);
            if (!known || `${integrasjonPassord} ${authorization?.slice('Bearer '.length)}` !== PASSWORD)
              throw refused();
            return principal(integrasjonId!);
          },
        },
        kontoer: { find: async (_ctx, id) => queues.kontoer.get(id) },
        systemCtx: queues.ctx({ tenant: null }),
        pollMs: 500,
        expiryMs: 100,
      },
      {
        url: rabbitmq.url,
        managementUrl: `http://guest:guest@127.0.0.1:${rabbitmq.managementPort}`,
        peers: ['127.0.0.1'],
        statisticsMs: 1000,
        ...change,
      },
    );
    await node.start();
    nodes.push(node);
    return node;
  };
  const node = await addNode();
  const connections: ChannelModel[] = [];
  return {
    queues,
    rabbitmq,
    node,
    addNode,
    send: (fra, til, melding) => queues.send(fra, til, melding, node),
    connect: async (konto, password = PASSWORD) => {
      const url = new URL(rabbitmq.url);
      url.username = konto.integrasjonId;
      url.password = encodeURIComponent(password);
      const model = await connect(url.href);
      model.on('error', () => {});
      connections.push(model);
      return model;
    },
    close: async () => {
      for (const model of connections) await model.close().catch(() => {});
      for (const each of nodes) await each.stop();
      await rabbitmq.stop();
      await app.close();
      await queues.close();
    },
  };
}

/** What the room needs of a refusal is that it is an error of ours. */
const refused = () => ExchangeError.queueRefused({ params: { queue: '' } });

/** Consumes until the test is over, and keeps what comes; `settle` decides what becomes of each. */
export async function consume(
  model: ChannelModel,
  konto: Konto,
  settle: (channel: Channel, message: ConsumeMessage) => void = (channel, message) => channel.ack(message),
  prefetch = 10,
): Promise<{ channel: Channel; seen: ConsumeMessage[]; ids: () => string[]; cancelled: () => boolean }> {
  const channel = await model.createChannel();
  channel.on('error', () => {});
  await channel.prefetch(prefetch);
  const seen: ConsumeMessage[] = [];
  let cancelled = false;
  await channel.consume(queueName(konto.id), (message) => {
    if (!message) {
      cancelled = true;
      return;
    }
    seen.push(message);
    settle(channel, message);
  });
  return {
    channel,
    seen,
    ids: () => seen.map(({ properties }) => String(properties.messageId)),
    cancelled: () => cancelled,
  };
}

/** Waits for a message's state; what RabbitMQ tells by the lengths of its queues takes the longest. */
export async function becomes(
  test: RabbitmqTest,
  id: string,
  status: string,
  timeout = 20_000,
): Promise<void> {
  await expect.poll(() => test.queues.status(id), { timeout, interval: 100 }).toBe(status);
}
