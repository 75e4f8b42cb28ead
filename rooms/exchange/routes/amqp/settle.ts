import type { Outcome, Settlement } from '../../service/ports.ts';
import { type Channel, type ConsumerState, settlement } from './channel-state.ts';
import { forget, releaseHeld } from './deliver.ts';
import { channelFault } from './faults.ts';

/**
 * Settles one delivery, or with `multiple` all up to it (tag 0: all there are). A tag that is not outstanding closes the
 * channel with 406 PRECONDITION_FAILED (AMQP 0-9-1: basic.ack, rule "validation").
 */
export function settleTag(channel: Channel, tag: number, multiple: boolean, outcome: Outcome): void {
  if (multiple) settleUpTo(channel, tag, outcome);
  else {
    const found = channel.unacked.get(tag);
    if (!found) throw unknownTag(tag);
    channel.unacked.delete(tag);
    forget(channel, found.consumer);
    channel.link.settle(settlement(found.delivery, outcome));
  }
  releaseHeld(channel);
}

function settleUpTo(channel: Channel, tag: number, outcome: Outcome): void {
  if (tag >= channel.nextTag) throw unknownTag(tag);
  let count = 0;
  for (const [number, { delivery, consumer }] of channel.unacked) {
    if (tag !== 0 && number > tag) break;
    channel.unacked.delete(number);
    forget(channel, consumer);
    channel.link.settle(settlement(delivery, outcome));
    count += 1;
  }
  if (count === 0 && tag !== 0) throw unknownTag(tag);
}

function unknownTag(tag: number) {
  return channelFault('PRECONDITION_FAILED', `unknown delivery tag ${tag}`);
}

/** Takes everything that is with the client, for `basic.recover` and the end of a channel. */
export function takeUnacked(channel: Channel, outcome: Outcome): Settlement[] {
  const taken: Settlement[] = [];
  for (const { delivery, consumer } of channel.unacked.values()) {
    forget(channel, consumer);
    taken.push(settlement(delivery, outcome));
  }
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
