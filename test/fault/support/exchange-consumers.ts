import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { TAG_HEADER } from './exchange-senders.ts';
import type { FiksIoLogin } from './logins.ts';

/** What a consumer of the test does with a message. */
export type Answer = 'ack' | 'requeue' | 'reject';

export interface Habit {
  readonly name: string;
  readonly login: FiksIoLogin;
  readonly prefetch: number;
  /** What becomes of a message, and after how long. */
  readonly decide: () => { readonly answer: Answer; readonly afterMs: number };
}

/** One delivery that reached a consumer. */
export interface Observed {
  readonly consumer: string;
  readonly kontoId: string;
  readonly routingKey: string;
  readonly id: string;
  readonly tag: string | undefined;
  readonly type: string;
  readonly svarTil: string | undefined;
  readonly from: string;
  readonly redelivered: boolean;
  /** Of this copy: what is handed over to RabbitMQ a second time has less time left. */
  readonly expiration: string | undefined;
  /** When the connection that it came over was opened. */
  readonly connectedAt: number;
  /** SHA-256 of the payload, also when it was fetched from Dokumentlager; undefined without one, or not fetched. */
  hash: string | undefined;
  fetched: boolean;
  /** What was answered; undefined when the connection broke first. */
  answer: Answer | undefined;
}

export interface ExchangeConsumers {
  /** In the order in which they came, over all consumers. */
  readonly observed: readonly Observed[];
  readonly connections: () => number;
  /** Errors that a broken connection does not explain. */
  readonly wrong: readonly string[];
  stop(): Promise<void>;
}

interface AmqpMessage {
  readonly content: Buffer;
  readonly fields: { readonly redelivered: boolean; readonly routingKey: string };
  readonly properties: {
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly expiration: string | undefined;
  };
}

interface AmqpChannel {
  prefetch(count: number): Promise<unknown>;
  consume(queue: string, onMessage: (message: AmqpMessage | null) => void): Promise<unknown>;
  ack(message: AmqpMessage): void;
  nack(message: AmqpMessage, allUpTo: boolean, requeue: boolean): void;
  on(event: 'error', listener: (error: Error) => void): void;
}

interface AmqpConnection {
  createChannel(): Promise<AmqpChannel>;
  on(event: 'error' | 'close', listener: (error?: Error) => void): void;
  close(): Promise<void>;
}

// The published client, unmodified; only what is used of it here is described.
const amqplib = createRequire(import.meta.url)('amqplib') as {
  connect(address: object, options: object): Promise<AmqpConnection>;
};

const RETRY_MS = 60;

interface State {
  readonly baseUrl: string;
  readonly amqpPort: number;
  readonly observed: Observed[];
  readonly wrong: string[];
  connections: number;
  stopping: boolean;
  readonly open: Set<AmqpConnection>;
}

/** Consumers that connect again, for as long as it takes, whenever their connection breaks. */
export function startExchangeConsumers(
  server: { readonly baseUrl: string; readonly amqpPort: number },
  habits: readonly Habit[],
): ExchangeConsumers {
  const { baseUrl, amqpPort } = server;
  const state: State = {
    baseUrl,
    amqpPort,
    observed: [],
    wrong: [],
    connections: 0,
    stopping: false,
    open: new Set(),
  };
  const running = habits.map((habit) => consumeOn(state, habit));
  return {
    observed: state.observed,
    wrong: state.wrong,
    connections: () => state.connections,
    stop: async () => {
      state.stopping = true;
      for (const connection of state.open) await connection.close().catch(() => {});
      await Promise.all(running);
    },
  };
}

async function consumeOn(state: State, habit: Habit): Promise<void> {
  while (!state.stopping) {
    try {
      await consumeOnce(state, habit);
    } catch (error) {
      const { message, code } = error as Error & { code?: unknown };
      // Refused by a server that is up: 403, 404 and their like are never right here.
      if (/\b(40[0-9]|50[0-9])\b/.test(`${message} ${code}`))
        state.wrong.push(`${habit.name}: ${code} ${message}`);
    }
    await sleep(RETRY_MS);
  }
}

/** Consumes until the connection ends. */
async function consumeOnce(state: State, habit: Habit): Promise<void> {
  const { login } = habit;
  const connection = await amqplib.connect(
    {
      protocol: 'amqp',
      hostname: '127.0.0.1',
      port: state.amqpPort,
      username: login.integrasjonId,
      password: await login.password(),
      heartbeat: 10,
    },
    { timeout: 5000 },
  );
  state.open.add(connection);
  state.connections += 1;
  const line: Line = { alive: true, connectedAt: Date.now() };
  const ended = new Promise<void>((resolve) => {
    connection.on('error', () => {});
    connection.on('close', () => {
      line.alive = false;
      state.open.delete(connection);
      resolve();
    });
  });
  try {
    const channel = await connection.createChannel();
    channel.on('error', (error) => state.wrong.push(`${habit.name}: channel ${error.message}`));
    await channel.prefetch(habit.prefetch);
    await channel.consume(`fiksio.konto.${login.kontoId}`, (message) => {
      if (message) void handle(state, habit, line, channel, message);
    });
  } catch (error) {
    if (line.alive) await connection.close().catch(() => {});
    throw error;
  }
  await ended;
}

interface Line {
  alive: boolean;
  readonly connectedAt: number;
}

async function handle(
  state: State,
  habit: Habit,
  line: Line,
  channel: AmqpChannel,
  message: AmqpMessage,
): Promise<void> {
  const seen = observe(habit, line, message);
  state.observed.push(seen);
  const { answer, afterMs } = habit.decide();
  const document = message.properties.headers['dokumentlager-id'];
  if (document !== undefined) await fetchDocument(state, habit.login, line, document, seen);
  if (afterMs > 0) await sleep(afterMs);
  if (!line.alive || !seen.fetched) return;
  try {
    if (answer === 'ack') channel.ack(message);
    else channel.nack(message, false, answer === 'requeue');
    seen.answer = answer;
  } catch {
    // Closed between the look and the answer.
  }
}

function observe({ name, login }: Habit, line: Line, { content, fields, properties }: AmqpMessage): Observed {
  const { headers } = properties;
  const document = headers['dokumentlager-id'] !== undefined;
  return {
    consumer: name,
    kontoId: login.kontoId,
    routingKey: fields.routingKey,
    id: headers['melding-id']!,
    tag: headers[`egendefinert-header.${TAG_HEADER}`],
    type: headers.type!,
    svarTil: headers['svar-til'],
    from: headers['avsender-id']!,
    redelivered: fields.redelivered,
    expiration: properties.expiration,
    connectedAt: line.connectedAt,
    hash: content.length > 0 ? createHash('sha256').update(content).digest('hex') : undefined,
    fetched: !document,
    answer: undefined,
  };
}

/** Fetches the payload, again and again for as long as the connection lives. */
async function fetchDocument(
  state: State,
  login: FiksIoLogin,
  line: Line,
  id: string,
  seen: Observed,
): Promise<void> {
  while (line.alive) {
    try {
      const answer = await fetch(`${state.baseUrl}/dokumentlager/nedlasting/${id}`, {
        headers: await login.headers(),
        signal: AbortSignal.timeout(10_000),
      });
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (answer.status < 500) {
        if (answer.status !== 200) state.wrong.push(`${seen.id}: document ${answer.status} ${bytes}`);
        seen.hash = createHash('sha256').update(bytes).digest('hex');
        seen.fetched = true;
        return;
      }
    } catch {
      // Down, or cut off in the middle.
    }
    await sleep(RETRY_MS);
  }
}
