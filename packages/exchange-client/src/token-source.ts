import { randomUUID, X509Certificate } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import { type Dispatcher, request } from 'undici';
import { ExchangeClientError } from './client-error.ts';
import type { MaskinportenOptions, TokenOptions } from './client-options.ts';

export interface TokenSource {
  /** A valid token; `fresh` asks for a new one, because the last was refused. */
  token(options?: { readonly fresh?: boolean }): Promise<string>;
}

/** A token is used until this long before it expires, as the published clients do (fiks-io §1.2). */
const MARGIN_MS = 10_000;
/** The longest that Maskinporten accepts (fiks-io §1.1). */
const ASSERTION_SECONDS = 120;
const MAX_ANSWER_BYTES = 64 * 1024;

interface TokenSourceParts {
  readonly dispatcher?: Dispatcher;
  /** The time of day, epoch ms: assertions carry it. */
  readonly now?: () => number;
  /** How long a token is kept is measured by a clock that nobody sets. */
  readonly elapsedMs?: () => number;
}

/** Keeps a token until 10 s before its expiry; calls at the same time share one request. */
export function createTokenSource(
  options: TokenOptions,
  {
    dispatcher,
    now = () => new Date().getTime(),
    elapsedMs = () => performance.now(),
  }: TokenSourceParts = {},
): TokenSource {
  if (typeof options === 'function') return { token: () => options() };
  let held: { readonly token: Promise<string>; until: number } | undefined;
  return {
    token: ({ fresh = false } = {}) => {
      if (held && !fresh && held.until > elapsedMs()) return held.token;
      const entry = { token: Promise.resolve(''), until: Number.POSITIVE_INFINITY };
      entry.token = fetchToken(options, dispatcher, now()).then(
        ({ token, seconds }) => {
          entry.until = elapsedMs() + seconds * 1000 - MARGIN_MS;
          return token;
        },
        (error: unknown) => {
          if (held === entry) held = undefined;
          throw error;
        },
      );
      held = entry;
      return entry.token;
    },
  };
}

async function fetchToken(
  options: MaskinportenOptions,
  dispatcher: Dispatcher | undefined,
  now: number,
): Promise<{ token: string; seconds: number }> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: await signAssertion(options, now),
  });
  let status: number;
  let text: string;
  try {
    const answer = await request(options.tokenEndpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form.toString(),
      signal: AbortSignal.timeout(timeoutMs),
      ...(dispatcher ? { dispatcher } : {}),
    });
    status = answer.statusCode;
    text = (await answer.body.text()).slice(0, MAX_ANSWER_BYTES);
  } catch (cause) {
    throw new ExchangeClientError('no_token', 'The token endpoint does not answer', { cause });
  }
  return readAnswer(status, text);
}

function readAnswer(status: number, text: string): { token: string; seconds: number } {
  const json = parse(text);
  if (status !== 200 || typeof json.access_token !== 'string') {
    const why = [json.error, json.error_description].filter((part) => typeof part === 'string').join(': ');
    throw new ExchangeClientError('no_token', `The token endpoint answered ${status} ${why}`.trim(), {
      status,
      body: text.slice(0, 16_384),
    });
  }
  return { token: json.access_token, seconds: typeof json.expires_in === 'number' ? json.expires_in : 60 };
}

function parse(text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function signAssertion(options: MaskinportenOptions, now: number): Promise<string> {
  try {
    const key = await importPKCS8(options.privateKeyPem, 'RS256');
    const x5c = options.certificatePem
      ? [new X509Certificate(options.certificatePem).raw.toString('base64')]
      : undefined;
    if (!x5c && !options.kid) throw new Error('Neither certificatePem nor kid');
    const seconds = Math.floor(now / 1000);
    const claims = {
      scope: options.scope ?? 'ks:fiks',
      ...(options.consumerOrg ? { consumer_org: options.consumerOrg } : {}),
      ...(options.resource ? { resource: options.resource } : {}),
    };
    return await new SignJWT(claims)
      .setProtectedHeader({
        alg: 'RS256',
        ...(x5c ? { x5c } : {}),
        ...(options.kid ? { kid: options.kid } : {}),
      })
      .setIssuer(options.clientId)
      .setAudience(options.issuer)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ASSERTION_SECONDS)
      .setJti(randomUUID())
      .sign(key);
  } catch (cause) {
    throw new ExchangeClientError('bad_options', 'The key for the token cannot be used', { cause });
  }
}
