import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumeMessage } from 'amqplib';
import { openSession, type Session, type SessionOptions } from './amqp-session.ts';
import { ExchangeClientError } from './client-error.ts';
import { type MessageDeps, type ReceivedMessage, receivedMessage } from './received-message.ts';

export type MessageHandler = (message: ReceivedMessage) => void | Promise<void>;
export type SubscriptionState = 'connecting' | 'consuming' | 'waiting' | 'closed';

export interface SubscribeOptions {
  /** Messages handled at the same time. Default 10, as the published clients have (fiks-io §3.2). */
  readonly prefetch?: number;
  /** Acknowledge when the handler has ended without answering for the message. Default true. */
  readonly autoAck?: boolean;
  /** After an error of the handler the message waits this long before it goes back. Default 1 s. */
  readonly requeueDelayMs?: number;
  /** Whether a redelivered message was handled already; then it is acknowledged without the handler (fiks-io §3.2). */
  readonly known?: (meldingId: string) => boolean | Promise<boolean>;
  /** Everything that went wrong: of the connection, or of a handler (then with the message). */
  readonly onError?: (error: unknown, message?: ReceivedMessage) => void;
  readonly onState?: (state: SubscriptionState) => void;
  /** First and longest pause before connecting again. Default 1 s and 60 s. */
  readonly backoff?: { readonly minMs: number; readonly maxMs: number };
  /** How long {@link Subscription.close} waits for handlers. Default 30 s; then their messages are delivered again. */
  readonly closeTimeoutMs?: number;
  /** Closes the subscription. */
  readonly signal?: AbortSignal;
}

export interface Subscription {
  readonly state: SubscriptionState;
  /** Resolves when it is closed for good. */
  readonly closed: Promise<void>;
  /** Takes no more messages, waits for handlers in flight and closes the connection. */
  close(): Promise<void>;
}

export type SubscribeDeps = MessageDeps & Omit<SessionOptions, 'prefetch'>;

/** A connection that held this long was good: the next failure is a new one. */
const STEADY_MS = 30_000;

/**
 * Consumes the konto's queue, and connects again with a new token whenever the connection is lost: after 1 s, then twice as
 * long up to 60 s, with jitter. Resolves when it consumes; until then a network that is down is waited for, but a refusal
 * (password, queue) rejects, as nothing would change it.
 */
export async function subscribe(
  deps: SubscribeDeps,
  handler: MessageHandler,
  options: SubscribeOptions = {},
): Promise<Subscription> {
  const prefetch = options.prefetch ?? 10;
  if (!Number.isInteger(prefetch) || prefetch < 1 || prefetch > 65_535)
    throw new ExchangeClientError('bad_options', 'prefetch must be a whole number from 1 to 65535');
  const stopping = new AbortController();
  const inFlight = new Set<Promise<void>>();
  const first = Promise.withResolvers<void>();
  let state: SubscriptionState = 'connecting';
  let session: Session | undefined;
  const report = (error: unknown, message?: ReceivedMessage) =>
    observe(() => options.onError?.(error, message));
  const enter = (next: SubscriptionState) => {
    if (state !== next) observe(() => options.onState?.(next));
    state = next;
  };
  const onDelivery = (delivery: ConsumeMessage, from: Session) => {
    const work: Promise<void> = handle(
      { deps, handler, options, report, stopping: stopping.signal },
      delivery,
      from,
    )
      .catch((error: unknown) => report(error))
      .finally(() => inFlight.delete(work));
    inFlight.add(work);
  };

  const run = async () => {
    let established = false;
    for (let attempt = 0; !stopping.signal.aborted; attempt++) {
      enter('connecting');
      const since = performance.now();
      let reason: unknown;
      try {
        session = await openSession({ ...deps, prefetch }, onDelivery);
        if (stopping.signal.aborted) return await session.close();
        established = true;
        enter('consuming');
        first.resolve();
        reason = await session.ended;
        if (performance.now() - since > STEADY_MS) attempt = 0;
      } catch (error) {
        reason = error;
      }
      if (stopping.signal.aborted) return;
      if (!established && isRefusal(reason)) throw reason;
      report(reason);
      enter('waiting');
      await sleep(pauseMs(attempt, options.backoff), undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const closed = run()
    .then(() => first.reject(new ExchangeClientError('closed', 'The subscription was closed')), first.reject)
    .finally(() => enter('closed'));

  let closing: Promise<void> | undefined;
  const close = async () => {
    stopping.abort();
    await session?.stop();
    const timeout = new AbortController();
    const wait = sleep(options.closeTimeoutMs ?? 30_000, undefined, { signal: timeout.signal }).catch(
      () => {},
    );
    await Promise.race([Promise.allSettled(inFlight), wait]);
    timeout.abort();
    await session?.close();
    await closed;
  };
  const subscription: Subscription = {
    get state() {
      return state;
    },
    closed,
    close: () => (closing ??= close()),
  };
  const onAbort = () => void subscription.close();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  void closed.finally(() => options.signal?.removeEventListener('abort', onAbort));
  if (options.signal?.aborted) onAbort();
  await first.promise;
  return subscription;
}

interface Handling {
  readonly deps: MessageDeps;
  readonly handler: MessageHandler;
  readonly options: SubscribeOptions;
  readonly report: (error: unknown, message?: ReceivedMessage) => void;
  readonly stopping: AbortSignal;
}

async function handle(
  { deps, handler, options, report, stopping }: Handling,
  delivery: ConsumeMessage,
  session: Session,
): Promise<void> {
  const message = receivedMessage(delivery, deps, (outcome) => session.settle(delivery, outcome));
  if (!message) {
    report(new ExchangeClientError('rejected', 'A message came without its required headers (fiks-io §3.4)'));
    // Not taken: after three attempts its sender is told.
    await sleep(options.requeueDelayMs ?? 1000);
    return session.settle(delivery, 'requeue');
  }
  try {
    if (message.redelivered && (await options.known?.(message.meldingId))) return message.ack();
    await handler(message);
    if (!message.settled && (options.autoAck ?? true)) message.ack();
  } catch (error) {
    report(error, message);
    if (message.settled) return;
    await sleep(options.requeueDelayMs ?? 1000, undefined, { signal: stopping }).catch(() => {});
    if (!message.settled && session.alive) message.requeue();
  }
}

/** Exponential, between half and the whole of the step, so that many clients do not come back at once. */
export function pauseMs(attempt: number, { minMs, maxMs } = { minMs: 1000, maxMs: 60_000 }): number {
  const step = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30));
  return step * (0.5 + Math.random() / 2);
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof ExchangeClientError)) return true;
  if (error.code === 'no_token') return error.status !== undefined && error.status < 500;
  return ['forbidden', 'not_found', 'bad_options'].includes(error.code);
}

/** An observer's own error changes nothing here. */
function observe(tell: () => void): void {
  try {
    tell();
  } catch {}
}
