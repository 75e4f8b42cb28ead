import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@grunnmur/kernel/ids';
import type { FiksIoLogin } from './logins.ts';

/** A message that a sender has an answer for. */
export interface SentMessage {
  /** In a header of its own, so that every message is known by it, whatever becomes of its payload. */
  readonly tag: string;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly size: number;
  /** SHA-256 of the payload, lower-case hex; undefined without one. */
  readonly hash: string | undefined;
  /** Has a klientMeldingId, by which a repetition is recognised. */
  readonly keyed: boolean;
  /** Attempts whose outcome the sender never learnt. */
  readonly unknown: number;
  /** Of the attempt that may have stored it first. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** From whom to whom, and of which type. */
export interface Route {
  readonly from: FiksIoLogin;
  readonly to: FiksIoLogin;
  readonly meldingType: string;
  /** The protocol wants a payload. */
  readonly needsPayload: boolean;
}

export interface ExchangeSenders {
  readonly sent: readonly SentMessage[];
  /** Answers that must not come, whatever happens to the server. */
  readonly wrong: readonly string[];
  /** Attempts that broke off without an answer. */
  readonly broken: () => number;
  /** Every sender finishes the message it is at (the server must be up), then all have ended. */
  finish(): Promise<void>;
}

export interface ExchangeSendersOptions {
  readonly baseUrl: string;
  readonly count: number;
  readonly routes: readonly Route[];
  readonly random: () => number;
}

/** Our own header: which message this is. */
export const TAG_HEADER = 'feiltest';

/** Trying more often would take from the server the time that it starts in. */
const DOWN_PAUSE_MS = 60;
const BETWEEN_MESSAGES_MS = 10;
const ANSWER_LIMIT_MS = 20_000;
/** Sizes and how often: in a row, none, as an object, in Dokumentlager (with its threshold at 200 kB). */
const SIZES: readonly (readonly [number, number])[] = [
  [2_000, 0.8],
  [0, 0.06],
  [60_000, 0.1],
  [300_000, 0.04],
];
/** The server's threshold in this test. What goes to Dokumentlager is not recognised when it is sent again. */
export const DOCUMENT_OVER_BYTES = 200_000;
/** One in so many lives for little more than a second. */
const SHORT_LIVED = 0.04;

/**
 * Senders that never give up a message: each sends it again, unchanged, until it has an answer. Every other one has a
 * klientMeldingId; the rest are stored again when the first attempt was stored without the sender learning it.
 */
export function startExchangeSenders(options: ExchangeSendersOptions): ExchangeSenders {
  const state: State = { ...options, sent: [], wrong: [], broken: 0, finishing: false };
  const running = Array.from({ length: options.count }, (_, sender) => sendOn(state, sender));
  return {
    sent: state.sent,
    wrong: state.wrong,
    broken: () => state.broken,
    finish: async () => {
      state.finishing = true;
      await Promise.all(running);
    },
  };
}

interface State extends ExchangeSendersOptions {
  readonly sent: SentMessage[];
  readonly wrong: string[];
  broken: number;
  finishing: boolean;
}

interface Draft {
  readonly tag: string;
  readonly route: Route;
  readonly payload: Buffer<ArrayBuffer>;
  readonly keyed: boolean;
  readonly metadata: object;
}

async function sendOn(state: State, sender: number): Promise<void> {
  for (let message = 0; !state.finishing; message++) {
    await sendUntilAnswered(state, draft(state, `${sender}-${message}`, sender % 2 === 0));
    await sleep(BETWEEN_MESSAGES_MS);
  }
}

function draft({ routes, random }: State, tag: string, wanted: boolean): Draft {
  const route = routes[Math.floor(random() * routes.length)]!;
  const bytes = chosenSize(random()) || (route.needsPayload ? SIZES[0]![0] : 0);
  const keyed = wanted && bytes <= DOCUMENT_OVER_BYTES;
  const metadata = {
    avsenderKontoId: route.from.kontoId,
    mottakerKontoId: route.to.kontoId,
    meldingType: route.meldingType,
    ...(random() < SHORT_LIVED ? { ttl: 1200 } : {}),
    headere: { [TAG_HEADER]: tag, ...(keyed ? { klientMeldingId: newId() } : {}) },
  };
  return { tag, route, keyed, metadata, payload: Buffer.from(randomBytes(bytes)) };
}

function chosenSize(drawn: number): number {
  let share = 0;
  for (const [size, often] of SIZES) {
    share += often;
    if (drawn < share) return size;
  }
  return SIZES[0]![0];
}

async function sendUntilAnswered(state: State, message: Draft): Promise<void> {
  const { tag, route, payload, keyed } = message;
  const first = Date.now();
  for (let unknown = 0; ; unknown++) {
    const attempt = Date.now();
    const answer = await call(state.baseUrl, message).catch(() => undefined);
    // 5xx says as little about the message as no answer at all.
    if (!answer || answer.status >= 500) {
      if (!answer) state.broken += 1;
      await sleep(DOWN_PAUSE_MS);
      continue;
    }
    if (answer.status !== 202) {
      state.wrong.push(`${tag}: ${answer.status} ${answer.body.slice(0, 300)}`);
      return;
    }
    state.sent.push({
      tag,
      id: (JSON.parse(answer.body) as { meldingId: string }).meldingId,
      from: route.from.kontoId,
      to: route.to.kontoId,
      size: payload.length,
      hash: payload.length === 0 ? undefined : createHash('sha256').update(payload).digest('hex'),
      keyed,
      unknown,
      sentAt: keyed ? first : attempt,
      answeredAt: Date.now(),
    });
    return;
  }
}

async function call(baseUrl: string, { route, metadata, payload }: Draft) {
  const form = new FormData();
  form.append('metadata', new Blob([JSON.stringify(metadata)], { type: 'application/json' }));
  if (payload.length > 0) form.append('data', new Blob([payload]), 'data');
  const answer = await fetch(`${baseUrl}/fiks-io/api/v1/send`, {
    method: 'POST',
    body: form,
    headers: await route.from.headers(),
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  });
  return { status: answer.status, body: await answer.text() };
}
