import { createHmac } from 'node:crypto';
import { DEMONSTRATION_MARK } from '@grunnmur/kernel/auth';
import type { Logger } from '@grunnmur/kernel/log';
import type { LoginClient } from '@grunnmur/kernel/room';
import { exportJWK, type JWK } from 'jose';
import type {
  AdapterFactory,
  Configuration,
  interactionPolicy,
  KoaContextWithOIDC,
  Provider,
} from 'oidc-provider';
import { SIGNING_ALGORITHM, type SigningKey } from '../service/signing-keys.ts';
import { ACR_VALUES, levelOf, requestedLevel, unknownLevels } from './levels.ts';
import type { ProviderPages } from './provider-pages.ts';

type FetchOptions = RequestInit & { readonly dispatcher?: unknown };

export interface ProviderOptions {
  readonly issuer: string;
  /** Path of the login page below the public address; the interaction's id is added. */
  readonly loginPath: string;
  readonly client: LoginClient;
  readonly keys: readonly SigningKey[];
  /** 32 bytes: cookie signatures and subject identifiers are derived from it. */
  readonly masterKey: Uint8Array;
  readonly adapter: AdapterFactory;
  readonly pages: ProviderPages;
  readonly log: Logger;
}

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;

/**
 * The OpenID provider of the simulator: the code flow with PKCE, with ID-porten's claims (`pid`, `acr`, `amr`,
 * `locale`, `sid`, pairwise `sub`) in the ID token. The protocol itself is the certified library's.
 */
export async function createProvider(options: ProviderOptions): Promise<Provider> {
  const library = await loadLibrary();
  const policy = loginOnlyPolicy(library);
  const provider = new library.Provider(options.issuer, await configuration(options, policy));
  // The address is what the operator has configured; register-idporten.ts writes it into these headers itself.
  provider.proxy = true;
  provider.use(async (ctx, next) => {
    await next();
    options.pages.continued(ctx as KoaContextWithOIDC);
  });
  // Whoever cannot be told is not waited for: its session ends by itself.
  provider.on('backchannel.error', (_ctx, error) =>
    options.log.warn({ err: error }, 'a client could not be told of a logout'),
  );
  provider.on('server_error', (_ctx, error) => options.log.error({ err: error }, 'login simulator failed'));
  return provider;
}

/**
 * Loaded when a login needs it: an installation without the simulator pays nothing. Its two parts are loaded by
 * themselves, because the package's entry writes a warning for Node lines that are not yet LTS.
 */
async function loadLibrary() {
  const [{ Provider }, { base, Check }, errors] = await Promise.all([
    import('oidc-provider/lib/provider.js'),
    import('oidc-provider/lib/helpers/interaction_policy/index.js'),
    import('oidc-provider/lib/helpers/errors.js'),
  ]);
  return { Provider, base, Check, errors };
}

type Library = Awaited<ReturnType<typeof loadLibrary>>;

async function configuration(
  options: ProviderOptions,
  policy: interactionPolicy.DefaultPolicy,
): Promise<Configuration> {
  const { client, masterKey, pages } = options;
  const secure = options.issuer.startsWith('https:');
  return {
    adapter: options.adapter,
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [...client.redirectUris()],
        post_logout_redirect_uris: [...client.postLogoutRedirectUris()],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
        subject_type: 'pairwise',
        ...(client.logoutUri
          ? { backchannel_logout_uri: client.logoutUri(), backchannel_logout_session_required: true }
          : {}),
      },
    ],
    jwks: { keys: await Promise.all(options.keys.map(privateJwk)) },
    cookies: {
      keys: [derive(masterKey, 'idporten-cookies')],
      names: { session: 'idporten_session', interaction: 'idporten_login', resume: 'idporten_resume' },
      long: { signed: true, httpOnly: true, sameSite: 'lax', secure, overwrite: true },
      short: { signed: true, httpOnly: true, sameSite: 'lax', secure, overwrite: true },
    },
    scopes: ['openid', 'profile'],
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    pkce: { required: () => true },
    acrValues: [...ACR_VALUES],
    discovery: { [DEMONSTRATION_MARK]: true },
    claims: {
      openid: ['sub', 'pid', 'locale', 'acr', 'amr', 'auth_time'],
      acr: null,
      amr: null,
      auth_time: null,
      iss: null,
      sid: null,
    },
    // ID-porten puts the claims of the scopes into the ID token itself.
    conformIdTokenClaims: false,
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: (_ctx, accountId, toClient) =>
      derive(masterKey, `idporten-sub:${toClient.clientId}:${accountId}`),
    findAccount: (_ctx, fnr) => ({
      accountId: fnr,
      claims: () => ({ sub: fnr, pid: fnr, locale: 'nb' }),
    }),
    interactions: {
      policy,
      url: (_ctx, interaction) => `${options.loginPath}/${interaction.uid}`,
    },
    // The portal is the operator's own: nobody is asked whether it may know who they are.
    loadExistingGrant: async (ctx) => {
      // ID-porten always gives sid; the library only when the request has asked for it.
      const { claims } = ctx.oidc;
      Object.assign(ctx.oidc, { claims: { ...claims, id_token: { ...claims.id_token, sid: null } } });
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client!.clientId,
        accountId: ctx.oidc.session!.accountId!,
      });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
    clientBasedCORS: () => false,
    // The library keeps from this machine's own addresses, where the portal is; the only client is the operator's.
    fetch: (url, { dispatcher: _guarded, ...request }: FetchOptions = {}) => fetch(url, request),
    ttl: {
      AccessToken: 10 * MINUTE_S,
      AuthorizationCode: MINUTE_S,
      IdToken: 2 * MINUTE_S,
      Interaction: 30 * MINUTE_S,
      Session: 2 * HOUR_S,
      Grant: 2 * HOUR_S,
    },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: false },
      pushedAuthorizationRequests: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: pages.logout,
        postLogoutSuccessSource: pages.loggedOut,
      },
    },
    renderError: pages.error,
    routes: {
      authorization: '/authorize',
      end_session: '/logout',
      jwks: '/jwk',
      pushed_authorization_request: '/par',
      token: '/token',
      userinfo: '/userinfo',
    },
  };
}

/** Logs in anew when the request asks for a higher level than the session has; never asks for consent. */
function loginOnlyPolicy({ base, Check, errors }: Library): interactionPolicy.DefaultPolicy {
  const policy = base();
  policy.remove('consent');
  const { checks } = policy.get('login')!;
  checks.add(
    new Check('level_unknown', 'acr_values names no security level of ours', (ctx) => {
      // A service that misspells the level it needs must not be given a lower one without a word.
      const unknown = unknownLevels(ctx.oidc.params?.acr_values);
      if (unknown.length > 0)
        throw new errors.InvalidRequest(`acr_values must be one or more of ${ACR_VALUES.join(', ')}`);
      return Check.NO_NEED_TO_PROMPT;
    }),
  );
  checks.add(
    new Check('level_too_low', 'A higher security level is required', (ctx) => {
      const wanted = requestedLevel(ctx.oidc.params?.acr_values);
      return levelOf(ctx.oidc.session?.acr ?? ctx.oidc.result?.login?.acr) < wanted
        ? Check.REQUEST_PROMPT
        : Check.NO_NEED_TO_PROMPT;
    }),
  );
  return policy;
}

async function privateJwk({ kid, privateKey }: SigningKey): Promise<JWK> {
  return { ...(await exportJWK(privateKey)), kid, alg: SIGNING_ALGORITHM, use: 'sig' };
}

function derive(masterKey: Uint8Array, label: string): string {
  return createHmac('sha256', masterKey).update(label).digest('base64url');
}
