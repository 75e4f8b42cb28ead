import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { OutgoingFailure, type OutgoingFailureKind } from './outgoing-failure.ts';
import { startDeadline } from './start-deadline.ts';

/**
 * Gives the bearer token for the next call. `fresh` asks for a new one because the service refused the last; a
 * supplier that caches must then go to the issuer.
 */
export type TokenSupplier = (options: { readonly fresh: boolean }) => string | Promise<string>;

export interface OutgoingLimits {
  /** Time to establish TCP and TLS. */
  readonly connectTimeoutMs: number;
  /** Time from the last byte sent to the answer's headers. */
  readonly headersTimeoutMs: number;
  /** Longest silence inside the answer's body. */
  readonly bodyTimeoutMs: number;
  /** The whole call, all attempts together; uploads may ask for their own. */
  readonly totalTimeoutMs: number;
  readonly maxResponseBytes: number;
  /** Kept-alive connections at most. */
  readonly connections: number;
}

export const DEFAULT_OUTGOING_LIMITS: OutgoingLimits = {
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 30_000,
  bodyTimeoutMs: 30_000,
  totalTimeoutMs: 60_000,
  maxResponseBytes: 256 * 1024,
  connections: 16,
};

export interface OutgoingHttpOptions {
  /** Address of the service; a path in it is kept in front of every call's path. */
  readonly baseUrl: string;
  /** Absent for open services. */
  readonly token?: TokenSupplier | undefined;
  readonly limits?: Partial<OutgoingLimits> | undefined;
}

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Starts with `/`; the caller escapes what it puts in. */
  readonly path: string;
  readonly accept?: string | undefined;
  readonly contentType?: string | undefined;
  /** Text is sent again once with a fresh token after a 401; a stream cannot be. */
  readonly body?: string | AsyncIterable<Uint8Array> | undefined;
  /** Used instead of the supplier's; a 401 is then answered to the caller. */
  readonly token?: string | undefined;
  /** Bytes of a streamed body, when known. */
  readonly contentLength?: number | undefined;
  readonly totalTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Only a question: asked twice does no harm. It is asked again at once when the connection breaks or a gateway's server is
   * being replaced, twice at most; what has to wait longer is a job's.
   */
  readonly repeatable?: boolean | undefined;
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly text: string;
  /** Seconds from `Retry-After`, when given in seconds. */
  readonly retryAfterSeconds: number | undefined;
}

export interface OutgoingHttp {
  /**
   * Any status is an answer; throws {@link OutgoingFailure} when there is none. Redirects are not followed. An error of the
   * caller's own stream is thrown as it is.
   */
  request(request: OutgoingRequest): Promise<OutgoingAnswer>;
  /** Ends when the calls under way have; each has its time limit. */
  close(): Promise<void>;
}

/** Pauses before the second and third attempt of a question. */
const REPEAT_DELAYS_MS = [50, 250] as const;
/** Answers of a gateway whose server is being replaced; a plain 500 is left to the caller's job queue. */
const REPEATED_STATUS = new Set([502, 503, 504]);

interface Target {
  readonly pool: Pool;
  /** Path of the base address, without a slash at its end. */
  readonly prefix: string;
  readonly token: TokenSupplier | undefined;
}

/** A kept-alive connection pool towards one service, with a bound on every wait and on the size of every answer. */
export function createOutgoingHttp({ baseUrl, token, limits: given }: OutgoingHttpOptions): OutgoingHttp {
  const limits = { ...DEFAULT_OUTGOING_LIMITS, ...given };
  const base = new URL(baseUrl);
  const pool = new Pool(base.origin, {
    connections: limits.connections,
    connect: { timeout: limits.connectTimeoutMs },
    headersTimeout: limits.headersTimeoutMs,
    bodyTimeout: limits.bodyTimeoutMs,
    maxResponseSize: limits.maxResponseBytes,
  });
  const target = { pool, prefix: base.pathname.replace(/\/+$/, ''), token };

  return {
    request: async (request) => {
      const deadline = startDeadline(request.totalTimeoutMs ?? limits.totalTimeoutMs, request.signal);
      try {
        return await repeated(target, request, deadline.signal);
      } catch (error) {
        if (!(error instanceof OutgoingFailure)) throw error;
        if (deadline.expired()) throw new OutgoingFailure('timeout', error.code, error.cause);
        throw deadline.signal.aborted ? new OutgoingFailure('aborted', error.code, error.cause) : error;
      } finally {
        deadline.clear();
      }
    },
    close: () => pool.close(),
  };
}

async function repeated(
  target: Target,
  request: OutgoingRequest,
  signal: AbortSignal,
): Promise<OutgoingAnswer> {
  for (const delayMs of request.repeatable ? REPEAT_DELAYS_MS : []) {
    const outcome = await withToken(target, request, signal).catch((error: unknown) => error);
    if (!isWorthRepeating(outcome, signal)) {
      if (outcome instanceof Error) throw outcome;
      return outcome as OutgoingAnswer;
    }
    await sleep(delayMs, undefined, { signal }).catch((cause: unknown) => {
      throw new OutgoingFailure('aborted', undefined, cause);
    });
  }
  return withToken(target, request, signal);
}

function isWorthRepeating(outcome: unknown, signal: AbortSignal): boolean {
  if (outcome instanceof OutgoingFailure) return outcome.kind !== 'oversize' && !signal.aborted;
  return REPEATED_STATUS.has((outcome as { status?: number } | undefined)?.status ?? 0);
}

/** Once more with a fresh token when the one that was held is refused, unless the issuer has no other. */
async function withToken(
  target: Target,
  request: OutgoingRequest,
  signal: AbortSignal,
): Promise<OutgoingAnswer> {
  const token = request.token ?? (await tokenFrom(target.token, false));
  const answer = await exchange(target, request, token, signal);
  const streamed = request.body !== undefined && typeof request.body !== 'string';
  if (answer.status !== 401 || streamed || request.token !== undefined) return answer;
  const fresh = await tokenFrom(target.token, true);
  return fresh === token ? answer : exchange(target, request, fresh, signal);
}

async function tokenFrom(supplier: TokenSupplier | undefined, fresh: boolean): Promise<string | undefined> {
  try {
    return await supplier?.({ fresh });
  } catch (cause) {
    throw new OutgoingFailure('authorisation', codeOf(cause), cause);
  }
}

async function exchange(
  { pool, prefix }: Target,
  request: OutgoingRequest,
  token: string | undefined,
  signal: AbortSignal,
): Promise<OutgoingAnswer> {
  const source = guardSource(request.body);
  const headers: Record<string, string> = { accept: request.accept ?? 'application/json' };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (request.contentType !== undefined) headers['content-type'] = request.contentType;
  if (request.contentLength !== undefined) headers['content-length'] = String(request.contentLength);
  try {
    const answer = await pool.request({
      method: request.method,
      path: prefix + request.path,
      headers,
      body: source.body,
      signal,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, retryAfterSeconds: secondsOf(answer.headers['retry-after']) };
  } catch (error) {
    // The caller's own content could not be read: that is not the service's doing.
    const failure = source.failure();
    if (failure) throw failure.error;
    // The body did not have the announced size: ours to mend, and no better the next time.
    if (codeOf(error) === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') throw error;
    throw new OutgoingFailure(kindOf(error), codeOf(error), error);
  }
}

interface Source {
  readonly body: string | Readable | null;
  /** Set when reading the caller's own stream failed. */
  readonly failure: () => { readonly error: unknown } | undefined;
}

function guardSource(body: OutgoingRequest['body']): Source {
  if (body === undefined || typeof body === 'string') return { body: body ?? null, failure: () => undefined };
  let failure: { readonly error: unknown } | undefined;
  async function* pass(source: AsyncIterable<Uint8Array>) {
    try {
      yield* source;
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  // A Readable, because undici closes it (and with it the caller's stream) when the exchange breaks off.
  return { body: Readable.from(pass(body), { objectMode: false }), failure: () => failure };
}

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

function kindOf(error: unknown): OutgoingFailureKind {
  const code = codeOf(error) ?? '';
  if (TIMEOUTS.has(code)) return 'timeout';
  return code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' ? 'oversize' : 'connection';
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

function secondsOf(header: string | string[] | undefined): number | undefined {
  const seconds = typeof header === 'string' ? Number(header) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
