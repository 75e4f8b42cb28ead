import { whenSent } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { createElement } from 'react';
import { letterId, refuseSpeculation } from '../http/letter-request.ts';
import { type Portal, pageView, personCtx, requireSession } from '../http/portal-context.ts';
import { sendPage } from '../http/send-page.ts';
import { InboxPage } from '../pages/inbox-page.tsx';
import { LetterPage } from '../pages/letter-page.tsx';

const PAGE_SIZE = 20;
const MAX_CURSOR = 500;

/** The reader's list and one letter of it. */
export function registerLetters(scope: FastifyInstance, portal: Portal): void {
  const { post } = portal.options;

  scope.get<{ Querystring: { etter?: unknown } }>('/innboks', async (request, reply) => {
    const cursor = readCursor(request.query.etter);
    const ctx = personCtx(portal, request);
    const { level } = requireSession(request);
    const page = await post.inbox(
      ctx,
      { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) },
      level,
    );
    const props = {
      view: pageView(portal, request),
      letters: page.letters,
      unread: page.ulest,
      next: page.next,
      first: cursor === undefined,
    };
    return sendPage(reply, 200, createElement(InboxPage, props));
  });

  // No HEAD: a letter without documents is opened by its page.
  const route = { exposeHeadRoute: false };
  scope.get<{ Params: { id: string } }>('/brev/:id', route, async (request, reply) => {
    const ctx = personCtx(portal, request);
    refuseSpeculation(request);
    const letter = await post.letter(ctx, letterId(request.params.id), requireSession(request).level);
    whenSent(request, reply, undefined, { sent: letter.completed });
    const props = { view: pageView(portal, request), letter, timeline: letter.tidslinje };
    return sendPage(reply, 200, createElement(LetterPage, props));
  });

  scope.get<{ Params: { id: string } }>('/brev/:id/tidslinje', async (request) => {
    return post.timeline(personCtx(portal, request), letterId(request.params.id));
  });
}

export function readCursor(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_CURSOR ? value : undefined;
}
