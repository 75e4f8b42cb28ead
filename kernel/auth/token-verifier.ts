import { hash } from 'node:crypto';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { type Elapsed, elapsedMs } from '../time/index.ts';
import { AuthError } from './errors.ts';
import { createIssuerKeys, type FetchLimits, type IssuerKeys, type KeySource } from './issuer-keys.ts';
import { createLruMap } from './lru-map.ts';
import { toVerifiedToken, type VerifiedToken } from './token-claims.ts';
import { type TokenFault, tokenFault } from './token-faults.ts';

export interface TrustedIssuer {
  /** Compared character by character with the token's `iss`; a trailing slash counts. */
  readonly issuer: string;
  readonly keys: KeySource;
  /** One of these must be in the token's `aud`. Absent: the audience is not looked at. */
  readonly audience?: string | readonly string[];
  /** Accepted signature algorithms. Default RS256 only. */
  readonly algorithms?: readonly string[];
}

export interface TokenVerifierOptions {
  readonly issuers: readonly TrustedIssuer[];
  /** How far clocks may be apart, s. Default 10. */
  readonly clockSkewS?: number;
  readonly now: () => Date;
  /** Default: the monotonic clock. */
  readonly elapsedMs?: Elapsed;
  readonly limits?: FetchLimits;
  /** Most verified tokens remembered. Default 10 000. */
  readonly cacheSize?: number;
}

export interface TokenVerifier {
  /**
   * Throws `auth.token_invalid` (401) with the broken rule as `reason`, or `auth.issuer_unavailable` (503) when the
   * issuer's keys cannot be had.
   *
   * A token that was accepted is remembered by its SHA-256 until it expires, so that only its first use costs a
   * signature check: a key that the issuer withdraws meanwhile is noticed with the next token.
   */
  verify(token: string): Promise<VerifiedToken>;
}

/** Longest token, characters. Maskinporten and ID-porten tokens are around 1000. */
const MAX_TOKEN_LENGTH = 16 * 1024;

interface Known {
  readonly trust: TrustedIssuer;
  readonly keys: IssuerKeys;
}

/** Life that was left when it was accepted is over when it is, even if the wall clock is set back meanwhile. */
interface Accepted {
  readonly token: VerifiedToken;
  readonly until: number;
}

type TimedPayload = JWTPayload & { iss: string; iat: number; exp: number };

/** Verifies JWS tokens of the trusted issuers. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { now, elapsedMs: elapsed = elapsedMs, clockSkewS = 10, limits = {} } = options;
  const issuers = new Map<string, Known>(
    options.issuers.map((trust) => [
      trust.issuer,
      { trust, keys: createIssuerKeys(trust.issuer, trust.keys, limits, elapsed) },
    ]),
  );
  const accepted = createLruMap<string, Accepted>(options.cacheSize ?? 10_000);

  const lifeLeft = (token: VerifiedToken): number =>
    token.expiresAt.getTime() + clockSkewS * 1000 - now().getTime();
  const verifyAnew = async (token: string): Promise<VerifiedToken> => {
    const known = issuers.get(issuerOf(token));
    if (!known) throw invalid('unknown_issuer');
    const payload = await verifySignature(token, known, now(), clockSkewS);
    if (payload.iat > now().getTime() / 1000 + clockSkewS) throw invalid('not_yet_valid');
    return toVerifiedToken(payload);
  };

  return {
    verify: async (token) => {
      if (token.length > MAX_TOKEN_LENGTH) throw invalid('too_long');
      const key = hash('sha256', token, 'base64');
      const cached = accepted.get(key);
      if (cached) {
        if (cached.until > elapsed() && lifeLeft(cached.token) > 0) return cached.token;
        accepted.delete(key);
        throw invalid('expired');
      }
      const verified = await verifyAnew(token);
      accepted.set(key, { token: verified, until: elapsed() + lifeLeft(verified) });
      return verified;
    },
  };
}

/** `iss` before anything is verified: it only chooses which issuer's rules and keys apply. */
function issuerOf(token: string): string {
  try {
    return String(decodeJwt(token).iss);
  } catch {
    throw invalid('malformed');
  }
}

async function verifySignature(
  token: string,
  known: Known,
  currentDate: Date,
  clockTolerance: number,
): Promise<TimedPayload> {
  const { trust, keys } = known;
  const rules = {
    issuer: trust.issuer,
    ...(trust.audience ? { audience: [trust.audience].flat() } : {}),
    algorithms: [...(trust.algorithms ?? ['RS256'])],
    requiredClaims: ['iat', 'exp'],
    clockTolerance,
    currentDate,
  };
  try {
    return (await jwtVerify(token, await keys.get(false), rules)).payload as TimedPayload;
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw asAppError(error);
  }
  // A key we do not know: the issuer may have rotated since its keys were fetched.
  try {
    return (await jwtVerify(token, await keys.get(true), rules)).payload as TimedPayload;
  } catch (error) {
    throw asAppError(error);
  }
}

/** The library's errors are not kept as causes: some carry the token's claims, which must not reach a log. */
function asAppError(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return invalid('expired');
  if (error instanceof errors.JWTClaimValidationFailed) return invalid(claimReason(error.claim));
  if (error instanceof errors.JOSEAlgNotAllowed) return invalid('algorithm');
  if (error instanceof errors.JWKSNoMatchingKey) return invalid('unknown_key');
  if (error instanceof errors.JWKSMultipleMatchingKeys) return invalid('unknown_key');
  if (error instanceof errors.JWSSignatureVerificationFailed) return invalid('signature');
  if (error instanceof errors.JOSEError) return invalid('malformed');
  return error;
}

function claimReason(claim: string): TokenFault {
  if (claim === 'aud') return 'audience';
  return claim === 'nbf' ? 'not_yet_valid' : 'claims';
}

function invalid(reason: TokenFault) {
  return AuthError.tokenInvalid({ params: tokenFault(reason) });
}
