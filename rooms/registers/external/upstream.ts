import { setTimeout as sleep } from 'node:timers/promises';
import type { AppError, AppErrorOptions } from '@grunnmur/kernel/errors';
import { Agent, request } from 'undici';

/** How a register is reached. Only `baseUrl` is required. */
export interface UpstreamOptions {
  /** Address without a trailing slash; a path is kept (`https://host/simulator/krr`). */
  readonly baseUrl: string;
  /** Bearer token (Maskinporten); asked for before each call, so the supplier caches. Absent for open registers. */
  readonly token?: () => Promise<string>;
  /** Longest time for one look-up, all attempts together, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number;
  /** Connections kept open. Default 8. */
  readonly connections?: number;
}

type ErrorFactory = (options?: AppErrorOptions) => AppError;

/** The errors of one register; see `errors.ts`. */
export interface UpstreamErrors {
  /** No answer: connection, time-out, or a 5xx. */
  readonly unavailable: ErrorFactory;
  readonly rateLimited: ErrorFactory;
  /** 401, 403, and every other 4xx that the operator's set-up causes: wrong address, missing right. */
  readonly refused: ErrorFactory;
  /** The request itself is at fault (400, 413, 422). */
  readonly rejected: ErrorFactory;
  readonly invalidAnswer: ErrorFactory;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash; appended to `baseUrl`. */
  readonly path: string;
  readonly body?: unknown;
  readonly accept?: string;
  /** Statuses besides 2xx that the caller wants as an answer instead of an error, e.g. 404. */
  readonly expect?: readonly number[];
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** Parsed body of a 2xx answer; `undefined` otherwise. */
  readonly json: unknown;
}

export interface Upstream {
  call(call: Call): Promise<Answer>;
  close(): Promise<void>;
}

/** Pauses before the second and third attempt. All calls made here are reads, so that a repeat is harmless. */
const RETRY_DELAYS_MS = [50, 250] as const;
/** Answers of a gateway whose server is being replaced; a plain 500 is left to the caller's job queue. */
const RETRIED_STATUS = new Set([502, 503, 504]);
const FAULT_IN_REQUEST = new Set([400, 413, 422]);

/**
 * HTTP client of one register: keep-alive pool, one time limit over all attempts, limited answer size, quick retry
 * when the connection breaks, and every failure mapped to the register's own errors.
 *
 * Bodies and addresses never reach an error: they contain identity numbers.
 */
export function createUpstream(
  options: UpstreamOptions,
  maxResponseBytes: number,
  errors: UpstreamErrors,
): Upstream {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const baseUrl = new URL(options.baseUrl).href.replace(/\/+$/, '');
  const agent = new Agent({
    connections: options.connections ?? 8,
    connect: { timeout: Math.min(timeoutMs, 5_000) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    // Shorter than servers' usual idle limits, so that we seldom write to a socket the other side is closing.
    keepAliveTimeout: 4_000,
    maxResponseSize: maxResponseBytes,
  });

  const attempt = async (call: Call, signal: AbortSignal): Promise<Attempt> => {
    const headers: Record<string, string> = { accept: call.accept ?? 'application/json' };
    if (options.token) headers.authorization = `Bearer ${await options.token()}`;
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    const response = await request(`${baseUrl}${call.path}`, {
      dispatcher: agent,
      method: call.method,
      headers,
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal,
    });
    return { status: response.statusCode, text: await response.body.text() };
  };

  return {
    call: async (call) => {
      const limit = AbortSignal.timeout(timeoutMs);
      const signal = call.signal ? AbortSignal.any([call.signal, limit]) : limit;
      for (let number = 0; ; number++) {
        const outcome = await attempt(call, signal).catch((error: unknown) =>
          failure(error, call, limit, errors),
        );
        const delayMs = RETRY_DELAYS_MS[number];
        if (delayMs === undefined || !isWorthRepeating(outcome)) return toAnswer(outcome, call, errors);
        await sleep(delayMs, undefined, { signal }).catch((error: unknown) => {
          throw failure(error, call, limit, errors).error;
        });
      }
    },
    close: () => agent.destroy(),
  };
}

interface Attempt {
  readonly status: number;
  readonly text: string;
}

interface Failure {
  readonly error: unknown;
  readonly repeat: boolean;
}

/** Sorts what undici or the token supplier threw. A caller who hung up gets its own reason back, not our error. */
function failure(error: unknown, call: Call, limit: AbortSignal, errors: UpstreamErrors): Failure {
  if (call.signal?.aborted) return { error: call.signal.reason, repeat: false };
  if (limit.aborted) return { error: errors.unavailable({ params: { reason: 'timeout' } }), repeat: false };
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return { error: errors.invalidAnswer({ params: { reason: 'too large' } }), repeat: false };
  }
  // Only the code is kept: the error itself may carry the address, and thereby an identity number.
  const reason = typeof code === 'string' ? code : 'no connection';
  return { error: errors.unavailable({ params: { reason } }), repeat: true };
}

function isWorthRepeating(outcome: Attempt | Failure): boolean {
  return 'error' in outcome ? outcome.repeat : RETRIED_STATUS.has(outcome.status);
}

function toAnswer(outcome: Attempt | Failure, call: Call, errors: UpstreamErrors): Answer {
  if ('error' in outcome) throw outcome.error;
  const { status, text } = outcome;
  if (status >= 200 && status < 300) return { status, json: parse(text, errors) };
  if (call.expect?.includes(status)) return { status, json: undefined };
  const params = { status, reason: `HTTP ${status}` };
  if (status === 429) throw errors.rateLimited();
  if (FAULT_IN_REQUEST.has(status)) throw errors.rejected({ params });
  if (status >= 400 && status < 500) throw errors.refused({ params });
  throw errors.unavailable({ params });
}

function parse(text: string, errors: UpstreamErrors): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may hold personal data: it is dropped on purpose.
    throw errors.invalidAnswer({ params: { reason: 'not JSON' } });
  }
}
