import { randomBytes } from 'node:crypto';
import type { IncomingArguments } from '../codec/method-codec.ts';
import { channelFault, connectionFault, describeError } from '../faults.ts';
import type { Channel, ConsumerState } from './channel-state.ts';
import { acceptDeliveries, capacityOf, releaseHeld } from './deliver.ts';
import { takeUnsent } from './settle.ts';

/** `basic.consume`. Arguments of the consumer (priority and the like) have been read within limits and are not used. */
export async function consume(channel: Channel, args: IncomingArguments<'basic.consume'>): Promise<void> {
  const { link } = channel;
  const queue = args.queue || channel.lastQueue;
  if (channel.consumers.has(args.consumerTag)) {
    throw connectionFault('NOT_ALLOWED', `consumer tag '${args.consumerTag}' is in use`);
  }
  if (channel.consumers.size >= link.limits.maxConsumersPerChannel) {
    throw channelFault(
      'PRECONDITION_FAILED',
      `more than ${link.limits.maxConsumersPerChannel} consumers on a channel`,
    );
  }
  const release = await link.claims.claim({
    user: link.session.user,
    queue,
    exclusive: args.exclusive,
    elsewhere: async () => (await link.session.inspect(queue)).consumerCount,
  });
  const consumer: ConsumerState = {
    tag: args.consumerTag || `amq.ctag-${randomBytes(16).toString('base64url')}`,
    queue,
    noAck: args.noAck,
    exclusive: args.exclusive,
    prefetch: channel.prefetch || link.limits.maxUnackedPerChannel,
    outstanding: 0,
    started: false,
    ended: false,
    subscription: undefined,
    release,
  };
  channel.consumers.set(consumer.tag, consumer);
  try {
    consumer.subscription = await subscribe(channel, consumer);
  } catch (error) {
    forgetConsumer(channel, consumer);
    throw error;
  }
  if (channel.state !== 'open') {
    // The channel ended while the broker was asked.
    forgetConsumer(channel, consumer);
    return endSubscription(channel, consumer);
  }
  if (!args.nowait) channel.output.send('basic.consume-ok', { consumerTag: consumer.tag });
  consumer.started = true;
  if (consumer.ended) return tellCancelled(channel, consumer);
  releaseHeld(channel);
  consumer.subscription.wake();
}

function subscribe(channel: Channel, consumer: ConsumerState) {
  return channel.link.session.subscribe(consumer.queue, {
    capacity: () => capacityOf(channel, consumer),
    deliver: (deliveries) => acceptDeliveries(channel, consumer, deliveries),
    cancelled: () => cancelledByBroker(channel, consumer),
    connection: channel.link.peer,
  });
}

/** `basic.cancel` of the client: what is on its way goes out first, `cancel-ok` is last (AMQP 0-9-1: basic.cancel). */
export async function cancel(channel: Channel, args: IncomingArguments<'basic.cancel'>): Promise<void> {
  const consumer = channel.consumers.get(args.consumerTag);
  if (consumer) {
    // Still delivering until the broker has ended it: the client knows the consumer until `cancel-ok`.
    await endSubscription(channel, consumer);
    forgetConsumer(channel, consumer);
    const unsent = takeUnsent(channel, consumer);
    if (unsent.length > 0) await channel.link.settleNow(unsent);
  }
  if (!args.nowait) channel.output.send('basic.cancel-ok', { consumerTag: args.consumerTag });
}

/** The queue is gone. What the client has stays with it to answer. */
function cancelledByBroker(channel: Channel, consumer: ConsumerState): void {
  if (consumer.ended) return;
  forgetConsumer(channel, consumer);
  for (const unsent of takeUnsent(channel, consumer)) channel.link.settle(unsent);
  if (consumer.started) tellCancelled(channel, consumer);
}

function tellCancelled(channel: Channel, consumer: ConsumerState): void {
  if (channel.state !== 'open' || !channel.link.cancelNotify) return;
  channel.output.send('basic.cancel', { consumerTag: consumer.tag, nowait: true });
}

/** Ends every consumer; resolves when the broker delivers nothing more. */
export async function endConsumers(channel: Channel): Promise<void> {
  const consumers = [...channel.consumers.values()];
  for (const consumer of consumers) forgetConsumer(channel, consumer);
  await Promise.all(consumers.map((consumer) => endSubscription(channel, consumer)));
}

function forgetConsumer(channel: Channel, consumer: ConsumerState): void {
  if (consumer.ended) return;
  consumer.ended = true;
  channel.consumers.delete(consumer.tag);
  consumer.release();
}

async function endSubscription(channel: Channel, consumer: ConsumerState): Promise<void> {
  try {
    await consumer.subscription?.end();
  } catch (error) {
    channel.link.log.warn(describeError(error), 'AMQP consumer could not be ended');
  }
}
