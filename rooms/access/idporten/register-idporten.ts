import formbody from '@fastify/formbody';
import { seeElsewhere } from '@grunnmur/kernel/http';
import { createTranslator, isLocale, loadLocales, type Translator } from '@grunnmur/kernel/i18n';
import { MINUTE_MS } from '@grunnmur/kernel/time';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Provider } from 'oidc-provider';
import type { DemoPerson, IdportenSimulator } from '../access-options.ts';
import { WELL_KNOWN } from '../issuer/well-known.ts';
import type { AccessDeps } from '../service/access-deps.ts';
import { createSigningKeys } from '../service/signing-keys.ts';
import { choosePerson } from './choose-person.ts';
import { createProvider } from './create-provider.ts';
import { html } from './html.ts';
import { ACR, type Level, requestedLevel } from './levels.ts';
import { renderLoginPage } from './login-page.ts';
import { createMemoryAdapter } from './memory-adapter.ts';
import { pageHeaders, renderPage } from './page.ts';
import { chooseLocale, createProviderPages } from './provider-pages.ts';

/** How soon a new signing key is taken up. */
const REBUILD_MS = MINUTE_MS;
/** What a person would have used at the level: one-time code, or BankID. */
const AMR: Readonly<Record<Level, string>> = { 3: 'Minid-PIN', 4: 'BankID' };
/** Login and logout forms are a few hundred bytes. */
const FORM_LIMIT = 8 * 1024;

interface Simulator {
  readonly provider: () => Promise<Provider>;
  readonly prefix: string;
  readonly publicUrl: () => string;
  readonly options: IdportenSimulator;
  readonly translator: Translator;
}

/** Mounts the ID-porten simulator below `prefix` (no slash at its end). */
export async function registerIdporten(
  app: FastifyInstance,
  prefix: string,
  deps: AccessDeps,
  options: IdportenSimulator,
  publicUrl: () => string,
): Promise<void> {
  const translator = createTranslator(await loadLocales([new URL('../locales/', import.meta.url)]));
  const provider = providerSource(deps, prefix, options, publicUrl, translator);
  const simulator = { provider, prefix, publicUrl, options, translator };
  await app.register(async (scope) => registerLoginPage(scope, simulator), { prefix: `${prefix}/logg-inn` });
  await app.register(async (scope) => registerForms(scope, simulator), { prefix });
  await app.register(async (scope) => registerProtocol(scope, simulator), { prefix });
  for (const name of WELL_KNOWN) {
    app.get(`/.well-known/${name}${prefix}`, async (request, reply) =>
      answer(simulator, request, reply, `/.well-known/${name}`),
    );
  }
}

/** The provider, made when first asked for (the address is known then) and anew when the signing key has changed. */
function providerSource(
  deps: AccessDeps,
  prefix: string,
  options: IdportenSimulator,
  publicUrl: () => string,
  translator: Translator,
): () => Promise<Provider> {
  const signingKeys = createSigningKeys(deps, 'idporten');
  const adapter = createMemoryAdapter(deps.elapsedMs);
  const pages = createProviderPages(translator, () => formTargets(options));
  let current: { provider: Promise<Provider>; kids: string; checkedAt: number } | undefined;

  return async () => {
    if (current && deps.elapsedMs() - current.checkedAt < REBUILD_MS) return current.provider;
    const keys = await signingKeys.usable();
    const kids = keys.map((key) => key.kid).join();
    const provider =
      current?.kids === kids
        ? current.provider
        : createProvider({
            issuer: `${publicUrl()}${prefix}`,
            loginPath: `${prefix}/logg-inn`,
            client: options.client,
            keys,
            masterKey: deps.masterKey,
            adapter,
            pages,
            log: deps.log,
          });
    current = { provider, kids, checkedAt: deps.elapsedMs() };
    provider.catch(() => {
      current = undefined;
    });
    return provider;
  };
}

/**
 * Requests that a client may send as a form too (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2), and what they may
 * carry (RFC 7636 §4.3 and RFC 9126 §4 too).
 */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  '/authorize': [
    ...[
      'client_id',
      'response_type',
      'response_mode',
      'redirect_uri',
      'scope',
      'state',
      'nonce',
      'prompt',
      'max_age',
    ],
    ...[
      'acr_values',
      'ui_locales',
      'login_hint',
      'id_token_hint',
      'code_challenge',
      'code_challenge_method',
      'request_uri',
    ],
  ],
  '/logout': ['id_token_hint', 'logout_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'ui_locales'],
};

/**
 * Sent on as GET: a form of another site comes without the browser's session, the redirect that follows it with it
 * (SameSite=Lax).
 */
async function registerForms(scope: FastifyInstance, { prefix, publicUrl }: Simulator): Promise<void> {
  await scope.register(formbody, { bodyLimit: FORM_LIMIT });
  for (const [path, names] of Object.entries(FORMS)) {
    scope.post<{ Body: Record<string, string | string[] | undefined> | undefined }>(
      path,
      async (request, reply) => {
        const query = new URLSearchParams();
        for (const name of names) {
          for (const value of [request.body?.[name] ?? []].flat()) query.append(name, value);
        }
        return seeElsewhere(reply, new URL(`${publicUrl()}${prefix}${path}?${query}`));
      },
    );
  }
}

/** Everything but the login page is the library's: it reads and answers the request itself. */
async function registerProtocol(scope: FastifyInstance, simulator: Simulator): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  scope.all('/*', async (request, reply) =>
    answer(simulator, request, reply, request.raw.url!.slice(simulator.prefix.length) || '/'),
  );
}

/** Gives the request to the library, as one for `path` below the simulator's address. */
async function answer(
  simulator: Simulator,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
): Promise<void> {
  const provider = await simulator.provider();
  reply.hijack();
  passOn(request, simulator, path);
  await provider.callback()(request.raw, reply.raw);
}

/**
 * The library finds its own address in the request: the path it is mounted at from `originalUrl`, the rest from the
 * proxy headers. Both are set here from the configuration, so that a caller's headers have no say.
 */
function passOn(request: FastifyRequest, { prefix, publicUrl }: Simulator, path: string): void {
  const raw = request.raw as FastifyRequest['raw'] & { originalUrl?: string };
  const address = new URL(publicUrl());
  raw.headers['x-forwarded-host'] = address.host;
  raw.headers['x-forwarded-proto'] = address.protocol.slice(0, -1);
  raw.headers['x-forwarded-for'] = request.ip;
  raw.originalUrl = `${prefix}${path}`;
  raw.url = path;
}

async function registerLoginPage(scope: FastifyInstance, simulator: Simulator): Promise<void> {
  await scope.register(formbody, { bodyLimit: FORM_LIMIT });

  scope.get('/:uid', async (request, reply) => {
    const login = await findLogin(simulator, request, reply);
    return login ? showLogin(simulator, login, reply, {}) : showExpired(simulator, request, reply);
  });

  scope.post('/:uid', async (request, reply) => {
    const login = await findLogin(simulator, request, reply);
    if (!login) return showExpired(simulator, request, reply);
    const { person, number, level } = (request.body ?? {}) as Record<string, unknown>;
    const choice = choosePerson({ person, number, level }, login.persons, login.required);
    if ('error' in choice) {
      reply.status(422);
      return showLogin(simulator, login, reply, { ...choice, level: level === '4' ? 4 : 3 });
    }
    const result = { login: { accountId: choice.fnr, acr: ACR[choice.level], amr: [AMR[choice.level]] } };
    return seeElsewhere(reply, await finish(simulator, request, reply, result));
  });

  scope.post('/:uid/avbryt', async (request, reply) => {
    if (!(await findLogin(simulator, request, reply))) return showExpired(simulator, request, reply);
    const result = { error: 'access_denied', error_description: 'The person cancelled the login' };
    return seeElsewhere(reply, await finish(simulator, request, reply, result));
  });
}

interface Login {
  readonly path: string;
  readonly required: Level;
  readonly locale: ReturnType<typeof chooseLocale>;
  readonly persons: readonly DemoPerson[];
}

/** The login in progress that the cookie and the address agree on. */
async function findLogin(
  simulator: Simulator,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Login | undefined> {
  const provider = await simulator.provider();
  const details = await provider.interactionDetails(request.raw, reply.raw).catch(() => undefined);
  const { uid } = request.params as { uid: string };
  if (details?.uid !== uid) return undefined;
  const { lang } = request.query as { lang?: unknown };
  return {
    path: `${simulator.prefix}/logg-inn/${uid}`,
    required: requestedLevel(details.params.acr_values),
    locale: isLocale(lang) ? lang : chooseLocale(details.params.ui_locales),
    persons: await simulator.options.persons(),
  };
}

function showLogin(
  simulator: Simulator,
  login: Login,
  reply: FastifyReply,
  refused: { error?: string; typed?: string; level?: Level },
): FastifyReply {
  const page = renderLoginPage({
    ...login,
    // ID-porten closes a person's access at death.
    persons: login.persons.filter((person) => person.situation !== 'deceased'),
    t: simulator.translator.in(login.locale),
    hasText: (key) => simulator.translator.has(key),
    chosen: refused.level === 3 && login.required === 3 ? 3 : 4,
    ...(refused.error ? { error: refused.error, typed: refused.typed ?? '' } : {}),
  });
  return reply.headers(pageHeaders(formTargets(simulator.options))).send(page);
}

function showExpired(simulator: Simulator, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { lang } = request.query as { lang?: unknown };
  const locale = isLocale(lang) ? lang : 'nb';
  const t = simulator.translator.in(locale);
  const body = html`<p>${t('access.idporten.expired.intro')}</p>`;
  const page = renderPage({ locale, t, title: t('access.idporten.expired.title'), body });
  return reply.status(404).headers(pageHeaders([])).send(page);
}

async function finish(
  simulator: Simulator,
  request: FastifyRequest,
  reply: FastifyReply,
  result: Parameters<Provider['interactionResult']>[2],
): Promise<URL> {
  const provider = await simulator.provider();
  const options = { mergeWithLastSubmission: false };
  return new URL(await provider.interactionResult(request.raw, reply.raw, result, options));
}

function formTargets({ client }: IdportenSimulator): string[] {
  return [...client.redirectUris(), ...client.postLogoutRedirectUris()];
}
