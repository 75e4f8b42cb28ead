import { X509Certificate } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import { newId } from '../ids/index.ts';
import { type Elapsed, elapsedMs } from '../time/index.ts';
import { AuthError } from './errors.ts';

export interface MaskinportenClientOptions {
  /** The issuer's identifier, the assertion's audience; a trailing slash counts. */
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly privateKeyPem: string;
  /** Business certificate sent as `x5c`; without it `keyId` names a key registered for the client. */
  readonly certificatePem?: string;
  readonly keyId?: string;
  readonly now: () => Date;
  /** Default: the monotonic clock. */
  readonly elapsedMs?: Elapsed;
  /** Default 10 s. */
  readonly timeoutMs?: number;
}

interface TokenWish {
  /** Space separated. */
  readonly scope: string;
  /** Delegation: the organisation (orgnr) on whose behalf we call. */
  readonly consumerOrg?: string;
  /** Do not answer from memory: the service refused the last token. */
  readonly fresh?: boolean;
}

export interface MaskinportenClient {
  /** A valid access token, fetched anew when the last one is about to expire. Throws `auth.issuer_unavailable`. */
  token(wish: TokenWish): Promise<string>;
}

interface Held {
  readonly token: Promise<string>;
  /** On the monotonic clock, ms: then a new one is fetched. */
  until: number;
}

/** Fetched this long before expiry, so that a token never expires on its way. */
const MARGIN_MS = 15_000;
const ASSERTION_SECONDS = 120;

/** Fetches access tokens by the JWT-bearer grant (RFC 7523), as Maskinporten and the built-in issuer give them. */
export function createMaskinportenClient(options: MaskinportenClientOptions): MaskinportenClient {
  const { elapsedMs: elapsed = elapsedMs } = options;
  const held = new Map<string, Held>();
  return {
    token: (wish) => {
      const key = `${wish.scope} ${wish.consumerOrg ?? ''}`;
      const known = wish.fresh ? undefined : held.get(key);
      if (known && known.until > elapsed()) return known.token;
      const entry: { token: Promise<string>; until: number } = {
        token: Promise.resolve(''),
        until: Number.POSITIVE_INFINITY,
      };
      entry.token = fetchToken(options, wish).then(
        ({ token, seconds }) => {
          entry.until = elapsed() + Math.max(seconds * 1000 - MARGIN_MS, 1000);
          return token;
        },
        (error: unknown) => {
          held.delete(key);
          throw error;
        },
      );
      held.set(key, entry);
      return entry.token;
    },
  };
}

async function fetchToken(
  options: MaskinportenClientOptions,
  wish: TokenWish,
): Promise<{ token: string; seconds: number }> {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: await signAssertion(options, wish),
  });
  const answer = await fetch(options.tokenEndpoint, {
    method: 'POST',
    body,
    signal: AbortSignal.timeout(options.timeoutMs ?? 10_000),
  }).catch((cause: unknown) => {
    throw AuthError.issuerUnavailable({ cause });
  });
  const json = (await answer.json().catch(() => ({}))) as {
    access_token?: unknown;
    expires_in?: unknown;
    error?: unknown;
  };
  if (!answer.ok || typeof json.access_token !== 'string') {
    throw AuthError.issuerUnavailable({
      cause: new Error(`token endpoint answered ${answer.status} ${String(json.error ?? '')}`),
    });
  }
  return { token: json.access_token, seconds: typeof json.expires_in === 'number' ? json.expires_in : 60 };
}

async function signAssertion(
  options: MaskinportenClientOptions,
  { scope, consumerOrg }: TokenWish,
): Promise<string> {
  const key = await importPKCS8(options.privateKeyPem, 'RS256');
  const seconds = Math.floor(options.now().getTime() / 1000);
  const x5c = options.certificatePem
    ? [new X509Certificate(options.certificatePem).raw.toString('base64')]
    : undefined;
  return new SignJWT({ scope, ...(consumerOrg ? { consumer_org: consumerOrg } : {}) })
    .setProtectedHeader({
      alg: 'RS256',
      ...(x5c ? { x5c } : {}),
      ...(options.keyId ? { kid: options.keyId } : {}),
    })
    .setIssuer(options.clientId)
    .setAudience(options.issuer)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ASSERTION_SECONDS)
    .setJti(newId())
    .sign(key);
}
