import type { Delivery } from '../ports.ts';
import { type Channel, type ConsumerState, type Held, settlement } from './channel-state.ts';

const NOTHING = new Uint8Array(0);
/** Bodies above this are not kept until they are answered. */
const KEPT_BODY = 1024;

/** How many deliveries fit for a consumer right now (ports.ts: Consumer.capacity). */
export function capacityOf(channel: Channel, consumer: ConsumerState): number {
  const { link } = channel;
  if (channel.state !== 'open' || !channel.flowing || consumer.ended || link.outlet.blocked()) return 0;
  if (consumer.noAck) return Math.max(0, link.limits.noAckWindow - consumer.outstanding);
  const own = consumer.prefetch - consumer.outstanding;
  const shared =
    channel.sharedPrefetch > 0 ? channel.sharedPrefetch - channel.outstanding - channel.held.length : own;
  const most = link.limits.maxUnackedPerChannel - channel.outstanding;
  return Math.max(0, Math.min(own, shared, most, link.limits.maxUnackedPerConnection - link.unacked));
}

/** Takes deliveries from the broker; those that may not be written yet are held. */
export function acceptDeliveries(
  channel: Channel,
  consumer: ConsumerState,
  deliveries: readonly Delivery[],
): void {
  for (const delivery of deliveries) {
    if (channel.state !== 'open' || consumer.ended) {
      channel.link.settle(settlement(delivery, 'undelivered'));
      continue;
    }
    consumer.outstanding += 1;
    channel.held.push({ delivery, consumer });
  }
  releaseHeld(channel);
}

/** Writes what was held and may go now, in order. */
export function releaseHeld(channel: Channel): void {
  if (channel.held.length === 0 || channel.state !== 'open' || !channel.flowing) return;
  const kept: Held[] = [];
  for (const item of channel.held) {
    if (mayGo(channel, item.consumer)) sendDelivery(channel, item.consumer, item.delivery);
    else kept.push(item);
  }
  channel.held = kept;
}

function mayGo(channel: Channel, consumer: ConsumerState): boolean {
  if (!consumer.started) return false;
  return consumer.noAck || channel.sharedPrefetch === 0 || channel.outstanding < channel.sharedPrefetch;
}

function sendDelivery(channel: Channel, consumer: ConsumerState, delivery: Delivery): void {
  const { link } = channel;
  if (!consumer.noAck) channel.outstanding += 1;
  link.unacked += 1;
  let tag = 0;
  channel.output.message({
    delivery,
    owner: consumer,
    begin: (write) => {
      tag = number(channel, delivery, consumer);
      write('basic.deliver', {
        consumerTag: consumer.tag,
        deliveryTag: tag,
        redelivered: delivery.redelivered,
        exchange: delivery.exchange,
        routingKey: delivery.routingKey,
      });
    },
    done: () => {
      if (consumer.noAck && channel.unacked.delete(tag)) {
        forget(channel, consumer);
        link.settle(settlement(delivery, 'ack'));
      }
    },
    undeliverable: (reason, outcome) => {
      link.log.error(
        { messageId: delivery.messageId, reason },
        'message cannot be written to its AMQP consumer',
      );
      forget(channel, consumer);
      link.settle(settlement(delivery, outcome));
    },
  });
}

/** `basic.get-ok` with its message. */
export function sendGot(channel: Channel, delivery: Delivery, remaining: number, noAck: boolean): void {
  const { link } = channel;
  let tag = 0;
  link.unacked += 1;
  channel.output.message({
    delivery,
    owner: undefined,
    begin: (write) => {
      tag = number(channel, delivery, undefined);
      write('basic.get-ok', {
        deliveryTag: tag,
        redelivered: delivery.redelivered,
        exchange: delivery.exchange,
        routingKey: delivery.routingKey,
        messageCount: remaining,
      });
    },
    done: () => {
      if (!noAck || !channel.unacked.delete(tag)) return;
      forget(channel, undefined);
      link.settle(settlement(delivery, 'ack'));
    },
    undeliverable: (reason, outcome) => {
      link.log.error(
        { messageId: delivery.messageId, reason },
        'message cannot be written to its AMQP client',
      );
      forget(channel, undefined);
      link.settle(settlement(delivery, outcome));
      channel.output.send('basic.get-empty', { clusterId: '' });
    },
  });
}

function number(channel: Channel, delivery: Delivery, consumer: ConsumerState | undefined): number {
  const tag = channel.nextTag;
  channel.nextTag += 1;
  channel.unacked.set(tag, { delivery: lean(delivery), consumer, since: channel.link.clock() });
  return tag;
}

/** What has to be kept until the answer: the body has been written, and may be large. */
function lean(delivery: Delivery): Delivery {
  const { body } = delivery;
  if (body instanceof Uint8Array && body.length <= KEPT_BODY) return delivery;
  return { ...delivery, body: NOTHING };
}

/** Counts a delivery that is no longer with the client, and wakes its consumer. */
export function forget(channel: Channel, consumer: ConsumerState | undefined): void {
  channel.link.unacked -= 1;
  if (!consumer) return;
  consumer.outstanding -= 1;
  if (!consumer.noAck) channel.outstanding -= 1;
  if (!consumer.ended) channel.link.wake(consumer);
}
