import { createHash, randomUUID, type X509Certificate } from 'node:crypto';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { isAppError } from '@grunnmur/kernel/errors';
import type { PersonNumberRules } from '@grunnmur/registers';
import { SignJWT } from 'jose';
import { type AccessDeps, anonymousCtx } from '../service/access-deps.ts';
import { SIGNING_ALGORITHM, type SigningKeys } from '../service/signing-keys.ts';
import {
  findDelegatedScopes,
  findTokenClient,
  rememberJti,
  type TokenClient,
} from '../store/oauth-client-store.ts';
import { type AssertionClaims, checkAssertionClaims } from './assertion-claims.ts';
import { tokenRefused } from './token-refused.ts';
import { readAssertion, type VerifiedAssertion, verifyAssertion } from './verify-assertion.ts';

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export interface IssuerOptions {
  /** Issuer identifier with its trailing slash. */
  readonly issuer: () => string;
  readonly demonstration: boolean;
  /** Certificate authorities whose enterprise certificates are accepted without being registered. */
  readonly trustAnchors: readonly X509Certificate[];
  /** How far clocks may be apart, s. */
  readonly clockSkewS: number;
  /** Life of an access token, s. */
  readonly tokenLifetimeS: number;
  /** Persons that a token may be restricted to (`pid`). */
  readonly personNumbers: PersonNumberRules;
}

export interface TokenRequest {
  readonly grantType: unknown;
  readonly assertion: unknown;
  readonly address: string | undefined;
}

export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
}

/** No client id has a space at its end: the table of failures keeps these apart. */
const UNSIGNED = 'unsigned ';

interface Granted extends VerifiedAssertion {
  readonly client: TokenClient;
  readonly checked: AssertionClaims;
}

/**
 * The JWT-bearer grant (RFC 7523 §2.1) with Maskinporten's rules and token shape. Throws `access.token_refused`, or
 * `kernel.rate_limited` for a client that keeps failing.
 */
export async function issueToken(
  deps: AccessDeps,
  keys: SigningKeys,
  options: IssuerOptions,
  request: TokenRequest,
): Promise<TokenAnswer> {
  if (request.grantType !== JWT_BEARER)
    throw tokenRefused('unsupported_grant_type', `grant_type must be ${JWT_BEARER}`);
  const assertion = readAssertion(request.assertion);
  // Until a signature says otherwise anybody may have written the name in `iss`: failures are the address's.
  let signedBy: string | undefined;
  try {
    const granted = await withTransaction(anonymousCtx(deps), async (trx) => {
      const client = await findTokenClient(trx, assertion.iss);
      if (!client?.active) throw tokenRefused('invalid_grant', 'The client is unknown or not active');
      const verified = await verifyAssertion(assertion, client, options.trustAnchors, trx.ctx.now());
      signedBy = client.client_id;
      return checkRequest(trx, options, verified, client);
    });
    return await signToken(deps, keys, options, granted);
  } catch (error) {
    throw refused(deps, request.address, signedBy, error);
  }
}

function refused(
  deps: AccessDeps,
  address: string | undefined,
  signedBy: string | undefined,
  error: unknown,
): unknown {
  if (!isAppError(error) || error.status >= 500) return error;
  const attempt = { credential: signedBy ?? UNSIGNED, address };
  return deps.guard.refuse(attempt, { reason: `grant_${error.params.error}`, known: signedBy }, error);
}

/** Remembers `jti` last, in the transaction that the answer waits for: a request refused for another reason may be mended. */
async function checkRequest(
  trx: Trx,
  options: IssuerOptions,
  verified: VerifiedAssertion,
  client: TokenClient,
): Promise<Granted> {
  const now = trx.ctx.now();
  const { clockSkewS, personNumbers } = options;
  const rules = { issuer: options.issuer(), nowS: now.getTime() / 1000, clockSkewS, personNumbers };
  const checked = checkAssertionClaims(verified.claims, rules);
  if (!checked.scopes.every((scope) => client.scopes.includes(scope)))
    throw tokenRefused('invalid_scope', 'The client has not been granted all the scopes');
  await checkDelegation(trx, client, checked);
  const keepUntil = new Date((checked.exp + 2 * options.clockSkewS + 60) * 1000);
  const jtiHash = createHash('sha256').update(checked.jti).digest();
  if (!(await rememberJti(trx, client.client_id, jtiHash, keepUntil)))
    throw tokenRefused('invalid_grant', 'jti has been used before');
  return { ...verified, client, checked };
}

async function checkDelegation(trx: Trx, client: TokenClient, checked: AssertionClaims): Promise<void> {
  const { consumerOrg, scopes } = checked;
  if (!consumerOrg || consumerOrg === client.orgnr) return;
  const delegated = await findDelegatedScopes(trx, consumerOrg, client.orgnr, scopes);
  if (delegated.length !== scopes.length)
    throw tokenRefused(
      'invalid_grant',
      'consumer_org has not delegated all the scopes to the client’s organisation',
    );
}

async function signToken(
  deps: AccessDeps,
  keys: SigningKeys,
  options: IssuerOptions,
  { client, checked, clientAmr }: Granted,
): Promise<TokenAnswer> {
  const issuer = options.issuer();
  const iat = Math.floor(deps.now().getTime() / 1000);
  const scope = checked.scopes.join(' ');
  const { kid, privateKey } = await keys.current();
  const delegated = checked.consumerOrg !== undefined && checked.consumerOrg !== client.orgnr;
  const claims = {
    scope,
    client_id: client.client_id,
    client_amr: clientAmr,
    token_type: 'Bearer',
    consumer: actorId(checked.consumerOrg ?? client.orgnr),
    ...(delegated ? { supplier: actorId(client.orgnr), delegation_source: issuer } : {}),
    ...(checked.resource ? { aud: checked.resource } : {}),
    ...(checked.pid ? { pid: checked.pid } : {}),
  };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid })
    .setIssuer(issuer)
    .setIssuedAt(iat)
    .setExpirationTime(iat + options.tokenLifetimeS)
    .setJti(randomUUID())
    .sign(privateKey);
  // One second less than the token lives: the fraction of the present second is already spent.
  return { access_token: token, token_type: 'Bearer', expires_in: options.tokenLifetimeS - 1, scope };
}

function actorId(orgnr: string) {
  return { authority: 'iso6523-actorid-upis', ID: `0192:${orgnr}` };
}
