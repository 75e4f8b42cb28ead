import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery, Settlement } from '@grunnmur/amqp-server/ports';
import type { Logger } from '@grunnmur/kernel/log';
import type { ObjectStore } from '@grunnmur/kernel/storage';
import type { HentetMelding, HentOnske, Oppgjor } from '../../store/meldinger/ko-store.ts';
import type { Claim } from './claimer.ts';
import { createKontoQueue, type KontoQueue, lower, nextInTurn, type Subscriber } from './konto-queue.ts';
import { toDelivery } from './to-delivery.ts';

/** Most messages and kontoer of one statement: with small payloads inside, about 16 MB. */
const MAX_PER_CLAIM = 500;
const MAX_PER_KONTO = 250;
const RETRY_MS = 500;
/** A queue that only `basic.get` uses is forgotten after this. */
const FORGET_MS = 60_000;
const FULL_LOOK_MS = 1000;

/** What a delivery's token holds. */
interface Given {
  readonly kontoId: string;
  readonly seq: number;
  readonly token: string;
  settled: boolean;
}

export interface DispatcherDeps {
  readonly log: Logger;
  readonly storage: ObjectStore;
  readonly claim: (wishes: readonly HentOnske[]) => Promise<Claim>;
  readonly settle: (oppgjor: readonly Oppgjor[]) => Promise<void>;
}

export interface Dispatcher {
  add(kontoId: string, subscriber: Subscriber): void;
  remove(kontoId: string, subscriber: Subscriber): void;
  subscribers(kontoId: string): readonly Subscriber[];
  kontoer(): Iterable<string>;
  /** Something new waits on the queue from `seq` on; without `seq`: somewhere. */
  nudge(kontoId: string, seq?: number): void;
  /** Consumers of the queue may have room. */
  wake(kontoId: string): void;
  /** Looks at every queue from the beginning: what no nudge told of. */
  lookAll(): void;
  get(kontoId: string, connection: string): Promise<Delivery | undefined>;
  settle(settlements: readonly Settlement[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Gives messages to the consumers of this node. One claim at a time for all queues together, so that a thousand queues cost
 * no more statements than one, and each queue is given out in its order.
 */
export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const queues = new Map<string, KontoQueue>();
  /** Queues where something may wait, and somebody may have room; the one served longest ago first. */
  const ready = new Set<KontoQueue>();
  let stopped = false;
  let failing = false;
  let running: Promise<void> | undefined;

  const queueOf = (kontoId: string): KontoQueue => {
    let queue = queues.get(kontoId);
    if (!queue) {
      queue = createKontoQueue(kontoId);
      queues.set(kontoId, queue);
    }
    queue.usedAt = performance.now();
    return queue;
  };
  const start = (queue: KontoQueue) => {
    if (!queue.maybe || queue.subscribers.length === 0 || stopped) return;
    ready.add(queue);
    running ??= run();
  };

  async function run(): Promise<void> {
    // After the caller: whoever nudges ten queues in a row gets one claim for all.
    await Promise.resolve();
    while (!stopped) {
      const claim = takeClaim(ready);
      if (claim.length === 0) break;
      await serve(claim);
    }
    running = undefined;
  }

  async function serve(claim: readonly ClaimedQueue[]): Promise<void> {
    const starts = claim.map(({ queue }) => begin(queue));
    try {
      const { token, rows } = await deps.claim(
        claim.map(({ queue, places }, index) => ({
          kontoId: queue.kontoId,
          fra: starts[index]!,
          navn: places.map((place) => place.consumer.connection.name),
        })),
      );
      failing = false;
      const byKonto = groupByKonto(rows);
      claim.forEach(({ queue, places }, index) => {
        const mine = byKonto.get(queue.kontoId) ?? [];
        finish(queue, starts[index]!, mine.at(-1)?.seq, mine.length === places.length);
        if (queue.maybe) ready.add(queue);
        handOut(places, mine, token, queue);
      });
    } catch (error) {
      if (!failing) deps.log.error({ code: (error as { code?: string }).code }, 'queues cannot be read');
      failing = true;
      claim.forEach(({ queue }, index) => {
        lower(queue, starts[index]!);
        ready.add(queue);
      });
      await sleep(RETRY_MS);
    }
  }

  /** What nobody can take any more (the consumer ended meanwhile) goes back as if it had never been taken. */
  function handOut(places: readonly Subscriber[], rows: HentetMelding[], token: string, queue: KontoQueue) {
    const perSubscriber = new Map<Subscriber, Delivery[]>();
    const back: Oppgjor[] = [];
    for (const row of rows) {
      const given: Given = { kontoId: row.konto_id, seq: row.seq, token, settled: false };
      const subscriber = stopped ? undefined : taker(places[row.plass - 1]!, queue);
      if (!subscriber) {
        back.push({ kontoId: row.konto_id, seq: row.seq, token, utfall: 'undelivered' });
        continue;
      }
      const list = perSubscriber.get(subscriber) ?? [];
      list.push(toDelivery(row, given, deps.storage));
      perSubscriber.set(subscriber, list);
    }
    for (const [subscriber, deliveries] of perSubscriber) {
      try {
        subscriber.consumer.deliver(deliveries);
      } catch (error) {
        deps.log.error({ err: error }, 'a consumer failed while it was given messages');
        void settle(deliveries.map((delivery) => ({ delivery, outcome: 'connection_lost' as const })));
      }
    }
    if (back.length > 0) deps.settle(back).catch(() => {});
  }

  function settle(settlements: readonly Settlement[]): Promise<void> {
    const oppgjor: Oppgjor[] = [];
    for (const { delivery, outcome } of settlements) {
      const given = delivery.token as Given;
      if (given.settled) continue;
      given.settled = true;
      const { kontoId, seq, token } = given;
      oppgjor.push({ kontoId, seq, token, utfall: outcome });
    }
    return deps.settle(oppgjor);
  }

  async function get(kontoId: string, connection: string): Promise<Delivery | undefined> {
    const queue = queueOf(kontoId);
    const full = performance.now() - queue.lookedAt > FULL_LOOK_MS || !Number.isFinite(queue.from);
    if (full) queue.lookedAt = performance.now();
    const from = full ? 0 : queue.from;
    const before = queue.from;
    const { token, rows } = await deps.claim([{ kontoId, fra: from, navn: [connection] }]);
    const [row] = rows;
    if (!row) return undefined;
    if (queue.from === before && Number.isFinite(before)) queue.from = row.seq + 1;
    return toDelivery(row, { kontoId, seq: row.seq, token, settled: false }, deps.storage);
  }

  return {
    add: (kontoId, subscriber) => {
      const queue = queueOf(kontoId);
      queue.subscribers.push(subscriber);
      lower(queue, 0);
      start(queue);
    },
    remove: (kontoId, subscriber) => {
      subscriber.ended = true;
      const queue = queues.get(kontoId);
      const at = queue?.subscribers.indexOf(subscriber) ?? -1;
      if (at >= 0) queue!.subscribers.splice(at, 1);
    },
    subscribers: (kontoId) => queues.get(kontoId)?.subscribers ?? [],
    kontoer: () => queues.keys(),
    nudge: (kontoId, seq = 0) => {
      const queue = queues.get(kontoId);
      if (!queue) return;
      lower(queue, seq);
      start(queue);
    },
    wake: (kontoId) => {
      const queue = queues.get(kontoId);
      if (queue) start(queue);
    },
    lookAll: () => {
      const forget = performance.now() - FORGET_MS;
      for (const queue of queues.values()) {
        if (queue.subscribers.length === 0) {
          if (queue.usedAt < forget) queues.delete(queue.kontoId);
          continue;
        }
        lower(queue, 0);
        start(queue);
      }
    },
    get,
    settle,
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}

interface ClaimedQueue {
  readonly queue: KontoQueue;
  readonly places: readonly Subscriber[];
}

/** Queues leave `ready` here; the unserved keep their `maybe`, and come back when somebody has room. */
function takeClaim(ready: Set<KontoQueue>): ClaimedQueue[] {
  const claim: ClaimedQueue[] = [];
  let left = MAX_PER_CLAIM;
  for (const queue of ready) {
    if (left <= 0) break;
    ready.delete(queue);
    const places = nextInTurn(queue, Math.min(left, MAX_PER_KONTO));
    if (places.length === 0) continue;
    left -= places.length;
    claim.push({ queue, places });
  }
  return claim;
}

function begin(queue: KontoQueue): number {
  const from = queue.from;
  queue.from = Number.POSITIVE_INFINITY;
  queue.maybe = false;
  return from;
}

/** What was heard of meanwhile has lowered `from` and set `maybe` already. */
function finish(queue: KontoQueue, from: number, last: number | undefined, full: boolean): void {
  queue.from = Math.min(queue.from, last === undefined ? from : last + 1);
  if (full) queue.maybe = true;
}

/** The one whose turn it was, else anybody else with room. */
function taker(subscriber: Subscriber, queue: KontoQueue): Subscriber | undefined {
  return subscriber.ended ? nextInTurn(queue, 1)[0] : subscriber;
}

/** In the order of the queue; an update returns its rows in any order. */
function groupByKonto(rows: readonly HentetMelding[]): Map<string, HentetMelding[]> {
  const groups = new Map<string, HentetMelding[]>();
  for (const row of [...rows].sort((a, b) => a.seq - b.seq)) {
    const group = groups.get(row.konto_id);
    if (group) group.push(row);
    else groups.set(row.konto_id, [row]);
  }
  return groups;
}
