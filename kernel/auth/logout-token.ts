import { type JWTPayload, jwtVerify } from 'jose';
import { elapsedMs } from '../time/index.ts';
import { AuthError } from './errors.ts';
import { createIssuerKeys, type KeySource } from './issuer-keys.ts';
import { createLruMap } from './lru-map.ts';
import { type TokenFault, tokenFault } from './token-faults.ts';

export interface LogoutTokenOptions {
  readonly issuer: string;
  readonly keys: KeySource;
  /** Our client id there. */
  readonly audience: string;
  readonly now: () => Date;
}

/** Whose session has ended at the login service: one by `sid`, all of a person by `sub` alone. */
export interface LoggedOut {
  readonly sid?: string;
  readonly sub?: string;
}

/** OpenID Connect Back-Channel Logout 1.0 §2.4. */
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const MAX_TOKEN_LENGTH = 16 * 1024;
const CLOCK_SKEW_S = 60;
/** §2.6: a token this old, whatever it says of its end, was not sent just now. */
const MAX_AGE_S = 10 * 60;
const REMEMBERED = 10_000;

/**
 * Checks logout tokens as OpenID Connect Back-Channel Logout 1.0 §2.6 says: signature, issuer, audience, times, the event, a
 * session or a person, no nonce (so that no ID token passes), each once. Throws `auth.token_invalid`, or
 * `auth.issuer_unavailable`.
 */
export function createLogoutTokenVerifier(
  options: LogoutTokenOptions,
): (token: string) => Promise<LoggedOut> {
  const keys = createIssuerKeys(options.issuer, options.keys, {}, elapsedMs);
  const seen = createLruMap<string, true>(REMEMBERED);

  const signed = async (token: string, refresh: boolean): Promise<JWTPayload> => {
    const { payload } = await jwtVerify(token, await keys.get(refresh), {
      issuer: options.issuer,
      audience: options.audience,
      algorithms: ['RS256'],
      requiredClaims: ['iat', 'jti', 'events'],
      clockTolerance: CLOCK_SKEW_S,
      maxTokenAge: MAX_AGE_S,
      currentDate: options.now(),
    });
    return payload;
  };

  return async (token) => {
    if (token.length > MAX_TOKEN_LENGTH) throw refused('too_long');
    const payload = await signed(token, false)
      .catch((error: { code?: string }) => {
        // A key we do not know: the issuer may have rotated since its keys were fetched.
        if (error.code !== 'ERR_JWKS_NO_MATCHING_KEY') throw error;
        return signed(token, true);
      })
      .catch((cause: { code?: string }) => {
        throw cause.code?.startsWith('ERR_') ? refused('signature_or_claims', cause) : cause;
      });
    const { sid, sub, jti, events, nonce } = payload;
    if (nonce !== undefined) throw refused('nonce');
    if (!isEvent(events)) throw refused('events');
    const named = { ...(isName(sid) ? { sid } : {}), ...(isName(sub) ? { sub } : {}) };
    if (!named.sid && !named.sub) throw refused('nobody');
    if (seen.get(jti!)) throw refused('repeated');
    seen.set(jti!, true);
    return named;
  };
}

function isEvent(events: unknown): boolean {
  const event = typeof events === 'object' && events !== null && (events as Record<string, unknown>)[EVENT];
  return typeof event === 'object' && event !== null;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function refused(reason: TokenFault, cause?: unknown) {
  return AuthError.tokenInvalid({ params: tokenFault(reason), ...(cause === undefined ? {} : { cause }) });
}
