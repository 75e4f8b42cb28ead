import { isAppError } from '@grunnmur/kernel/errors';
import {
  forgetBody,
  localPath,
  problemBody,
  retryHeaders,
  seeOther,
  toAppError,
} from '@grunnmur/kernel/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createElement } from 'react';
import { LoginRefused } from '../oidc/oidc-client.ts';
import { MessagePage, type MessagePageProps } from '../pages/message-page.tsx';
import type { PageView } from '../view/page-view.ts';
import { loginAddress } from './person-reader.ts';
import { LoginNeeded, type Portal, pageView, requestState } from './portal-context.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { sendPage } from './send-page.ts';

interface ErrorPage extends Omit<MessagePageProps, 'view'> {
  readonly status: number;
}

/** Turns whatever a route throws into a page that says what happened and what to do. */
export async function answerError(
  portal: Portal,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  logError(thrown, request);
  forgetBody(reply, toAppError(thrown).status);
  // The program's own limits refuse a request before the hooks of the pages have run.
  setSecurityHeaders(reply, portal.policy);
  if (wantsJson(request)) return answerProblem(thrown, request, reply);
  if (thrown instanceof LoginNeeded) {
    if (!thrown.sessionEnded && request.method === 'GET') return seeOther(reply, loginPath(request));
    portal.cookies.session.clear(reply);
  }
  reply.headers(retryHeaders(toAppError(thrown)));
  const page = errorPage(thrown, request, pageView(portal, request));
  return sendPage(
    reply,
    page.status,
    createElement(MessagePage, { view: pageView(portal, request), ...page }),
  );
}

/** The same page for what does not exist and for what belongs to somebody else. */
function notFoundPage(view: PageView): ErrorPage {
  return {
    status: 404,
    icon: 'info',
    heading: 'portal.error.not_found.heading',
    texts: ['portal.error.not_found.text', 'portal.error.not_found.what_to_do'],
    action: view.reader
      ? { href: '/innboks', text: 'portal.action.to_inbox' }
      : { href: '/', text: 'portal.action.to_start' },
  };
}

function logError(thrown: unknown, request: FastifyRequest): void {
  const status =
    thrown instanceof LoginRefused ? 400 : thrown instanceof LoginNeeded ? 401 : toAppError(thrown).status;
  const err = isAppError(thrown) ? (thrown.cause ?? thrown) : thrown;
  if (status >= 500) request.log.error({ err, reqId: request.id }, 'page failed');
  // The cause may quote the login service's answer; its name is enough to tell what kind of refusal it was.
  if (thrown instanceof LoginRefused) {
    const cause = thrown.cause instanceof Error ? thrown.cause.name : undefined;
    request.log.warn({ reason: thrown.reason, cause, reqId: request.id }, 'login refused');
  }
}

const JSON_ROUTES: readonly string[] = ['/brev/:id/tidslinje', '/meldinger/:id/tidslinje'];

function wantsJson(request: FastifyRequest): boolean {
  return JSON_ROUTES.includes(request.routeOptions.url ?? '');
}

function answerProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = thrown instanceof LoginNeeded ? toAppError({ statusCode: 401 }) : toAppError(thrown);
  const status = thrown instanceof LoginNeeded ? 401 : error.status;
  const answer = problemBody(error, request);
  return reply
    .status(status)
    .headers(answer.headers ?? {})
    .send(answer.body);
}

function loginPath(request: FastifyRequest): string {
  return `/logg-inn?til=${encodeURIComponent(localPath(request.url, '/innboks'))}`;
}

function errorPage(thrown: unknown, request: FastifyRequest, view: PageView): ErrorPage {
  if (thrown instanceof LoginNeeded) {
    return {
      status: 401,
      icon: 'lock',
      heading: 'portal.error.session.heading',
      texts: ['portal.error.session.text', 'portal.error.session.what_to_do'],
      action: {
        href: request.method === 'GET' ? loginPath(request) : '/logg-inn',
        text: 'portal.action.log_in_again',
      },
    };
  }
  if (thrown instanceof LoginRefused) return loginRefusedPage(thrown, request);
  const error = toAppError(thrown);
  if (error.code === 'post.level_too_low') return levelPage(request);
  if (error.code === 'post.document_unavailable') return documentPage(request);
  if (error.status === 404) return notFoundPage(view);
  if (error.status === 429) return busyPage();
  if (error.status < 500) return refusedPage(view, error.status, request.id);
  return {
    status: error.status,
    icon: 'alert',
    heading: 'portal.error.internal.heading',
    texts: ['portal.error.internal.text', 'portal.error.internal.what_to_do'],
    action: {
      href: localPath(request.method === 'GET' ? request.url : '/', '/'),
      text: 'portal.action.try_again',
    },
    traceId: request.id,
  };
}

/** The document is lost or damaged: nothing the reader did, and trying again does not help. */
function documentPage(request: FastifyRequest): ErrorPage {
  const letter = LETTER_ADDRESS.exec(request.url)?.[1];
  return {
    status: 500,
    icon: 'alert',
    heading: 'portal.error.document.heading',
    texts: ['portal.error.document.text', 'portal.error.document.what_to_do'],
    action: letter
      ? { href: `/brev/${letter}`, text: 'portal.action.to_letter' }
      : { href: '/innboks', text: 'portal.action.to_inbox' },
    traceId: request.id,
  };
}

const LETTER_ADDRESS = /^\/(?:brev|forsendelse)\/([0-9a-f-]{36})\b/i;

function levelPage(request: FastifyRequest): ErrorPage {
  const letter = LETTER_ADDRESS.exec(request.url)?.[1];
  const returnTo = letter ? `/brev/${letter}` : '/innboks';
  return {
    status: 403,
    icon: 'lock',
    heading: 'portal.step_up.heading',
    texts: ['portal.step_up.text'],
    action: { href: loginAddress(returnTo, 4), text: 'portal.step_up.button' },
  };
}

function busyPage(): ErrorPage {
  return {
    status: 429,
    icon: 'clock',
    heading: 'portal.error.busy.heading',
    texts: ['portal.error.busy.text'],
    action: { href: '/', text: 'portal.action.to_start' },
  };
}

function refusedPage(view: PageView, status: number, traceId: string): ErrorPage {
  return {
    status,
    icon: 'alert',
    heading: 'portal.error.refused.heading',
    texts: ['portal.error.refused.text'],
    action: { href: view.reader ? '/innboks' : '/', text: 'portal.action.go_on' },
    traceId,
  };
}

function loginRefusedPage(refused: LoginRefused, request: FastifyRequest): ErrorPage {
  const { reason } = refused;
  const loggedIn = requestState(request).session !== undefined;
  return {
    status: reason === 'unavailable' ? 503 : reason === 'level' ? 403 : 400,
    icon: reason === 'cancelled' ? 'info' : 'alert',
    heading: `portal.login.${reason}.heading`,
    texts: [`portal.login.${reason}.text`],
    action: loggedIn
      ? { href: '/innboks', text: 'portal.action.to_inbox' }
      : { href: '/logg-inn', text: 'portal.action.try_again' },
    ...(reason === 'unavailable' ? { traceId: request.id } : {}),
  };
}
