import { isValidOrgnr, type PersonNumberRules, personNumberFault } from '@grunnmur/registers';
import type { JWTPayload } from 'jose';
import { tokenRefused } from './token-refused.ts';

/** Claims of a token request, checked (Maskinporten: JWT grant). */
export interface AssertionClaims {
  readonly scopes: readonly string[];
  readonly jti: string;
  /** Epoch seconds. */
  readonly exp: number;
  readonly consumerOrg: string | undefined;
  readonly resource: string | undefined;
  readonly pid: string | undefined;
}

export interface AssertionRules {
  readonly issuer: string;
  readonly nowS: number;
  readonly clockSkewS: number;
  readonly personNumbers?: PersonNumberRules;
}

/**
 * Longest time between `iat` and `exp`, s. Maskinporten's documentation says 120, and it is known to take 180: clients that
 * work there work here.
 */
const MAX_ASSERTION_LIFETIME_S = 180;
const MAX_SCOPES = 20;
const MAX_SCOPE_LENGTH = 1000;
const MAX_JTI_LENGTH = 255;
const MAX_RESOURCE_LENGTH = 500;

/** Every rule about the content of a request whose signature is already verified. Throws `access.token_refused`. */
export function checkAssertionClaims(claims: JWTPayload, rules: AssertionRules): AssertionClaims {
  checkAudience(claims.aud, rules.issuer);
  const exp = checkTimes(claims, rules);
  return {
    exp,
    scopes: readScopes(claims.scope),
    jti: readJti(claims.jti),
    ...readDelegation(claims),
    resource: readResource(claims.resource),
    pid: readPid(claims.pid, rules.personNumbers),
  };
}

function checkAudience(aud: unknown, issuer: string): void {
  const single = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  if (single !== issuer)
    throw tokenRefused(
      'invalid_grant',
      'aud must be the issuer identifier, as one value, with its trailing slash',
    );
}

/** Numbers may have a fraction (RFC 7519 §2: NumericDate), and some .NET clients send one. */
function checkTimes({ iat, exp, nbf }: JWTPayload, { nowS, clockSkewS }: AssertionRules): number {
  if (!isTime(iat) || !isTime(exp)) throw tokenRefused('invalid_grant', 'iat and exp must be numbers');
  if (exp <= iat || exp - iat > MAX_ASSERTION_LIFETIME_S)
    throw tokenRefused('invalid_grant', `exp must be at most ${MAX_ASSERTION_LIFETIME_S} seconds after iat`);
  // A clock that is slow needs no rule of its own: the assertion then expires sooner.
  if (iat - nowS > clockSkewS)
    throw tokenRefused(
      'invalid_grant',
      `iat must be at most ${clockSkewS} seconds ahead of the issuer's clock`,
    );
  // RFC 7523 §3, item 5. Absent is allowed.
  if (nbf !== undefined && !(isTime(nbf) && nbf - nowS <= clockSkewS))
    throw tokenRefused(
      'invalid_grant',
      `nbf must be at most ${clockSkewS} seconds ahead of the issuer's clock`,
    );
  if (exp <= nowS - clockSkewS) throw tokenRefused('invalid_grant', 'The assertion has expired');
  return exp;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function readScopes(scope: unknown): string[] {
  const scopes =
    typeof scope === 'string' && scope.length <= MAX_SCOPE_LENGTH ? scope.split(' ').filter(Boolean) : [];
  if (scopes.length === 0 || scopes.length > MAX_SCOPES)
    throw tokenRefused('invalid_scope', `scope must name 1 to ${MAX_SCOPES} scopes, separated by spaces`);
  return [...new Set(scopes)];
}

function readJti(jti: unknown): string {
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH)
    throw tokenRefused('invalid_grant', `jti must be a text of 1 to ${MAX_JTI_LENGTH} characters`);
  return jti;
}

function readDelegation(claims: JWTPayload): { consumerOrg: string | undefined } {
  const { consumer_org: consumerOrg, iss_onbehalfof: onBehalfOf } = claims;
  if (onBehalfOf !== undefined)
    throw tokenRefused(
      'invalid_request',
      consumerOrg === undefined
        ? 'iss_onbehalfof is not supported; use consumer_org'
        : 'iss_onbehalfof and consumer_org exclude each other',
    );
  if (consumerOrg === undefined) return { consumerOrg: undefined };
  if (!isValidOrgnr(consumerOrg))
    throw tokenRefused('invalid_grant', 'consumer_org must be an organisation number of nine digits');
  return { consumerOrg };
}

function readResource(resource: unknown): string | undefined {
  if (resource === undefined) return undefined;
  const single = Array.isArray(resource) && resource.length === 1 ? resource[0] : resource;
  if (typeof single !== 'string' || single === '' || single.length > MAX_RESOURCE_LENGTH)
    throw tokenRefused('invalid_grant', `resource must be a text of 1 to ${MAX_RESOURCE_LENGTH} characters`);
  return single;
}

function readPid(pid: unknown, rules: PersonNumberRules | undefined): string | undefined {
  if (pid === undefined) return undefined;
  const fault = personNumberFault(pid, rules);
  if (fault === 'real')
    throw tokenRefused('invalid_grant', 'pid must be a synthetic number: this is a demonstration');
  if (fault || typeof pid !== 'string')
    throw tokenRefused('invalid_grant', 'pid must be a national identity number');
  return pid;
}
