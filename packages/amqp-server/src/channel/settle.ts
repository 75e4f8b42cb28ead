import { channelFault } from '../faults.ts';
import type { Outcome, Settlement } from '../ports.ts';
import { type Channel, type ConsumerState, settlement, type Unacked } from './channel-state.ts';
import { forget, releaseHeld } from './deliver.ts';

/**
 * Settles one delivery, or with `multiple` all up to it (tag 0: all there are); in a transaction when it is committed. A tag
 * that is not outstanding closes the channel with 406 PRECONDITION_FAILED (AMQP 0-9-1: basic.ack, rule "validation").
 */
export function settleTag(channel: Channel, tag: number, multiple: boolean, outcome: Outcome): void {
  for (const [number, unacked] of multiple ? takeUpTo(channel, tag) : takeOne(channel, tag)) {
    if (channel.mode === 'tx') channel.staged.push({ tag: number, unacked, outcome });
    else channel.link.settle(answered(channel, unacked, outcome));
  }
  releaseHeld(channel);
}

type Tagged = readonly [tag: number, unacked: Unacked];

function takeOne(channel: Channel, tag: number): Tagged[] {
  const found = channel.unacked.get(tag);
  if (!found) throw unknownTag(tag);
  channel.unacked.delete(tag);
  return [[tag, found]];
}

function takeUpTo(channel: Channel, tag: number): Tagged[] {
  if (tag >= channel.nextTag) throw unknownTag(tag);
  const taken: Tagged[] = [];
  for (const entry of channel.unacked) {
    if (tag !== 0 && entry[0] > tag) break;
    channel.unacked.delete(entry[0]);
    taken.push(entry);
  }
  if (taken.length === 0 && tag !== 0) throw unknownTag(tag);
  return taken;
}

function answered(channel: Channel, { delivery, consumer }: Unacked, outcome: Outcome): Settlement {
  forget(channel, consumer);
  return settlement(delivery, outcome);
}

/** Settles what the transaction holds; resolves when it is durable. */
export async function commitStaged(channel: Channel): Promise<void> {
  const staged = channel.staged;
  channel.staged = [];
  if (staged.length === 0) return;
  await channel.link.settleNow(staged.map(({ unacked, outcome }) => answered(channel, unacked, outcome)));
  releaseHeld(channel);
}

/** Puts what the transaction holds back among what is not answered, in the order of the tags. */
export function unstage(channel: Channel): void {
  if (channel.staged.length === 0) return;
  const entries = channel.staged.map(({ tag, unacked }): Tagged => [tag, unacked]);
  channel.staged = [];
  const inOrder = [...channel.unacked, ...entries].sort(([a], [b]) => a - b);
  channel.unacked.clear();
  for (const [tag, unacked] of inOrder) channel.unacked.set(tag, unacked);
}

function unknownTag(tag: number) {
  return channelFault('PRECONDITION_FAILED', `unknown delivery tag ${tag}`);
}

/** Takes everything that is with the client, for `basic.recover` and the end of a channel. */
export function takeUnacked(channel: Channel, outcome: Outcome): Settlement[] {
  const taken = [...channel.unacked.values()].map((unacked) => answered(channel, unacked, outcome));
  channel.unacked.clear();
  return taken;
}

/** Takes what has not been written yet, of one consumer or of all: it goes back as it was. */
export function takeUnsent(channel: Channel, of?: ConsumerState): Settlement[] {
  const taken: Settlement[] = [];
  for (const message of channel.output.takeBack(of)) {
    forget(channel, message.owner as ConsumerState | undefined);
    taken.push(settlement(message.delivery, 'undelivered'));
  }
  const held = channel.held;
  channel.held = [];
  for (const item of held) {
    if (of && item.consumer !== of) {
      channel.held.push(item);
      continue;
    }
    item.consumer.outstanding -= 1;
    taken.push(settlement(item.delivery, 'undelivered'));
  }
  return taken;
}
