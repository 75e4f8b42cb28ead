import type { Message, Options } from 'amqplib';
import type { RabbitmqSession } from './link.ts';

/** Longest wait for the confirms of what has been published: a queue may have lost its leader. */
const CONFIRM_TIMEOUT_MS = 10_000;

export interface OutgoingMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expiration: string | undefined;
  readonly timestamp: Date;
  /** Undefined: it has none that may be handed over, and is passed over. */
  readonly body: () => Promise<Uint8Array | undefined>;
}

/** No queue took it: it had been deleted. The connection is good. */
export class UnroutableError extends Error {
  readonly routingKeys: readonly string[];
  constructor(routingKeys: readonly string[]) {
    super('RabbitMQ has no queue for a message');
    this.routingKeys = routingKeys;
  }
}

/**
 * Publishes in order, and waits until RabbitMQ has confirmed every one: they are on the disks of a majority. Answers the
 * queues that did not confirm all of theirs in time; nobody knows about those messages. When it rejects, nobody knows about
 * any. One call at a time.
 */
export async function publishAll(
  session: RabbitmqSession,
  messages: Iterable<OutgoingMessage>,
): Promise<ReadonlySet<string>> {
  const { publishing, ended } = session;
  const unroutable = new Set<string>();
  const onReturn = ({ fields }: Message) => void unroutable.add(fields.routingKey);
  const confirms: Promise<void>[] = [];
  publishing.on('return', onReturn);
  const silent = new Map<string, number>();
  const count = (key: string, by: number) => {
    const left = (silent.get(key) ?? 0) + by;
    if (left > 0) silent.set(key, left);
    else silent.delete(key);
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    for (const message of messages) {
      const body = await message.body();
      if (!body) continue;
      if (ended.aborted) throw new Error('the connection to RabbitMQ has ended');
      const full = Promise.withResolvers<void>();
      count(message.routingKey, 1);
      const room = publishing.publish(
        message.exchange,
        message.routingKey,
        // The library copies small ones and writes large ones as they are.
        Buffer.from(body.buffer, body.byteOffset, body.byteLength),
        propertiesOf(message),
        (error: unknown) => {
          if (!error) count(message.routingKey, -1);
          if (error) full.reject(new Error('RabbitMQ did not take a message'));
          else full.resolve();
        },
      );
      full.promise.catch(() => {});
      confirms.push(full.promise);
      if (!room) await drained(session);
    }
    // A channel that closes rejects what it has not confirmed.
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CONFIRM_TIMEOUT_MS);
    });
    await Promise.race([Promise.all(confirms), rejectedAtEnd(ended), timeUp]);
    if (unroutable.size > 0) throw new UnroutableError([...unroutable]);
    return new Set(silent.keys());
  } finally {
    clearTimeout(timer);
    publishing.off('return', onReturn);
  }
}

function propertiesOf({ headers, expiration, messageId, timestamp }: OutgoingMessage): Options.Publish {
  return {
    headers,
    messageId,
    timestamp: Math.floor(timestamp.getTime() / 1000),
    persistent: true,
    mandatory: true,
    ...(expiration === undefined ? {} : { expiration }),
  };
}

function drained({ publishing, ended }: RabbitmqSession): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      ended.removeEventListener('abort', failed);
      resolve();
    };
    const failed = () => {
      publishing.off('drain', done);
      reject(new Error('the connection to RabbitMQ has ended'));
    };
    publishing.once('drain', done);
    ended.addEventListener('abort', failed, { once: true });
  });
}

function rejectedAtEnd(ended: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const failed = () => reject(new Error('the connection to RabbitMQ has ended'));
    if (ended.aborted) failed();
    else ended.addEventListener('abort', failed, { once: true });
  });
}
