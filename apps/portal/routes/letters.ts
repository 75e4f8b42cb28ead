import { whenSent } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { createElement } from 'react';
import { letterId, refuseSpeculation } from '../http/letter-request.ts';
import { type Portal, pageView, personCtx, requireSession } from '../http/portal-context.ts';
import { allowOwnFrames } from '../http/security-headers.ts';
import { sendPage } from '../http/send-page.ts';
import { showsDocuments } from '../http/shows-documents.ts';
import { InboxPage } from '../pages/inbox-page.tsx';
import { LetterPage } from '../pages/letter-page.tsx';
import { documentToShow } from '../view/letter.ts';

const PAGE_SIZE = 20;
/** Letters that wait are shown together, however old: more than these few have. */
const UNOPENED_SHOWN = 50;
const MAX_CURSOR = 500;

interface InboxRequest {
  Querystring: { etter?: unknown; vis?: unknown; sok?: unknown };
}

/** The reader's list and one letter of it. */
export function registerLetters(scope: FastifyInstance, portal: Portal): void {
  const { post } = portal.options;

  scope.get<InboxRequest>('/innboks', async (request, reply) => {
    const cursor = readCursor(request.query.etter);
    const ctx = personCtx(portal, request);
    const { level } = requireSession(request);
    const search = searchText(request.query.sok);
    const first = cursor === undefined;
    const goesOn = request.query.vis === 'uleste' ? ('unopened' as const) : ('opened' as const);
    const which = search !== '' || first ? undefined : goesOn;
    const grouped = first && search === '';
    const [unopened, listed, contact] = await Promise.all([
      grouped ? post.inbox(ctx, { ulest: true, limit: UNOPENED_SHOWN }, level) : undefined,
      post.inbox(
        ctx,
        {
          limit: PAGE_SIZE,
          ...(search === '' ? { ulest: which === 'unopened' } : { sok: search }),
          ...(first ? {} : { cursor }),
        },
        level,
      ),
      grouped ? portal.options.contactStatus?.(ctx, ctx.actor.id) : undefined,
    ]);
    const props = { view: pageView(portal, request), unopened, listed, search, first, which, contact };
    return sendPage(reply, 200, createElement(InboxPage, props));
  });

  // No HEAD: a letter without documents is opened by its page.
  const route = { exposeHeadRoute: false };
  scope.get<LetterRequest>('/brev/:id', route, async (request, reply) => {
    const ctx = personCtx(portal, request);
    refuseSpeculation(request);
    const letter = await post.letter(ctx, letterId(request.params.id), requireSession(request).level);
    whenSent(request, reply, undefined, { sent: letter.completed });
    const view = pageView(portal, request);
    const shown = showsDocuments(request) ? documentToShow(view, letter, request.query.vis) : undefined;
    const props = { view, letter, shown };
    if (shown) allowOwnFrames(reply, portal.policy);
    return sendPage(reply, 200, createElement(LetterPage, props));
  });

  scope.get<{ Params: { id: string } }>('/brev/:id/tidslinje', async (request) => {
    return post.timeline(personCtx(portal, request), letterId(request.params.id));
  });
}

interface LetterRequest {
  Params: { id: string };
  Querystring: { vis?: unknown };
}

/** What is looked for, as somebody wrote it; control characters cannot be written in a form. */
function searchText(value: unknown): string {
  return typeof value === 'string'
    ? value
        .slice(0, 100)
        .replaceAll(/\p{Cc}/gu, ' ')
        .trim()
    : '';
}

export function readCursor(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_CURSOR ? value : undefined;
}
