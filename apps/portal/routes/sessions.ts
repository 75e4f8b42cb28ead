import { KernelError } from '@grunnmur/kernel/errors';
import { seeOther } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { createElement } from 'react';
import { requireOwnForm } from '../http/own-form.ts';
import { type Portal, pageView, personCtx, requestState } from '../http/portal-context.ts';
import { sendPage } from '../http/send-page.ts';
import { SessionsPage } from '../pages/sessions-page.tsx';

const PAGE = '/innlogginger';

/** A person's own logins: see them, end one, end all others (ASVS 3.3.4). */
export function registerSessions(scope: FastifyInstance, portal: Portal): void {
  const { access } = portal.options;

  scope.get(PAGE, async (request, reply) => {
    const ctx = personCtx(portal, request);
    const sessions = await access.listSessions(ctx, requestState(request).session!.token);
    return sendPage(reply, 200, createElement(SessionsPage, { view: pageView(portal, request), sessions }));
  });

  scope.post<{ Params: { id: string } }>(`${PAGE}/:id/avslutt`, async (request, reply) => {
    const ctx = personCtx(portal, request);
    requireOwnForm(portal, request);
    // One that has ended meanwhile is what was asked for.
    await access.endOwnSession(ctx, request.params.id);
    return seeOther(reply, PAGE);
  });

  scope.post(`${PAGE}/avslutt-andre`, async (request, reply) => {
    const ctx = personCtx(portal, request);
    requireOwnForm(portal, request);
    await access.endOtherSessions(ctx, requestState(request).session!.token);
    return seeOther(reply, PAGE);
  });
}

interface FrontChannel {
  readonly Querystring: { readonly iss?: unknown; readonly sid?: unknown };
}

/**
 * Where the login service says that a session there has ended: `GET` in a hidden frame of the person's browser (OpenID
 * Connect Front-Channel Logout 1.0), `POST` from its server (Back-Channel Logout 1.0). One address for both.
 */
export function registerLogoutChannels(scope: FastifyInstance, portal: Portal): void {
  const { access, baseCtx, oidc } = portal.options;

  scope.get<FrontChannel>('/logg-ut/idporten', async (request, reply) => {
    const { iss, sid } = request.query;
    // §3: both or neither are sent, and without them the frame's cookie, which no browser of today sends, would decide.
    if (iss !== oidc.issuer() || typeof sid !== 'string' || sid === '')
      throw KernelError.validation({ params: { detail: 'iss, sid' } });
    await access.endSessionsOf(baseCtx(request), { sid });
    return reply
      .removeHeader('x-frame-options')
      .header('cross-origin-resource-policy', 'cross-origin')
      .header(
        'content-security-policy',
        `default-src 'none'; frame-ancestors ${new URL(oidc.issuer()).origin}`,
      )
      .type('text/html; charset=utf-8')
      .send('<!doctype html><title>ok</title>');
  });

  scope.post('/logg-ut/idporten', async (request, reply) => {
    const { logout_token: token } = (request.body ?? {}) as { logout_token?: unknown };
    reply.header('cache-control', 'no-store');
    try {
      if (typeof token !== 'string') throw KernelError.validation({ params: { detail: 'logout_token' } });
      await access.endSessionsOf(baseCtx(request), await portal.oidc.readLogoutToken(token));
      return reply.status(200).send();
    } catch (error) {
      const { status = 500, code } = error as { status?: number; code?: string };
      if (status >= 500) throw error;
      // §2.8: a token that is not right is 400, with the error as OAuth writes it.
      request.log.warn({ code, reqId: request.id }, 'logout token refused');
      return reply
        .status(400)
        .send({ error: 'invalid_request', error_description: 'logout_token is missing or not valid' });
    }
  });
}
