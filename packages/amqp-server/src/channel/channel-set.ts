import type { IncomingMethod } from '../codec/method-codec.ts';
import type { Tuning } from '../connection/handshake.ts';
import { channelFault, connectionFault } from '../faults.ts';
import { createChannel, dropChannel, failChannel, runMethod, wakeAll } from './channel.ts';
import type { Channel, GivenBack, Link } from './channel-state.ts';

/** The channels of one connection. */
export interface ChannelSet {
  readonly get: (number: number) => Channel | undefined;
  readonly all: () => Iterable<Channel>;
  readonly size: () => number;
  readonly remove: (channel: Channel) => void;
  /** Answers a method that came on a channel; throws what closes the connection. */
  readonly run: (number: number, method: IncomingMethod) => void;
  /** Has any channel so many methods waiting that no more should be read? */
  readonly crowded: () => boolean;
  readonly wake: () => void;
  /** Closes channels whose client has not answered a delivery for too long. */
  readonly checkAckTimeout: () => void;
  /** Ends them all; resolves when what the client had is settled. */
  readonly drop: (outcome: GivenBack) => Promise<void>;
}

export function createChannelSet(link: Link, tuning: Tuning): ChannelSet {
  const channels = new Map<number, Channel>();
  const { limits } = link;

  function open(number: number, channel: Channel | undefined): void {
    if (channel && !channel.crossed) throw connectionFault('CHANNEL_ERROR', `channel ${number} is open`);
    if (number > tuning.channelMax) {
      throw connectionFault('CHANNEL_ERROR', `channel ${number} is above channel-max ${tuning.channelMax}`);
    }
    channels.set(number, createChannel(number, link, tuning.frameMax));
    link.outlet.send(number, 'channel.open-ok', { channelId: '' });
  }

  /** We have sent `channel.close`: only its answer counts, or a close of the client's that crossed ours. */
  function runClosing(channel: Channel, method: IncomingMethod): void {
    if (method.name === 'channel.close-ok') channels.delete(channel.number);
    if (method.name !== 'channel.close') return;
    channel.crossed = true;
    channel.output.send('channel.close-ok', {});
  }

  function ackTimedOut(channel: Channel): boolean {
    const [oldest] = channel.unacked.values();
    const since = [oldest, ...channel.staged.map(({ unacked }) => unacked)].map(
      (one) => one?.since ?? Infinity,
    );
    return link.clock() - Math.min(...since) > limits.ackTimeoutMs;
  }

  return {
    get: (number) => channels.get(number),
    all: () => channels.values(),
    size: () => channels.size,
    remove: (channel) => channels.delete(channel.number),
    run: (number, method) => {
      const channel = channels.get(number);
      if (method.name === 'channel.open') return open(number, channel);
      if (channel?.state === 'closing') return runClosing(channel, method);
      if (channel) return runMethod(channel, method);
      // The second half of two closes that crossed each other.
      if (method.name === 'channel.close-ok') return;
      throw connectionFault('CHANNEL_ERROR', `channel ${number} is not open`);
    },
    crowded: () => {
      for (const { waiting } of channels.values()) if (waiting.length > limits.maxWaitingMethods) return true;
      return false;
    },
    wake: () => {
      for (const channel of channels.values()) wakeAll(channel);
    },
    checkAckTimeout: () => {
      for (const channel of channels.values()) {
        if (channel.state !== 'open' || !ackTimedOut(channel)) continue;
        failChannel(channel, channelFault('PRECONDITION_FAILED', 'a delivery was not acknowledged in time'));
      }
    },
    drop: async (outcome) => {
      const dropped = [...channels.values()];
      channels.clear();
      await Promise.all(dropped.map((channel) => dropChannel(channel, outcome)));
    },
  };
}
