import type { Organisation, Session } from '@grunnmur/access';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { isLocale, type Locale } from '@grunnmur/kernel/i18n';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OidcClient } from '../oidc/oidc-client.ts';
import type { PortalOptions } from '../options.ts';
import type { PortalMessages } from '../view/messages.ts';
import type { PageView } from '../view/page-view.ts';
import type { Assets } from './assets.ts';
import type { PortalCookies } from './cookies.ts';
import { csrfToken } from './csrf.ts';
import type { SecurityPolicy } from './security-headers.ts';

/** Everything the routes share. */
export interface Portal {
  readonly options: PortalOptions;
  readonly messages: PortalMessages;
  readonly assets: Assets;
  readonly cookies: PortalCookies;
  readonly oidc: OidcClient;
  readonly policy: SecurityPolicy;
}

/** Who reads a page, and in which language. */
export interface RequestState {
  readonly locale: Locale;
  readonly session:
    | {
        readonly token: string;
        readonly data: Session;
        readonly name: string | undefined;
        /** Organisations whose messages the reader may look at: nearly always none. */
        readonly organisations: readonly Organisation[];
      }
    | undefined;
  /** The browser holds a session cookie that is no longer worth anything. */
  readonly sessionEnded: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    portal: RequestState | null;
  }
}

/** The page needs a person; carries whether there was one a while ago. */
export class LoginNeeded extends Error {
  readonly sessionEnded: boolean;
  constructor(sessionEnded: boolean) {
    super('login needed');
    this.name = 'LoginNeeded';
    this.sessionEnded = sessionEnded;
  }
}

/** Finds language and session before each page of `scope`. */
export function readRequestState(scope: FastifyInstance, portal: Portal): void {
  scope.decorateRequest('portal', null);
  scope.addHook('onRequest', async (request) => {
    request.portal = { locale: readLocale(portal, request), session: undefined, sessionEnded: false };
    const token = portal.cookies.session.read(request);
    if (token === undefined) return;
    const ctx = portal.options.baseCtx(request);
    const data = await portal.options.access.findSession(ctx, token);
    const name = data ? await portal.options.personName?.(ctx, data.fnr) : undefined;
    const organisations = data ? await staffOrganisations(portal, ctx, data.fnr) : [];
    request.portal = {
      ...request.portal,
      session: data ? { token, data, name, organisations } : undefined,
      sessionEnded: data === null,
    };
  });
}

async function staffOrganisations(portal: Portal, ctx: Ctx, fnr: string): Promise<readonly Organisation[]> {
  const asReader = withCtx(ctx, { tenant: null, actor: { kind: 'person', id: fnr } });
  return (await portal.options.exchange?.organisasjoner(asReader)) ?? [];
}

function readLocale(portal: Portal, request: FastifyRequest): Locale {
  const chosen = portal.cookies.locale.read(request);
  return isLocale(chosen) ? chosen : (portal.options.defaultLocale ?? 'nb');
}

export function requestState(request: FastifyRequest): RequestState {
  // A request can fail before the hook has run (a header too large, a bad URL): its error page has no reader.
  return request.portal ?? { locale: 'nb', session: undefined, sessionEnded: false };
}

/** The session of a page that is the reader's own; throws {@link LoginNeeded}. */
export function requireSession(request: FastifyRequest): Session {
  const { session, sessionEnded } = requestState(request);
  if (!session) throw new LoginNeeded(sessionEnded);
  return session.data;
}

/** The logged-in person as actor, across organisations; throws {@link LoginNeeded}. */
export function personCtx(portal: Portal, request: FastifyRequest): Ctx {
  const { fnr } = requireSession(request);
  const name = requestState(request).session?.name;
  const actor = { kind: 'person', id: fnr, ...(name === undefined ? {} : { name }) } as const;
  return withCtx(portal.options.baseCtx(request), { tenant: null, actor });
}

export function pageView(portal: Portal, request: FastifyRequest): PageView {
  const { locale, session } = requestState(request);
  const { demonstration, operator } = portal.options;
  return {
    locale,
    t: portal.messages.in(locale),
    lookUp: (key, params) => portal.messages.lookUp(locale, key, params),
    staffText: (key, params) => portal.messages.lookUp(locale, key, params),
    path: request.method === 'GET' ? request.url : '/',
    reader: session && {
      name: session.name,
      level: session.data.level,
      csrfToken: csrfToken(session.token),
      staff: session.organisations.length > 0,
    },
    demonstration,
    operator,
    assets: portal.assets,
    now: portal.options.baseCtx(request).now(),
  };
}
