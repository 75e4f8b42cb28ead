import { KernelError } from '@grunnmur/kernel/errors';
import { isUuid } from '@grunnmur/kernel/ids';
import type { FastifyInstance } from 'fastify';
import { createElement } from 'react';
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
      next: page.next,
      first: cursor === undefined,
    };
    return sendPage(reply, 200, createElement(InboxPage, props));
  });

  scope.get<{ Params: { id: string } }>('/brev/:id', async (request, reply) => {
    const ctx = personCtx(portal, request);
    const id = letterId(request.params.id);
    const letter = await post.letter(ctx, id, requireSession(request).level);
    const timeline = await post.timeline(ctx, id);
    return sendPage(
      reply,
      200,
      createElement(LetterPage, { view: pageView(portal, request), letter, timeline }),
    );
  });

  scope.get<{ Params: { id: string } }>('/brev/:id/tidslinje', async (request) => {
    return post.timeline(personCtx(portal, request), letterId(request.params.id));
  });
}

/** The id of a letter's address; anything else is a page that does not exist. */
export function letterId(value: string): string {
  if (!isUuid(value)) throw KernelError.notFound();
  return value.toLowerCase();
}

export function readCursor(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_CURSOR ? value : undefined;
}
