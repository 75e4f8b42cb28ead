import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { ExchangeClientError, type ExchangeClientErrorCode } from './client-error.ts';
import type { TokenSource } from './token-source.ts';

export interface HttpApiOptions {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly tokens: TokenSource;
  readonly dispatcher: Dispatcher;
  readonly integrasjonId: string;
  readonly integrasjonPassord: string;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Record<string, string>;
  readonly body?: string | Readable;
  /** False for the one call that needs no login (fiks-io §1.4). Default true. */
  readonly login?: boolean;
  /** Statuses that are no error. Default: every 2xx. */
  readonly accept?: readonly number[];
  readonly signal?: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Read it, or destroy it. */
  readonly body: Readable;
}

export interface HttpApi {
  call(path: string, call?: Call): Promise<Answer>;
  json<T>(path: string, call?: Call): Promise<T>;
}

const MAX_ERROR_BYTES = 16_384;
const MAX_JSON_BYTES = 16 * 1024 * 1024;

export function createDispatcher(options: {
  readonly ca?: string;
  readonly answerMs: number;
  readonly idleMs: number;
}): Agent {
  return new Agent({
    headersTimeout: options.answerMs,
    bodyTimeout: options.idleMs,
    connect: { timeout: options.answerMs, ...(options.ca ? { ca: options.ca } : {}) },
  });
}

/** Calls with the three headers of a login (fiks-io §1.4). A refused token is renewed once where the body can be sent again. */
export function createHttpApi(options: HttpApiOptions): HttpApi {
  const once = async (path: string, call: Call, fresh: boolean): Promise<Answer> => {
    const login =
      call.login === false
        ? {}
        : {
            authorization: `Bearer ${await options.tokens.token({ fresh })}`,
            integrasjonid: options.integrasjonId,
            integrasjonpassord: options.integrasjonPassord,
          };
    try {
      const { statusCode, headers, body } = await request(`${options.baseUrl}${path}`, {
        method: call.method ?? 'GET',
        headers: { accept: 'application/json, */*;q=0.5', ...call.headers, ...login },
        dispatcher: options.dispatcher,
        ...(call.body === undefined ? {} : { body: call.body }),
        ...(call.signal ? { signal: call.signal } : {}),
      });
      return { status: statusCode, headers, body };
    } catch (error) {
      throw networkError(error, call.signal);
    }
  };
  const call = async (path: string, wish: Call = {}): Promise<Answer> => {
    let answer = await once(path, wish, false);
    const repeatable = wish.body === undefined || typeof wish.body === 'string';
    if (answer.status === 401 && wish.login !== false && repeatable) {
      await discard(answer.body);
      answer = await once(path, wish, true);
    }
    const accepted = wish.accept ? wish.accept.includes(answer.status) : answer.status < 300;
    if (!accepted) throw await answerError(answer);
    return answer;
  };
  return {
    call,
    json: async <T>(path: string, wish?: Call): Promise<T> => {
      const answer = await call(path, wish);
      const text = await readText(answer.body, MAX_JSON_BYTES, wish?.signal);
      try {
        return JSON.parse(text) as T;
      } catch (cause) {
        const { status } = answer;
        throw new ExchangeClientError('unavailable', 'The service answered something else than JSON', {
          cause,
          status,
          body: text.slice(0, MAX_ERROR_BYTES),
        });
      }
    },
  };
}

async function readText(body: Readable, maxBytes: number, signal?: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > maxBytes) break;
    }
  } catch (error) {
    throw networkError(error, signal);
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}

/** Reads a body that is of no interest, so that its connection can be used again. */
export async function discard(body: Readable): Promise<void> {
  await readText(body, MAX_ERROR_BYTES).catch(() => {});
}

async function answerError({ status, body }: Answer): Promise<ExchangeClientError> {
  const text = await readText(body, MAX_ERROR_BYTES).catch(() => '');
  const said = messageOf(text);
  return new ExchangeClientError(codeOf(status), `The service answered ${status}${said ? `: ${said}` : ''}`, {
    status,
    body: text,
  });
}

/** `message` of the platform's error body (fiks-io §1.6). */
function messageOf(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message.slice(0, 500) : undefined;
  } catch {
    return undefined;
  }
}

function codeOf(status: number): ExchangeClientErrorCode {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 413) return 'too_large';
  return status >= 500 ? 'unavailable' : 'rejected';
}

/** Errors of the connection become ours; those of a body that we were given to send are passed on as they are. */
export function networkError(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return new ExchangeClientError('aborted', 'The call was aborted', { cause: error });
  if (error instanceof ExchangeClientError) return error;
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return error;
  if (/^UND_ERR_(?:HEADERS|BODY|CONNECT)_TIMEOUT$|^ETIMEDOUT$/.test(code))
    return new ExchangeClientError('timeout', 'The service did not answer in time', { cause: error });
  if (
    /^(?:UND_ERR_|ECONN|ENOTFOUND|EAI_|EPIPE|EHOST|ENET|ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_|UNABLE_)/.test(
      code,
    )
  )
    return new ExchangeClientError('unavailable', `The service cannot be reached (${code})`, {
      cause: error,
    });
  return error;
}
