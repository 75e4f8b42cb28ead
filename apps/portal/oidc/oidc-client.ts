import { createLogoutTokenVerifier, DEMONSTRATION_MARK, type LoggedOut } from '@grunnmur/kernel/auth';
import * as client from 'openid-client';
import type { PortalOidc } from '../options.ts';

type LoginLevel = 3 | 4;

/** ID-porten's names of the assurance levels (eIDAS substantial and high). */
const ACR: Readonly<Record<LoginLevel, string>> = {
  3: 'idporten-loa-substantial',
  4: 'idporten-loa-high',
};

/** What must be remembered between leaving for the login service and coming back. */
export interface LoginAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly level: LoginLevel;
  /** Local path to continue at. */
  readonly returnTo: string;
}

interface LoggedIn {
  readonly fnr: string;
  readonly level: LoginLevel;
  readonly idToken: string;
  /** The login service's names of its session and of the person. */
  readonly sid?: string;
  readonly sub?: string;
}

/** Why a login did not happen; each has its own page. */
export class LoginRefused extends Error {
  readonly reason: 'unavailable' | 'cancelled' | 'interrupted' | 'level';

  constructor(reason: LoginRefused['reason'], options?: ErrorOptions) {
    super(`login refused: ${reason}`, options);
    this.name = 'LoginRefused';
    this.reason = reason;
  }
}

export interface OidcClient {
  /** Where to send the browser. Throws {@link LoginRefused} `unavailable`. */
  start(input: {
    level: LoginLevel;
    returnTo: string;
    locale: string;
  }): Promise<{ url: URL; attempt: LoginAttempt }>;
  /** Exchanges the code in the query of the return address. Throws {@link LoginRefused}. */
  finish(query: string, attempt: LoginAttempt): Promise<LoggedIn>;
  /** The login service's log-out address, or undefined when it has none or is away. */
  endSessionUrl(idToken: string | undefined, returnTo: string): Promise<URL | undefined>;
  /** Whose session has ended at the login service. Throws what `createLogoutTokenVerifier` throws. */
  readLogoutToken(token: string): Promise<LoggedOut>;
  /** Origins that a form here may end at: the login service's, as far as known. */
  formOrigins(): readonly string[];
  /** Fetches the discovery document ahead of the first login; errors are left to that login. */
  warm(): Promise<void>;
}

const TIMEOUT_SECONDS = 10;

/**
 * The relying-party side of ID-porten: authorisation code flow with PKCE, state and nonce (ID-porten's integration
 * guide for OIDC). The discovery document is fetched at first use and kept; a failed fetch is tried again next time.
 */
export function createOidcClient(oidc: PortalOidc, redirectUri: () => string): OidcClient {
  let known: client.Configuration | undefined;
  let underway: Promise<client.Configuration> | undefined;

  function configuration(): Promise<client.Configuration> {
    if (known) return Promise.resolve(known);
    underway ??= discover(oidc)
      .then((found) => {
        known = found;
        return found;
      })
      .finally(() => {
        underway = undefined;
      });
    return underway;
  }

  async function start(input: { level: LoginLevel; returnTo: string; locale: string }) {
    const config = await configuration().catch((cause) => {
      throw new LoginRefused('unavailable', { cause });
    });
    const verifier = client.randomPKCECodeVerifier();
    const attempt: LoginAttempt = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier,
      level: input.level,
      returnTo: input.returnTo,
    };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri(),
      scope: 'openid profile',
      acr_values: ACR[input.level],
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ui_locales: input.locale,
    });
    return { url, attempt };
  }

  async function finish(query: string, attempt: LoginAttempt): Promise<LoggedIn> {
    const config = await configuration().catch((cause) => {
      throw new LoginRefused('unavailable', { cause });
    });
    const checks = {
      pkceCodeVerifier: attempt.verifier,
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      idTokenExpected: true,
    };
    const returnUrl = new URL(query, redirectUri());
    const tokens = await client.authorizationCodeGrant(config, returnUrl, checks).catch((cause) => {
      throw new LoginRefused(refusalReason(cause), { cause });
    });
    return readClaims(tokens.claims(), tokens.id_token, attempt.level);
  }

  async function endSessionUrl(idToken: string | undefined, returnTo: string): Promise<URL | undefined> {
    const config = await configuration().catch(() => undefined);
    if (!config?.serverMetadata().end_session_endpoint) return undefined;
    return client.buildEndSessionUrl(config, {
      post_logout_redirect_uri: returnTo,
      ...(idToken ? { id_token_hint: idToken } : { client_id: oidc.clientId }),
    });
  }

  function formOrigins(): readonly string[] {
    const endSession = known?.serverMetadata().end_session_endpoint;
    return [...new Set([new URL(oidc.issuer()).origin, ...(endSession ? [new URL(endSession).origin] : [])])];
  }

  async function warm(): Promise<void> {
    await configuration().catch(() => undefined);
  }

  let logoutTokens: ReturnType<typeof createLogoutTokenVerifier> | undefined;
  function readLogoutToken(token: string): Promise<LoggedOut> {
    logoutTokens ??= createLogoutTokenVerifier({
      issuer: oidc.issuer(),
      keys: { metadata: 'openid-configuration', demonstration: oidc.demonstration },
      audience: oidc.clientId,
      now: () => new Date(),
    });
    return logoutTokens(token);
  }

  return { start, finish, endSessionUrl, readLogoutToken, formOrigins, warm };
}

async function discover(oidc: PortalOidc): Promise<client.Configuration> {
  const issuer = new URL(oidc.issuer());
  const auth = client.ClientSecretBasic(oidc.clientSecret);
  const found = await client.discovery(issuer, oidc.clientId, {}, auth, {
    timeout: TIMEOUT_SECONDS,
    execute: [
      // Checks the ID token's signature too, though it comes straight from the issuer over TLS.
      client.enableNonRepudiationChecks,
      // Plain http is for the simulator on this machine; production refuses an issuer without https at start.
      ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
    ],
  });
  if (DEMONSTRATION_MARK in found.serverMetadata() && !oidc.demonstration)
    throw new Error('The login service is that of a demonstration');
  return found;
}

function refusalReason(cause: unknown): LoginRefused['reason'] {
  if (cause instanceof client.AuthorizationResponseError) {
    return cause.error === 'access_denied' ? 'cancelled' : 'interrupted';
  }
  if (cause instanceof client.ResponseBodyError) return cause.status >= 500 ? 'unavailable' : 'interrupted';
  return cause instanceof TypeError || isTimeout(cause) ? 'unavailable' : 'interrupted';
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof client.ClientError && cause.code === 'OAUTH_TIMEOUT';
}

function readClaims(
  claims: Readonly<Record<string, unknown>> | undefined,
  idToken: string | undefined,
  wanted: LoginLevel,
): LoggedIn {
  const fnr = claims?.pid;
  if (typeof fnr !== 'string' || !/^\d{11}$/.test(fnr) || !idToken) throw new LoginRefused('interrupted');
  const level = claims?.acr === ACR[4] ? 4 : claims?.acr === ACR[3] ? 3 : undefined;
  // The service may answer with less than was asked for; the client must check (OIDC Core §3.1.2.1, acr_values).
  if (level === undefined || level < wanted) throw new LoginRefused('level');
  const { sid, sub } = claims ?? {};
  return {
    fnr,
    level,
    idToken,
    ...(typeof sid === 'string' ? { sid } : {}),
    ...(typeof sub === 'string' ? { sub } : {}),
  };
}
