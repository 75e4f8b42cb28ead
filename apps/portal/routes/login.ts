import { localPath, seeElsewhere, seeOther } from '@grunnmur/kernel/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createElement } from 'react';
import { deviceOf } from '../http/device.ts';
import { requireOwnForm } from '../http/own-form.ts';
import { type Portal, pageView, requestState } from '../http/portal-context.ts';
import { sendPage } from '../http/send-page.ts';
import { type LoginAttempt, LoginRefused } from '../oidc/oidc-client.ts';
import { MessagePage } from '../pages/message-page.tsx';

/** Log in with ID-porten and out again. */
export function registerLogin(scope: FastifyInstance, portal: Portal): void {
  scope.get<{ Querystring: LoginQuery }>('/logg-inn', async (request, reply) => {
    const canonical = canonicalAddress(portal, request);
    if (canonical) return seeElsewhere(reply, canonical);
    const level = request.query.niva === '4' ? 4 : 3;
    const returnTo = localPath(request.query.til, '/innboks');
    const held = requestState(request).session?.data.level;
    if (held !== undefined && held >= level) return seeOther(reply, returnTo);
    const { url, attempt } = await portal.oidc.start({
      level,
      returnTo,
      locale: requestState(request).locale,
    });
    portal.cookies.login.write(reply, JSON.stringify(attempt));
    return seeElsewhere(reply, url);
  });

  scope.get('/logg-inn/retur', async (request, reply) => {
    const attempt = readAttempt(portal.cookies.login.read(request));
    portal.cookies.login.clear(reply);
    if (!attempt) throw new LoginRefused('interrupted');
    const { search } = new URL(request.url, portal.options.publicUrl());
    const loggedIn = await portal.oidc.finish(search, attempt);
    await endSession(portal, request);
    const ctx = portal.options.baseCtx(request);
    const device = deviceOf(request.headers['user-agent']);
    const { token } = await portal.options.access.createSession(ctx, {
      ...loggedIn,
      ...(device ? { device } : {}),
    });
    portal.cookies.session.write(reply, token);
    return seeOther(reply, attempt.returnTo, '/innboks');
  });

  scope.post('/logg-ut', async (request, reply) => {
    requireOwnForm(portal, request);
    const ended = await endSession(portal, request);
    portal.cookies.session.clear(reply);
    const farewell = `${portal.options.publicUrl()}/logget-ut`;
    const elsewhere = ended && (await portal.oidc.endSessionUrl(ended.idToken, farewell));
    return elsewhere ? seeElsewhere(reply, elsewhere) : seeOther(reply, '/logget-ut');
  });

  scope.get('/logget-ut', (request, reply) => sendLoggedOut(portal, request, reply));
}

interface LoginQuery {
  readonly til?: unknown;
  readonly niva?: unknown;
  readonly vert?: unknown;
}

/**
 * Cookies belong to one host name, and the login service sends people back to the public one. Who came by another
 * name (`localhost` for 127.0.0.1) is moved there first, once: behind a proxy the names may never be the same.
 */
function canonicalAddress(
  portal: Portal,
  request: FastifyRequest<{ Querystring: LoginQuery }>,
): URL | undefined {
  const own = new URL(portal.options.publicUrl());
  if (request.host === own.host || request.query.vert !== undefined) return undefined;
  const url = new URL(localPath(request.url, '/logg-inn'), own);
  url.searchParams.set('vert', '1');
  return url;
}

async function endSession(portal: Portal, request: FastifyRequest) {
  const token = requestState(request).session?.token;
  return token === undefined
    ? null
    : portal.options.access.endSession(portal.options.baseCtx(request), token);
}

function sendLoggedOut(portal: Portal, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const page = createElement(MessagePage, {
    view: pageView(portal, request),
    icon: 'check',
    heading: 'portal.logged_out.heading',
    texts: ['portal.logged_out.text'],
    action: { href: '/', text: 'portal.action.to_start' },
  });
  return sendPage(reply, 200, page);
}

function readAttempt(value: string | undefined): LoginAttempt | undefined {
  if (value === undefined) return undefined;
  try {
    const attempt = JSON.parse(value) as Partial<LoginAttempt> | null;
    const complete =
      typeof attempt?.state === 'string' &&
      typeof attempt.nonce === 'string' &&
      typeof attempt.verifier === 'string' &&
      typeof attempt.returnTo === 'string' &&
      (attempt.level === 3 || attempt.level === 4);
    return complete ? (attempt as LoginAttempt) : undefined;
  } catch {
    return undefined;
  }
}
