import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import { KernelError } from '@grunnmur/kernel/errors';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { loadAssets, registerAssets } from './http/assets.ts';
import { acceptsPages, registerPageConstraint } from './http/browser-constraint.ts';
import { createCookies } from './http/cookies.ts';
import { answerError } from './http/error-pages.ts';
import { type Portal, readRequestState } from './http/portal-context.ts';
import { setSecurityHeaders } from './http/security-headers.ts';
import { createOidcClient } from './oidc/oidc-client.ts';
import type { PortalOptions } from './options.ts';
import { registerDocuments } from './routes/documents.ts';
import { registerInsight } from './routes/insight.ts';
import { registerLetters } from './routes/letters.ts';
import { registerLogin } from './routes/login.ts';
import { registerMessages } from './routes/messages.ts';
import { registerOpenPages } from './routes/open-pages.ts';
import { registerLogoutChannels, registerSessions } from './routes/sessions.ts';
import { loadPortalMessages } from './view/messages.ts';

/** Form bodies hold a token and a choice or two. */
const BODY_LIMIT = 16_384;

/**
 * The citizen pages as one encapsulated plugin, mounted at the root: its hooks, parsers and error pages do not reach
 * the protocol faces beside it.
 */
export function portalPlugin(options: PortalOptions): FastifyPluginAsync {
  return async (scope) => {
    const oidc = createOidcClient(options.oidc, () => `${options.publicUrl()}/logg-inn/retur`);
    const portal: Portal = {
      options,
      messages: await loadPortalMessages(options.roomLocales ?? []),
      assets: await loadAssets(),
      cookies: createCookies(options.publicUrl),
      oidc,
      policy: {
        https: () => options.publicUrl().startsWith('https:'),
        formOrigins: () => oidc.formOrigins(),
      },
    };
    registerAssets(scope, portal.assets);
    // The login service may be a part of this very server: ask when it listens.
    scope.addHook('onListen', async () => {
      void portal.oidc.warm();
    });
    await scope.register((pages) => registerPages(pages, portal));
  };
}

async function registerPages(pages: FastifyInstance, portal: Portal): Promise<void> {
  await pages.register(cookie);
  await pages.register(formbody, { bodyLimit: BODY_LIMIT });
  pages.addHook('onRequest', async (_request, reply) => setSecurityHeaders(reply, portal.policy));
  readRequestState(pages, portal);
  pages.setErrorHandler((thrown, request, reply) => answerError(portal, thrown, request, reply));
  registerOpenPages(pages, portal);
  registerLogin(pages, portal);
  registerLogoutChannels(pages, portal);
  registerSessions(pages, portal);
  registerLetters(pages, portal);
  registerDocuments(pages, portal);
  registerInsight(pages, portal);
  if (portal.options.exchange) registerMessages(pages, portal, portal.options.exchange);
  registerPageConstraint(pages);
  pages.get('/*', { constraints: { reader: acceptsPages } }, () => {
    throw KernelError.notFound();
  });
}
