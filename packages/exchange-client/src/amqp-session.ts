import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, type ChannelModel, type ConsumeMessage, connect, credentials } from 'amqplib';
import { ExchangeClientError } from './client-error.ts';
import type { AmqpOptions } from './client-options.ts';
import type { TokenSource } from './token-source.ts';

export interface SessionOptions {
  readonly amqp: AmqpOptions;
  readonly tokens: TokenSource;
  readonly integrasjonId: string;
  readonly integrasjonPassord: string;
  readonly kontoId: string;
  readonly prefetch: number;
  readonly timeoutMs: number;
}

/** One connection that consumes the konto's queue, until it ends. */
export interface Session {
  /** Why it ended; undefined when we closed it. */
  readonly ended: Promise<ExchangeClientError | undefined>;
  readonly alive: boolean;
  /** Throws `connection_lost` when the connection is gone. */
  settle(delivery: ConsumeMessage, outcome: 'ack' | 'nack' | 'requeue'): void;
  /** No more deliveries afterwards; answers are still taken. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

const HEARTBEAT_SECONDS = 60;
const CLOSE_MS = 5000;

/** Connects with a new token (fiks-io §1.5: it is checked only now), sets the prefetch and consumes (fiks-io §3.2). */
export async function openSession(
  options: SessionOptions,
  onDelivery: (delivery: ConsumeMessage, session: Session) => void,
): Promise<Session> {
  const token = await options.tokens.token({ fresh: true });
  const model = await withTimeout(connectTo(options, token), options.timeoutMs, closeQuietly);
  let failure: Error | undefined;
  let closing = false;
  let alive = true;
  const { promise: ended, resolve } = Promise.withResolvers<ExchangeClientError | undefined>();
  const end = () => {
    alive = false;
    resolve(closing ? undefined : amqpError(failure ?? new Error('closed')));
  };
  model.on('error', (error) => {
    failure ??= error;
  });
  model.on('close', end);
  const lost = (error?: Error) => {
    failure ??= error;
    alive = false;
    if (!closing) void shut(model).then(end);
  };

  let channel: Channel;
  let consumerTag: string;
  const session: Session = {
    ended,
    get alive() {
      return alive;
    },
    settle: (delivery, outcome) => {
      if (!alive) throw connectionLost();
      try {
        if (outcome === 'ack') channel.ack(delivery);
        else channel.nack(delivery, false, outcome === 'requeue');
      } catch (cause) {
        throw connectionLost(cause);
      }
    },
    stop: async () => {
      if (alive) await within(CLOSE_MS, channel.cancel(consumerTag));
    },
    close: async () => {
      closing = true;
      if (alive) await within(CLOSE_MS, channel.close());
      await shut(model);
      end();
    },
  };
  try {
    channel = await withTimeout(model.createChannel(), options.timeoutMs);
    channel.on('error', lost);
    channel.on('close', () => lost());
    await withTimeout(channel.prefetch(options.prefetch, false), options.timeoutMs);
    const queue = `fiksio.konto.${options.kontoId}`;
    const receive = (delivery: ConsumeMessage | null) => {
      if (delivery) onDelivery(delivery, session);
      // The server cancelled us: the konto is gone or closed.
      else lost(Object.assign(new Error('the queue was closed'), { code: 404 }));
    };
    ({ consumerTag } = await withTimeout(
      channel.consume(queue, receive, { noAck: false }),
      options.timeoutMs,
    ));
    return session;
  } catch (error) {
    closing = true;
    await shut(model);
    throw amqpError(error);
  }
}

/** Closes the connection, and breaks it when the peer does not answer the close. */
async function shut(model: ChannelModel): Promise<void> {
  if (await within(CLOSE_MS, model.close())) return;
  (model.connection as { stream?: Duplex }).stream?.destroy();
}

function closeQuietly(model: ChannelModel): void {
  model.on('error', () => {});
  void shut(model);
}

/** Whether it ended in time, well or not. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const timeout = new AbortController();
  const late = sleep(ms, false, { signal: timeout.signal }).catch(() => false);
  const done = work.then(
    () => true,
    () => true,
  );
  const ended = await Promise.race([done, late]);
  timeout.abort();
  return ended;
}

async function connectTo({ amqp, ...options }: SessionOptions, token: string) {
  const tls = amqp.tls ?? true;
  try {
    return await connect(
      {
        protocol: tls ? 'amqps' : 'amqp',
        hostname: amqp.host,
        port: amqp.port ?? (tls ? 5671 : 5672),
        vhost: encodeURIComponent(amqp.vhost ?? '/'),
        heartbeat: HEARTBEAT_SECONDS,
      },
      {
        credentials: credentials.plain(options.integrasjonId, `${options.integrasjonPassord} ${token}`),
        clientProperties: { connection_name: amqp.applicationName ?? 'grunnmur exchange-client' },
        timeout: options.timeoutMs,
        noDelay: true,
        ...(amqp.ca ? { ca: [amqp.ca] } : {}),
      },
    );
  } catch (error) {
    throw amqpError(error);
  }
}

async function withTimeout<T>(work: Promise<T>, ms: number, late?: (value: T) => void): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    reject(new ExchangeClientError('timeout', 'The broker did not answer in time'));
  }, ms);
  work.then(
    (value) => {
      if (expired) late?.(value);
    },
    () => {},
  );
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Maps what the AMQP library says: reply codes 403 and 404 (fiks-io §1.6), everything else is worth another try. */
function amqpError(error: unknown): ExchangeClientError {
  if (error instanceof ExchangeClientError) return error;
  const { message, code } = error as { message: string; code?: unknown };
  const status =
    typeof code === 'number' ? code : Number(/\b([345]\d\d) \([A-Z]/.exec(message)?.[1]) || undefined;
  const text = `AMQP: ${message.slice(0, 300)}`;
  const cause = error;
  if (status === 403) return new ExchangeClientError('forbidden', text, { status, cause });
  if (status === 404) return new ExchangeClientError('not_found', text, { status, cause });
  return new ExchangeClientError('unavailable', text, { cause, ...(status ? { status } : {}) });
}

function connectionLost(cause?: unknown): ExchangeClientError {
  return new ExchangeClientError(
    'connection_lost',
    'The connection that the message came on is gone; it is delivered again',
    { cause },
  );
}
