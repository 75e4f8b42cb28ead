import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import type { RabbitmqLog } from './log.ts';
import { declareBase } from './topology.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5000;
const HEARTBEAT_SECONDS = 15;

/** One connection with its channels; when any of them ends, all do. */
export interface RabbitmqSession {
  /** Every publish is confirmed. */
  readonly publishing: ConfirmChannel;
  /** Declares, deletes and counts. */
  readonly topology: Channel;
  /** Reads dead letters. */
  readonly dead: Channel;
  /** One more, for a consumer of our own; its end is its owner's matter. */
  openChannel(): Promise<Channel>;
  /** RabbitMQ takes no messages at the moment: it is short of memory or disk. */
  blocked(): boolean;
  /** Aborted when the session is over. */
  readonly ended: AbortSignal;
  /** By `performance.now()`. */
  readonly openedAt: number;
  /** Gives the session up; a new one follows. */
  end(): void;
}

export interface RabbitmqLink {
  /** Undefined while there is no connection. */
  session(): RabbitmqSession | undefined;
  /** The session; while there is none, one is tried for at once and waited for, `limitMs` at most. */
  reach(limitMs: number): Promise<RabbitmqSession | undefined>;
  start(): void;
  stop(): Promise<void>;
}

/** Keeps a connection to RabbitMQ, with the topology declared; `opened` is called with each new one. */
export function createRabbitmqLink(
  url: string,
  log: RabbitmqLog,
  opened: (session: RabbitmqSession) => void,
): RabbitmqLink {
  const stopping = new AbortController();
  let current: RabbitmqSession | undefined;
  let running: Promise<void> | undefined;
  let there = Promise.withResolvers<void>();
  let hurry = new AbortController();
  let waiting = 0;

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const { session, over } = await open(url, stopping.signal);
        if (failures > 0) log.warn({}, 'RabbitMQ is there again');
        failures = 0;
        current = session;
        opened(session);
        there.resolve();
        const reason = await over;
        current = undefined;
        there = Promise.withResolvers();
        if (!stopping.signal.aborted) log.warn({ reason }, 'the connection to RabbitMQ has ended');
      } catch (error) {
        if (failures++ === 0) log.error({ reason: reasonOf(error) }, 'RabbitMQ cannot be reached');
      }
      const patient = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 8));
      const wait = waiting > 0 ? FIRST_RETRY_MS : patient;
      hurry = new AbortController();
      const signal = AbortSignal.any([stopping.signal, hurry.signal]);
      await sleep(wait, undefined, { signal }).catch(() => {});
    }
    there.resolve();
  }

  return {
    session: () => current,
    reach: async (limitMs) => {
      if (current) return current;
      waiting++;
      hurry.abort();
      await Promise.race([there.promise, sleep(limitMs, undefined, { ref: false })]);
      waiting--;
      return current;
    },
    start: () => {
      running ??= run();
    },
    stop: async () => {
      stopping.abort();
      current?.end();
      await running;
    },
  };
}

async function open(
  url: string,
  stopping: AbortSignal,
): Promise<{ session: RabbitmqSession; over: Promise<string> }> {
  const model = await connect(withHeartbeat(url), {
    timeout: CONNECT_TIMEOUT_MS,
    clientProperties: { connection_name: 'Grunnmur' },
  });
  const ended = new AbortController();
  let blocked = false;
  let reason = 'closed';
  const end = (why?: unknown) => {
    if (ended.signal.aborted) return;
    if (why !== undefined) reason = reasonOf(why);
    ended.abort();
    void close(model);
  };
  model.on('error', end);
  model.on('close', () => end());
  model.on('blocked', () => {
    blocked = true;
  });
  model.on('unblocked', () => {
    blocked = false;
  });
  stopping.addEventListener('abort', () => end(), { signal: ended.signal });
  const watch = <C extends Channel>(channel: C): C => {
    channel.on('error', end);
    channel.on('close', () => end());
    return channel;
  };
  try {
    const topology = watch(await model.createChannel());
    await declareBase(topology);
    const publishing = watch(await model.createConfirmChannel());
    const dead = watch(await model.createChannel());
    const session: RabbitmqSession = {
      publishing,
      topology,
      dead,
      openChannel: async () => {
        const channel = await model.createChannel();
        // Its owner hears of its end; what goes wrong on it is its own matter.
        channel.on('error', () => {});
        return channel;
      },
      blocked: () => blocked,
      ended: ended.signal,
      openedAt: performance.now(),
      end,
    };
    const over = ended.signal.aborted
      ? Promise.resolve(reason)
      : new Promise<string>((resolve) => ended.signal.addEventListener('abort', () => resolve(reason)));
    return { session, over };
  } catch (error) {
    end(error);
    throw error;
  }
}

/** Closing politely has its time; a peer that does not answer is cut off. */
async function close(model: ChannelModel): Promise<void> {
  const timer = setTimeout(() => streamOf(model)?.destroy(), 2000).unref();
  await model.close().catch(() => {});
  clearTimeout(timer);
}

function streamOf(model: ChannelModel): { destroy(): void } | undefined {
  return (model.connection as unknown as { stream?: { destroy(): void } }).stream;
}

/** A dead peer is noticed within half a minute, unless the address says otherwise. */
function withHeartbeat(url: string): string {
  const address = new URL(url);
  if (!address.searchParams.has('heartbeat'))
    address.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  return address.href;
}

/** Errors of the library hold no address and no password; the code says enough when the system gives one. */
function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return String(code ?? message ?? error).slice(0, 200);
}
