import type {
  BrokerSession,
  Consumer,
  Delivery,
  Settlement,
  Subscription,
} from '@grunnmur/amqp-server/ports';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Channel, ConsumeMessage } from 'amqplib';
import { ExchangeError } from '../../errors.ts';
import type { RabbitmqSession } from '../../external/rabbitmq/link.ts';
import { declareQueue } from '../../external/rabbitmq/topology.ts';
import { EXCHANGE_NAME } from '../../types.ts';
import type { Kontoer } from '../ports.ts';
import { kontoOfQueue } from '../queues/queue-name.ts';

export interface RabbitmqSessionDeps {
  readonly kontoer: Pick<Kontoer, 'find'>;
  readonly systemCtx: Ctx;
  readonly session: () => RabbitmqSession | undefined;
}

/** What a delivery's token holds. */
interface Given {
  readonly open: OpenChannel;
  readonly message: ConsumeMessage;
  /** The channel is for this delivery only. */
  once: boolean;
  settled: boolean;
}

interface OpenChannel {
  readonly channel: Channel;
  /** It has ended, and everything on it has gone back by itself. */
  over: boolean;
}

/** The queues of an integration that the platform itself acts for, read from RabbitMQ as any client does. */
export function openRabbitmqSession(deps: RabbitmqSessionDeps, integrasjonId: string): BrokerSession {
  const open = async (queue: string): Promise<RabbitmqSession> => {
    const kontoId = kontoOfQueue(queue);
    const konto = kontoId ? await deps.kontoer.find(deps.systemCtx, kontoId) : undefined;
    const params = { queue: queue.slice(0, 100) };
    if (!konto || konto.slettet) throw ExchangeError.queueNotFound({ params });
    if (konto.integrasjonId !== integrasjonId) throw ExchangeError.queueRefused({ params });
    const session = deps.session();
    if (!session) throw new Error('there is no connection to RabbitMQ');
    return session;
  };

  return {
    user: integrasjonId,
    inspect: async (queue) => {
      const { ready, consumers } = await declareQueue((await open(queue)).topology, queue);
      return { messageCount: ready, consumerCount: consumers };
    },
    subscribe: async (queue, consumer) => subscribe(await open(queue), queue, consumer),
    get: async (queue) => {
      const session = await open(queue);
      const opened = await openChannel(session);
      const message = await opened.channel.get(queue);
      if (!message) {
        await opened.channel.close();
        return undefined;
      }
      const delivery = toDelivery(opened, message as unknown as ConsumeMessage);
      (delivery.token as Given).once = true;
      return { delivery, remaining: message.fields.messageCount };
    },
    settle: async (settlements) => settlements.forEach(settle),
  };
}

async function openChannel(session: RabbitmqSession): Promise<OpenChannel> {
  const opened: OpenChannel = { channel: await session.openChannel(), over: false };
  opened.channel.on('close', () => {
    opened.over = true;
  });
  return opened;
}

async function subscribe(session: RabbitmqSession, queue: string, consumer: Consumer): Promise<Subscription> {
  await declareQueue(session.topology, queue);
  const opened = await openChannel(session);
  const { channel } = opened;
  let over = false;
  const cancelled = () => {
    if (over) return;
    over = true;
    consumer.cancelled();
  };
  channel.on('close', cancelled);
  // RabbitMQ holds the limit: what it had room for at first is what it may have out.
  await channel.prefetch(Math.max(1, consumer.capacity()));
  const { consumerTag } = await channel.consume(queue, (message) => {
    if (!message) return cancelled();
    consumer.deliver([toDelivery(opened, message)]);
  });
  return {
    wake: () => {},
    end: async () => {
      if (over) return;
      over = true;
      await channel.cancel(consumerTag);
    },
  };
}

function toDelivery(open: OpenChannel, message: ConsumeMessage): Delivery {
  const { fields, properties, content } = message;
  const given: Given = { open, message, once: false, settled: false };
  return {
    token: given,
    redelivered: fields.redelivered,
    exchange: EXCHANGE_NAME,
    routingKey: fields.routingKey,
    headers: (properties.headers ?? {}) as Record<string, string>,
    expiration: properties.expiration as string | undefined,
    messageId: String(properties.messageId),
    timestamp: new Date(Number(properties.timestamp) * 1000),
    size: content.length,
    body: content,
  };
}

function settle({ delivery, outcome }: Settlement): void {
  const given = delivery.token as Given;
  if (given.settled || given.open.over) return;
  given.settled = true;
  const { channel } = given.open;
  if (outcome === 'ack') channel.ack(given.message);
  else channel.nack(given.message, false, outcome !== 'reject');
  if (given.once) channel.close().catch(() => {});
}
