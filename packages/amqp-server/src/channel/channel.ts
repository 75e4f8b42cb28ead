import { type IncomingArguments, type IncomingMethod, idsOf } from '../codec/method-codec.ts';
import {
  type AmqpFault,
  channelFault,
  connectionFault,
  describeError,
  NO_METHOD,
  REPLY,
  toFault,
} from '../faults.ts';
import { Refusal } from '../ports.ts';
import { commit, rollback, selectConfirm, selectTransactions } from './channel-modes.ts';
import { type ChannelOutput, createChannelOutput } from './channel-output.ts';
import { type Channel, type GivenBack, type Link, settlement } from './channel-state.ts';
import { cancel, consume, endConsumers } from './consume.ts';
import { releaseHeld, sendGot } from './deliver.ts';
import { settleTag, takeUnacked, takeUnsent, unstage } from './settle.ts';

export type { Channel, Link } from './channel-state.ts';

/** A channel as `channel.open` makes it. */
export function createChannel(number: number, link: Link, frameMax: number): Channel {
  const output: ChannelOutput = createChannelOutput({
    channel: number,
    outlet: link.outlet,
    frameMax,
    onBroken: (error, message) => {
      link.log.error(describeError(error), 'message broke off in the middle of its body');
      // One attempt for the message itself; what else the client has goes back without.
      if (message) link.settle(settlement(message.delivery, 'connection_lost'));
      link.fail(connectionFault('INTERNAL_ERROR', 'the body of a message broke off'), undefined, 'released');
    },
  });
  return {
    number,
    link,
    output,
    consumers: new Map(),
    unacked: new Map(),
    staged: [],
    mode: 'plain',
    held: [],
    nextTag: 1,
    prefetch: 0,
    sharedPrefetch: 0,
    outstanding: 0,
    flowing: true,
    lastQueue: '',
    state: 'open',
    crossed: false,
    busy: false,
    waiting: [],
  };
}

/** Answers a method on an open channel, after those before it. Errors close the channel or the connection. */
export function runMethod(channel: Channel, method: IncomingMethod): void {
  if (channel.busy) {
    channel.waiting.push(method);
    return;
  }
  try {
    const working = answer(channel, method);
    if (working) wait(channel, method, working);
  } catch (error) {
    failChannel(channel, error, method);
  }
}

function wait(channel: Channel, method: IncomingMethod, working: Promise<void>): void {
  channel.busy = true;
  working
    .catch((error: unknown) => failChannel(channel, error, method))
    .finally(() => {
      channel.busy = false;
      const waiting = channel.waiting;
      channel.waiting = [];
      channel.link.resume();
      for (const next of waiting) if (channel.state === 'open') runMethod(channel, next);
    });
}

function answer(channel: Channel, method: IncomingMethod): Promise<void> | undefined {
  switch (method.name) {
    case 'basic.ack':
      return void settleTag(channel, method.args.deliveryTag, method.args.multiple, 'ack');
    case 'basic.nack':
      return void settleTag(
        channel,
        method.args.deliveryTag,
        method.args.multiple,
        refusal(method.args.requeue),
      );
    case 'basic.reject':
      return void settleTag(channel, method.args.deliveryTag, false, refusal(method.args.requeue));
    case 'basic.qos':
      return void qos(channel, method.args);
    case 'basic.consume':
      return consume(channel, method.args);
    case 'basic.cancel':
      return cancel(channel, method.args);
    case 'basic.get':
      return get(channel, method.args);
    case 'basic.recover':
      return recover(channel, method.args.requeue, true);
    case 'basic.recover-async':
      return recover(channel, method.args.requeue, false);
    case 'channel.close':
      return closeByClient(channel);
    case 'channel.flow':
      return void flow(channel, method.args.active);
    case 'queue.declare':
      return declareQueue(channel, method.args);
    case 'exchange.declare':
      return void declareExchange(channel, method.args);
    case 'confirm.select':
      return void selectConfirm(channel, method.args.nowait);
    case 'tx.select':
      return void selectTransactions(channel);
    case 'tx.commit':
      return commit(channel);
    case 'tx.rollback':
      return void rollback(channel);
    // Answers to what we may have sent; nothing waits for them.
    case 'basic.cancel-ok':
    case 'channel.flow-ok':
      return undefined;
    default:
      throw refused(method);
  }
}

/** Methods that change the topology or publish: messages are sent by HTTP, and queues are the host's (fiks-io §3.2). */
function refused(method: IncomingMethod): Error {
  switch (method.name) {
    case 'basic.publish':
      return channelFault('ACCESS_REFUSED', 'nothing is published here, messages are sent by HTTP');
    case 'exchange.bind':
    case 'exchange.unbind':
    case 'exchange.delete':
    case 'queue.bind':
    case 'queue.unbind':
    case 'queue.delete':
    case 'queue.purge':
      return channelFault('ACCESS_REFUSED', `${method.name} is not permitted`);
    default:
      return connectionFault('COMMAND_INVALID', `${method.name} is out of place`);
  }
}

function refusal(requeue: boolean): 'requeue' | 'reject' {
  return requeue ? 'requeue' : 'reject';
}

/** RabbitMQ's meaning of `global`, which published clients rely on: false is for each new consumer, true is shared. */
function qos(channel: Channel, args: IncomingArguments<'basic.qos'>): void {
  if (args.prefetchSize !== 0) throw connectionFault('NOT_IMPLEMENTED', 'prefetch-size is not implemented');
  if (args.global) channel.sharedPrefetch = args.prefetchCount;
  else channel.prefetch = args.prefetchCount;
  channel.output.send('basic.qos-ok', {});
  wakeAll(channel);
}

function flow(channel: Channel, active: boolean): void {
  channel.flowing = active;
  channel.output.send('channel.flow-ok', { active });
  wakeAll(channel);
}

/** Capacity has grown for reasons other than a settlement. */
export function wakeAll(channel: Channel): void {
  releaseHeld(channel);
  for (const consumer of channel.consumers.values()) channel.link.wake(consumer);
}

async function get(channel: Channel, args: IncomingArguments<'basic.get'>): Promise<void> {
  const { limits, outlet, session } = channel.link;
  // Taken when there is room for it: what is not read yet would gather here.
  if (outlet.blocked()) await outlet.drained();
  if (
    channel.unacked.size + channel.staged.length >= limits.maxUnackedPerChannel ||
    channel.link.unacked >= limits.maxUnackedPerConnection
  ) {
    throw channelFault('PRECONDITION_FAILED', 'too many unacknowledged messages');
  }
  const got = await session.get(args.queue || channel.lastQueue);
  if (!got) channel.output.send('basic.get-empty', { clusterId: '' });
  else if (channel.state === 'open') sendGot(channel, got.delivery, got.remaining, args.noAck);
  else channel.link.settle(settlement(got.delivery, 'undelivered'));
}

async function recover(channel: Channel, requeue: boolean, reply: boolean): Promise<void> {
  if (!requeue) throw connectionFault('NOT_IMPLEMENTED', 'recover without requeue is not implemented');
  await channel.link.settleNow(takeUnacked(channel, 'requeue'));
  if (reply) channel.output.send('basic.recover-ok', {});
  wakeAll(channel);
}

/**
 * Queues are the host's (fiks-io §3.2): a declaration of one that may be read tells its counts, whatever its arguments.
 * Making one is refused, as RabbitMQ refuses who may not configure: a queue of one's own, or with a name from the server.
 */
async function declareQueue(channel: Channel, args: IncomingArguments<'queue.declare'>): Promise<void> {
  if (!args.passive && (args.exclusive || !args.queue)) throw queueRefused();
  const queue = args.queue || channel.lastQueue;
  const info = await channel.link.session.inspect(queue).catch((error: unknown) => {
    const unknown = error instanceof Refusal && error.kind === 'unknown-queue';
    throw unknown && !args.passive ? queueRefused() : error;
  });
  channel.lastQueue = queue;
  if (args.nowait) return;
  const { messageCount, consumerCount } = info;
  channel.output.send('queue.declare-ok', { queue, messageCount, consumerCount });
}

function queueRefused(): AmqpFault {
  return channelFault('ACCESS_REFUSED', 'queues are not declared by clients');
}

function declareExchange(channel: Channel, args: IncomingArguments<'exchange.declare'>): void {
  if (!args.passive) throw channelFault('ACCESS_REFUSED', 'exchanges are not declared by clients');
  if (args.exchange === '') throw channelFault('ACCESS_REFUSED', 'the default exchange is not declared');
  if (!channel.link.exchanges.has(args.exchange))
    throw channelFault('NOT_FOUND', `no exchange '${args.exchange}'`);
  if (!args.nowait) channel.output.send('exchange.declare-ok', {});
}

/** Tells the client that its channel is closed, or its connection. What it has goes back to the queue. */
export function failChannel(channel: Channel, error: unknown, cause?: IncomingMethod): void {
  const fault = toFault(error);
  const ids = cause ? idsOf(cause.name) : NO_METHOD;
  if (fault.scope === 'connection') {
    channel.link.fail(error, ids);
    return;
  }
  if (channel.state !== 'open') return;
  channel.link.log.info({ reply: fault.message, method: cause?.name }, 'AMQP channel closed with an error');
  channel.state = 'closing';
  const closedMeanwhile = channel.waiting.some(({ name }) => name === 'channel.close');
  giveBack(channel, 'requeue').catch((failure: unknown) => channel.link.fail(failure));
  channel.output.send('channel.close', { replyCode: REPLY[fault.reply], replyText: fault.message, ...ids });
  if (!closedMeanwhile) return;
  channel.crossed = true;
  channel.output.send('channel.close-ok', {});
}

/** Answered when everything the client had is back on its queue: each is one attempt (fiks-io §3.4, last paragraph). */
async function closeByClient(channel: Channel): Promise<void> {
  await dropChannel(channel, 'requeue').catch((error: unknown) => channel.link.fail(error));
  channel.link.removeChannel(channel);
  channel.link.outlet.send(channel.number, 'channel.close-ok', {});
}

/** Ends a channel without a word to the client. Resolves when what it had is settled. */
export async function dropChannel(channel: Channel, outcome: GivenBack): Promise<void> {
  channel.state = 'closed';
  const given = giveBack(channel, outcome);
  channel.output.close();
  await given;
}

async function giveBack(channel: Channel, outcome: GivenBack): Promise<void> {
  channel.waiting = [];
  unstage(channel);
  const settlements = [...takeUnacked(channel, outcome), ...takeUnsent(channel)];
  const ended = endConsumers(channel);
  if (settlements.length > 0) await channel.link.settleNow(settlements);
  await ended;
}
