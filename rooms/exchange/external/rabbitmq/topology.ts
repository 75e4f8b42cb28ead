import type { Channel } from 'amqplib';
import { EXCHANGE_NAME } from '../../types.ts';

/** Where RabbitMQ puts what it gives up, for us to read. */
const DEAD_EXCHANGE = 'fiks-io.dode';
export const DEAD_QUEUE = 'fiks-io.dode';

/** Times that RabbitMQ delivers a message again; the next failure makes it a dead letter: three deliveries (§3.5). */
const DELIVERY_LIMIT = 2;

/**
 * Dead letters are moved only when the queue of dead letters has confirmed them, so a broker that is killed loses none;
 * RabbitMQ asks for `reject-publish` with that. Changing any of these needs new queues: RabbitMQ refuses other arguments.
 */
const KONTO_QUEUE = {
  durable: true,
  arguments: {
    'x-queue-type': 'quorum',
    'x-delivery-limit': DELIVERY_LIMIT,
    'x-dead-letter-exchange': DEAD_EXCHANGE,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  },
};

/** The exchanges and the queue of dead letters. */
export async function declareBase(channel: Channel): Promise<void> {
  await channel.assertExchange(EXCHANGE_NAME, 'direct', { durable: true });
  await channel.assertExchange(DEAD_EXCHANGE, 'fanout', { durable: true });
  await channel.assertQueue(DEAD_QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue(DEAD_QUEUE, DEAD_EXCHANGE, '');
}

export interface QueueLength {
  /** Waiting; what consumers have not acknowledged is not counted. */
  readonly ready: number;
  readonly consumers: number;
}

/** The queue is there and bound; answers what RabbitMQ knows of it now. */
export async function declareQueue(channel: Channel, queue: string): Promise<QueueLength> {
  const length = await lengthOf(channel, queue);
  await channel.bindQueue(queue, EXCHANGE_NAME, queue);
  return length;
}

/** Of a queue that has been declared. A queue that does not answer within 250 ms is said to be empty and without consumers. */
export async function lengthOf(channel: Channel, queue: string): Promise<QueueLength> {
  const { messageCount, consumerCount } = await channel.assertQueue(queue, KONTO_QUEUE);
  return { ready: messageCount, consumers: consumerCount };
}
