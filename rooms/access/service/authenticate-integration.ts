import { hash, timingSafeEqual } from 'node:crypto';
import { orgnrOf, parseBearer, type TokenFault, tokenFault, type VerifiedToken } from '@grunnmur/kernel/auth';
import { hashSecret, verifySecret } from '@grunnmur/kernel/crypto';
import { withTransaction } from '@grunnmur/kernel/db';
import { type AppError, isAppError } from '@grunnmur/kernel/errors';
import { isUuid } from '@grunnmur/kernel/ids';
import type { Access, IntegrationCredentials, IntegrationPrincipal } from '../contract.ts';
import { E } from '../errors.ts';
import { findIntegrationLogin, type IntegrationLogin } from '../store/login-store.ts';
import { type AccessDeps, anonymousCtx } from './access-deps.ts';
import type { Attempt } from './login-guard.ts';

/** The scope that every Fiks service asks for. */
const SCOPE = 'ks:fiks';
/** Compared with when the integration does not exist, so that the answer takes as long as when it does. */
const NOBODY = hashSecret('no integration has this password');

/**
 * The check of the three headers (Fiks-plattformen: autentisering). See {@link Access.authenticateIntegration}.
 * Repeated calls with the same headers end at the first line that returns.
 */
export function createAuthenticateIntegration(deps: AccessDeps): Access['authenticateIntegration'] {
  const cache = deps.caches.create<IntegrationLogin, IntegrationPrincipal>();

  return async (given) => {
    const credentials = trimmed(given);
    const key = cacheKey(credentials);
    const known = cache.principal(key);
    if (known) return known;

    const id = isUuid(credentials.integrasjonId) ? credentials.integrasjonId.toLowerCase() : undefined;
    const attempt = { credential: id ?? 'malformed', address: credentials.address };
    const token = await verifyToken(deps, attempt, credentials.authorization);
    const loaded = id
      ? cache.row(id, () => withTransaction(anonymousCtx(deps), (trx) => findIntegrationLogin(trx, id)))
      : undefined;
    const login = (await loaded?.value) ?? null;
    if (!matches(login, credentials.integrasjonPassord ?? '', token)) {
      const refused = { reason: 'integration', known: login?.id };
      throw deps.guard.refuse(attempt, refused, E.integrationUnauthenticated({ params: { id: id ?? '-' } }));
    }
    const principal = toPrincipal(login!);
    cache.remember(key, principal, loaded!, token.expiresAt.getTime());
    return principal;
  };
}

/** The .NET client takes white space off the password before it uses it, others send it as it was pasted. */
function trimmed(given: IntegrationCredentials): IntegrationCredentials {
  return {
    ...given,
    integrasjonId: given.integrasjonId?.trim(),
    integrasjonPassord: given.integrasjonPassord?.trim(),
  };
}

function cacheKey(credentials: IntegrationCredentials): string {
  const { authorization, integrasjonId, integrasjonPassord } = credentials;
  return hash('sha256', `${authorization}\n${integrasjonId}\n${integrasjonPassord}`, 'base64');
}

async function verifyToken(
  deps: AccessDeps,
  attempt: Attempt,
  authorization: string | undefined,
): Promise<VerifiedToken & { orgnr: string }> {
  const refuse = (reason: TokenFault): AppError =>
    deps.guard.refuse(attempt, { reason: `token_${reason}` }, E.tokenInvalid({ params: tokenFault(reason) }));
  const bearer = parseBearer(authorization);
  if (!bearer) throw refuse('missing');
  let token: VerifiedToken;
  try {
    token = await deps.verifier().verify(bearer);
  } catch (error) {
    if (isAppError(error) && error.status === 401) throw refuse(error.params.reason as TokenFault);
    throw error;
  }
  if (!token.scopes.has(SCOPE)) throw refuse('scope');
  // RFC 7519 §4.1.3: who is not among those named must not take it. A token that names nobody is for whoever asks its scope.
  const { audience } = token;
  if (audience.length > 0 && !audience.some((each) => isOurs(each, deps.audiences())))
    throw refuse('audience');
  // Restricted to a person, or from a person's login: not a machine's.
  if (token.pid !== undefined) throw refuse('person');
  const orgnr = orgnrOf(token.consumer);
  if (!orgnr) throw refuse('consumer');
  return { ...token, orgnr };
}

/** One of our addresses, or an address below it. */
function isOurs(audience: string, ours: readonly string[]): boolean {
  return ours
    .map((address) => address.replace(/\/+$/, ''))
    .some((base) => audience === base || audience.startsWith(`${base}/`));
}

/** Every part is evaluated whatever the others say: time must not tell which of them failed. */
function matches(
  login: IntegrationLogin | null,
  password: string,
  token: VerifiedToken & { orgnr: string },
): boolean {
  const passwordOk = verifySecret(password, login?.password_hash ?? NOBODY);
  const organisationOk = sameText(token.orgnr, login?.authorised_orgnr ?? '000000000');
  const clientIds = login?.client_ids ?? [];
  const clientOk = clientIds.length === 0 || clientIds.includes(token.clientId ?? '');
  const activeOk = login?.active ?? false;
  return [login !== null, passwordOk, organisationOk, clientOk, activeOk].every(Boolean);
}

/** Both are nine digits. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function toPrincipal(login: IntegrationLogin): IntegrationPrincipal {
  return {
    kind: 'integration',
    integrationId: login.id,
    name: login.name,
    orgnr: login.authorised_orgnr,
    tenant: login.tenant_id,
    grants: login.grants,
    actor: { kind: 'integration', id: login.id, name: login.name },
  };
}
