import type { Consumer } from '@grunnmur/amqp-server/ports';

export interface Subscriber {
  readonly id: string;
  readonly consumer: Consumer;
  ended: boolean;
}

/** The queue of one konto as this node sees it. */
export interface KontoQueue {
  readonly kontoId: string;
  readonly subscribers: Subscriber[];
  /** Whose turn it is. */
  turn: number;
  /** No entry before this waits, as far as we know. `Infinity` while a claim is under way and nothing new was heard of. */
  from: number;
  /** Something may wait. */
  maybe: boolean;
  /** When it was last looked at from the beginning. */
  lookedAt: number;
  usedAt: number;
}

export function createKontoQueue(kontoId: string): KontoQueue {
  return {
    kontoId,
    subscribers: [],
    turn: 0,
    from: 0,
    maybe: true,
    lookedAt: Number.NEGATIVE_INFINITY,
    usedAt: performance.now(),
  };
}

/** Something new waits from `seq` on. */
export function lower(queue: KontoQueue, seq: number): void {
  queue.from = Math.min(queue.from, seq);
  queue.maybe = true;
}

/** Who gets the next messages, one each in turn, at most `max`: round robin over the consumers with room (§3.2). */
export function nextInTurn(queue: KontoQueue, max: number): Subscriber[] {
  const open = queue.subscribers.map((subscriber) => ({
    subscriber,
    room: subscriber.ended ? 0 : subscriber.consumer.capacity(),
  }));
  const chosen: Subscriber[] = [];
  let passed = 0;
  while (chosen.length < max && passed < open.length) {
    const at = queue.turn++ % open.length;
    const each = open[at]!;
    if (each.room > 0) {
      each.room--;
      chosen.push(each.subscriber);
      passed = 0;
    } else {
      passed++;
    }
  }
  if (queue.turn > 1e9) queue.turn = 0;
  return chosen;
}
