import {
  type Broker,
  type BrokerSession,
  type Consumer,
  type Delivery,
  type Outcome,
  Refusal,
  type Settlement,
} from '../src/ports.ts';
import { PASSWORD, TOKEN } from './amqplib-client.ts';

interface MemoryMessage {
  readonly id: string;
  readonly body?: Uint8Array | Delivery['body'];
  readonly size?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expiration?: string;
}

interface Entry extends MemoryMessage {
  readonly place: number;
  attempts: number;
  redelivered: boolean;
  holder: object | undefined;
}

interface Queue {
  readonly name: string;
  readonly owner: string;
  entries: Entry[];
  consumers: { session: object; consumer: Consumer }[];
  next: number;
}

/** A broker as the port describes it, in memory: order by place, redelivered flag, attempts, round robin, prefetch. */
export interface MemoryBroker extends Broker {
  readonly createQueue: (name: string, owner: string) => void;
  readonly deleteQueue: (name: string) => void;
  readonly put: (queue: string, ...messages: MemoryMessage[]) => void;
  /** Ids that wait or are leased, in order, with attempts used. */
  readonly waiting: (queue: string) => { id: string; attempts: number; leased: boolean }[];
  /** Every settlement that counted, in order. */
  readonly outcomes: { id: string; outcome: Outcome }[];
  readonly dead: string[];
  failSettle: boolean;
  readonly logins: { username: string; password: string; address: string }[];
}

export const EXCHANGE = 'fiks-io.meldinger';
const MAX_ATTEMPTS = 3;

export function createMemoryBroker(users: readonly string[]): MemoryBroker {
  const queues = new Map<string, Queue>();
  const outcomes: { id: string; outcome: Outcome }[] = [];
  const dead: string[] = [];
  const logins: { username: string; password: string; address: string }[] = [];
  let places = 0;

  function find(name: string, owner: string): Queue {
    const queue = queues.get(name);
    if (!queue) throw new Refusal('unknown-queue', { queue: name });
    if (queue.owner !== owner) throw new Refusal('no-access', { queue: name });
    return queue;
  }

  function lease(queue: Queue, entry: Entry, holder: object): Delivery {
    entry.holder = holder;
    const { body = new Uint8Array(0) } = entry;
    return {
      token: { queue, entry, holder },
      redelivered: entry.redelivered,
      exchange: EXCHANGE,
      routingKey: queue.name,
      headers: { 'melding-id': entry.id, type: 'test.melding', ...entry.headers },
      expiration: entry.expiration,
      messageId: entry.id,
      timestamp: new Date(1_700_000_000_000),
      size: entry.size ?? (body instanceof Uint8Array ? body.length : 0),
      body,
    };
  }

  function pump(queue: Queue): void {
    for (;;) {
      const entry = queue.entries.find(({ holder }) => !holder);
      const ready = queue.consumers.findIndex(
        (_, index) => queue.consumers[(queue.next + index) % queue.consumers.length]!.consumer.capacity() > 0,
      );
      if (!entry || ready < 0) return;
      const chosen = queue.consumers[(queue.next + ready) % queue.consumers.length]!;
      queue.next = (queue.next + ready + 1) % queue.consumers.length;
      chosen.consumer.deliver([lease(queue, entry, chosen.session)]);
    }
  }

  function settleOne({ delivery, outcome }: Settlement): void {
    const { queue, entry, holder } = delivery.token as { queue: Queue; entry: Entry; holder: object };
    if (entry.holder !== holder || !queue.entries.includes(entry)) return;
    outcomes.push({ id: entry.id, outcome });
    entry.holder = undefined;
    const remove = () => {
      queue.entries = queue.entries.filter((other) => other !== entry);
    };
    if (outcome === 'ack' || outcome === 'reject') {
      remove();
      return;
    }
    if (outcome === 'undelivered') return;
    entry.redelivered = true;
    if (outcome === 'released') return;
    entry.attempts += 1;
    if (entry.attempts < MAX_ATTEMPTS) return;
    dead.push(entry.id);
    remove();
  }

  function createSession(owner: string): BrokerSession {
    const session = {};
    const tick = () => new Promise<void>((resolve) => setImmediate(resolve));
    return {
      user: owner,
      inspect: async (name) => {
        await tick();
        const queue = find(name, owner);
        return { messageCount: queue.entries.length, consumerCount: queue.consumers.length };
      },
      subscribe: async (name, consumer) => {
        await tick();
        const queue = find(name, owner);
        const member = { session: {}, consumer };
        queue.consumers.push(member);
        // At once, before the caller has the subscription: the port does not promise otherwise.
        pump(queue);
        return {
          wake: () => pump(queue),
          end: async () => {
            await tick();
            queue.consumers = queue.consumers.filter((other) => other !== member);
          },
        };
      },
      get: async (name) => {
        await tick();
        const queue = find(name, owner);
        const entry = queue.entries.find(({ holder }) => !holder);
        if (!entry) return undefined;
        const delivery = lease(queue, entry, session);
        return { delivery, remaining: queue.entries.filter(({ holder }) => !holder).length };
      },
      settle: async (settlements) => {
        await tick();
        if (broker.failSettle) throw new Error('database is away');
        const touched = new Set<Queue>();
        for (const item of settlements) {
          settleOne(item);
          touched.add((item.delivery.token as { queue: Queue }).queue);
        }
        for (const queue of touched) pump(queue);
      },
    };
  }

  const broker: MemoryBroker = {
    failSettle: false,
    outcomes,
    dead,
    logins,
    login: async (credentials) => {
      logins.push(credentials);
      const split = credentials.password.lastIndexOf(' ');
      const password = credentials.password.slice(0, split);
      const token = credentials.password.slice(split + 1);
      await new Promise((resolve) => setImmediate(resolve));
      if (token !== TOKEN || !users.includes(credentials.username) || password !== PASSWORD) {
        throw new Refusal('login');
      }
      return createSession(credentials.username);
    },
    createQueue: (name, owner) => {
      queues.set(name, { name, owner, entries: [], consumers: [], next: 0 });
    },
    deleteQueue: (name) => {
      const queue = queues.get(name);
      queues.delete(name);
      for (const { consumer } of queue?.consumers ?? []) consumer.cancelled();
    },
    put: (name, ...messages) => {
      const queue = queues.get(name)!;
      for (const message of messages) {
        queue.entries.push({ ...message, place: places, attempts: 0, redelivered: false, holder: undefined });
        places += 1;
      }
      pump(queue);
    },
    waiting: (name) =>
      (queues.get(name)?.entries ?? []).map(({ id, attempts, holder }) => ({
        id,
        attempts,
        leased: holder !== undefined,
      })),
  };
  return broker;
}
