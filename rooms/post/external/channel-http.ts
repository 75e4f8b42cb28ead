import { Readable } from 'node:stream';
import { Pool } from 'undici';
import { ChannelUnavailable, type ExternalChannel, type UnavailableKind } from './channel-outcome.ts';

/**
 * Gives the bearer token for the next call. `fresh` asks for a new one because the service refused the last; a
 * supplier that caches must then go to the issuer.
 */
export type TokenSupplier = (options: { readonly fresh: boolean }) => string | Promise<string>;

export interface HttpLimits {
  /** Time to establish TCP and TLS. */
  readonly connectTimeoutMs: number;
  /** Time from the last byte sent to the answer's headers. */
  readonly headersTimeoutMs: number;
  /** Longest silence inside the answer's body. */
  readonly bodyTimeoutMs: number;
  /** The whole exchange; uploads may ask for their own. */
  readonly totalTimeoutMs: number;
  readonly maxResponseBytes: number;
  /** Kept-alive connections at most. */
  readonly connections: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 30_000,
  bodyTimeoutMs: 30_000,
  totalTimeoutMs: 60_000,
  maxResponseBytes: 256 * 1024,
  connections: 16,
};

export interface ChannelHttpOptions {
  readonly channel: ExternalChannel;
  /** Address of the service; a path in it is kept in front of every call's path. */
  readonly baseUrl: string;
  readonly token: TokenSupplier;
  readonly limits?: Partial<HttpLimits>;
}

export interface ChannelRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Starts with `/`; the caller escapes what it puts in. */
  readonly path: string;
  readonly contentType?: string;
  /** Text is sent again once with a fresh token after a 401; a stream cannot be. */
  readonly body?: string | AsyncIterable<Uint8Array>;
  /** Used instead of the supplier's; a 401 is then answered to the caller. */
  readonly token?: string;
  /** Bytes of a streamed body, when known. */
  readonly contentLength?: number | undefined;
  readonly totalTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ChannelAnswer {
  readonly status: number;
  readonly text: string;
  /** Seconds from `Retry-After`, when given in seconds. */
  readonly retryAfterSeconds: number | undefined;
}

export interface ChannelHttp {
  /** Any status below 600 is an answer; throws `ChannelUnavailable` when there is none. */
  request(request: ChannelRequest): Promise<ChannelAnswer>;
  close(): Promise<void>;
}

/** A kept-alive connection pool towards one channel, with a bound on every wait and on the size of every answer. */
export function createChannelHttp(options: ChannelHttpOptions): ChannelHttp {
  const limits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const pool = new Pool(base.origin, {
    connections: limits.connections,
    connect: { timeout: limits.connectTimeoutMs },
    headersTimeout: limits.headersTimeoutMs,
    bodyTimeout: limits.bodyTimeoutMs,
    maxResponseSize: limits.maxResponseBytes,
  });

  async function once(request: ChannelRequest, fresh: boolean): Promise<ChannelAnswer> {
    const token = request.token ?? (await tokenFrom(options, fresh));
    return exchange(pool, options.channel, prefix, request, token, limits.totalTimeoutMs);
  }

  return {
    async request(request) {
      const answer = await once(request, false);
      const streamed = request.body !== undefined && typeof request.body !== 'string';
      const repeatable = !streamed && request.token === undefined;
      return answer.status === 401 && repeatable ? once(request, true) : answer;
    },
    close: () => pool.close(),
  };
}

async function exchange(
  pool: Pool,
  channel: ExternalChannel,
  prefix: string,
  request: ChannelRequest,
  token: string,
  defaultTimeoutMs: number,
): Promise<ChannelAnswer> {
  const deadline = startDeadline(request.totalTimeoutMs ?? defaultTimeoutMs, request.signal);
  const source = guardSource(request.body);
  const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json' };
  if (request.contentType !== undefined) headers['content-type'] = request.contentType;
  if (request.contentLength !== undefined) headers['content-length'] = String(request.contentLength);
  try {
    const answer = await pool.request({
      method: request.method,
      path: prefix + request.path,
      headers,
      body: source.body,
      signal: deadline.signal,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, retryAfterSeconds: secondsOf(answer.headers['retry-after']) };
  } catch (error) {
    // The letter's own documents could not be read: that is not the channel's doing.
    const failure = source.failure();
    if (failure) throw failure.error;
    // The body did not have the announced size: ours to mend, and no better the next time.
    if (codeOf(error) === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') throw error;
    throw new ChannelUnavailable(channel, kindOf(error, deadline), { cause: error });
  } finally {
    deadline.clear();
  }
}

interface Deadline {
  readonly signal: AbortSignal;
  readonly expired: () => boolean;
  readonly clear: () => void;
}

/** A timer that is cleared: `AbortSignal.timeout` would keep one per call alive long after the answer. */
function startDeadline(ms: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    controller.abort();
  }, ms);
  const forward = () => controller.abort();
  if (outer?.aborted) controller.abort();
  else outer?.addEventListener('abort', forward, { once: true });
  return {
    signal: controller.signal,
    expired: () => expired,
    clear: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', forward);
    },
  };
}

interface Source {
  readonly body: string | Readable | null;
  /** Set when reading the caller's own stream failed. */
  readonly failure: () => { readonly error: unknown } | undefined;
}

function guardSource(body: ChannelRequest['body']): Source {
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

async function tokenFrom(options: ChannelHttpOptions, fresh: boolean): Promise<string> {
  try {
    return await options.token({ fresh });
  } catch (cause) {
    throw new ChannelUnavailable(options.channel, 'authorisation', { cause });
  }
}

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

function kindOf(error: unknown, deadline: Deadline): UnavailableKind {
  const code = codeOf(error);
  if (deadline.expired() || TIMEOUTS.has(code)) return 'timeout';
  if (deadline.signal.aborted) return 'aborted';
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'oversize';
  return 'connection';
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}

function secondsOf(header: string | string[] | undefined): number | undefined {
  const seconds = typeof header === 'string' ? Number(header) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
