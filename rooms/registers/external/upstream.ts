import type { AppError, AppErrorOptions } from '@grunnmur/kernel/errors';
import {
  createOutgoingHttp,
  type OutgoingAnswer,
  OutgoingFailure,
  parseJson,
  type TokenSupplier,
} from '@grunnmur/kernel/outgoing';

/** How a register is reached. Only `baseUrl` is required. */
export interface UpstreamOptions {
  /** Address without a trailing slash; a path is kept (`https://host/simulator/krr`). */
  readonly baseUrl: string;
  /** Bearer token (Maskinporten); asked for before each call, so the supplier caches. Absent for open registers. */
  readonly token?: TokenSupplier;
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

interface Call {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash; appended to `baseUrl`. */
  readonly path: string;
  readonly body?: unknown;
  readonly accept?: string;
  /** Statuses besides 2xx that the caller wants as an answer instead of an error, e.g. 404. */
  readonly expect?: readonly number[];
  readonly signal?: AbortSignal;
}

interface Answer {
  readonly status: number;
  /** Parsed body of a 2xx answer; `undefined` otherwise. */
  readonly json: unknown;
}

export interface Upstream {
  call(call: Call): Promise<Answer>;
  close(): Promise<void>;
}

const FAULT_IN_REQUEST = new Set([400, 413, 422]);

/**
 * HTTP client of one register: one time limit over all attempts, limited answer size, quick retry when the connection
 * breaks, and every failure mapped to the register's own errors. All calls made here are reads.
 *
 * Bodies and addresses never reach an error: they contain identity numbers.
 */
export function createUpstream(
  options: UpstreamOptions,
  maxResponseBytes: number,
  errors: UpstreamErrors,
): Upstream {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const http = createOutgoingHttp({
    baseUrl: options.baseUrl,
    token: options.token,
    limits: {
      connectTimeoutMs: Math.min(timeoutMs, 5_000),
      headersTimeoutMs: timeoutMs,
      bodyTimeoutMs: timeoutMs,
      totalTimeoutMs: timeoutMs,
      maxResponseBytes,
      connections: options.connections ?? 8,
    },
  });
  return {
    call: async ({ body, expect: expected, ...call }) => {
      const content =
        body === undefined ? {} : { contentType: 'application/json', body: JSON.stringify(body) };
      const answer = await http
        .request({ ...call, ...content, repeatable: true })
        .catch((error: unknown) => throwFailure(error, call.signal, errors));
      return toAnswer(answer, expected, errors);
    },
    close: () => http.close(),
  };
}

/** A caller who hung up gets its own reason back, not our error. */
function throwFailure(error: unknown, signal: AbortSignal | undefined, errors: UpstreamErrors): never {
  if (signal?.aborted) throw signal.reason;
  if (!(error instanceof OutgoingFailure)) throw error;
  if (error.kind === 'oversize') throw errors.invalidAnswer({ params: { reason: 'too large' } });
  // Only the code is kept: the error itself may carry the address, and thereby an identity number.
  const reason = error.kind === 'timeout' ? 'timeout' : (error.code ?? 'no connection');
  throw errors.unavailable({ params: { reason } });
}

function toAnswer(
  { status, text }: OutgoingAnswer,
  expected: readonly number[] | undefined,
  errors: UpstreamErrors,
): Answer {
  if (status >= 200 && status < 300) {
    const json = parseJson(text);
    if (json === undefined) throw errors.invalidAnswer({ params: { reason: 'not JSON' } });
    return { status, json };
  }
  if (expected?.includes(status)) return { status, json: undefined };
  const params = { status, reason: `HTTP ${status}` };
  if (status === 429) throw errors.rateLimited();
  if (FAULT_IN_REQUEST.has(status)) throw errors.rejected({ params });
  if (status >= 400 && status < 500) throw errors.refused({ params });
  throw errors.unavailable({ params });
}
