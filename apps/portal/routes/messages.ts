import type { Organisation } from '@grunnmur/access';
import type { Exchange } from '@grunnmur/exchange';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { isAppError, KernelError } from '@grunnmur/kernel/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createElement } from 'react';
import { letterId } from '../http/letter-request.ts';
import { type Portal, pageView, personCtx, requestState, requireSession } from '../http/portal-context.ts';
import { sendPage } from '../http/send-page.ts';
import { MeldingPage } from '../pages/melding-page.tsx';
import { MeldingerPage } from '../pages/meldinger-page.tsx';
import { readFilter } from '../view/message-filter.ts';
import { readCursor } from './letters.ts';

const PAGE_SIZE = 25;

type Query = Readonly<Record<string, unknown>>;

interface ById {
  Params: { id: string };
  Querystring: Query;
}

/** Messages between systems, for those who may look at an organisation's. To everybody else these pages do not exist. */
export function registerMessages(scope: FastifyInstance, portal: Portal, exchange: Exchange): void {
  scope.get<{ Querystring: Query }>('/meldinger', async (request, reply) => {
    const organisations = staffOrganisations(request);
    const [organisation] = chosen(organisations, request.query);
    const ctx = inOrganisation(portal, request, organisation!);
    const kontoer = await exchange.kontoer(ctx);
    const { search, ...asked } = readFilter(request.query, kontoer);
    const cursor = readCursor(request.query.etter);
    const wrong = asked.faults.size > 0;
    const found = wrong
      ? undefined
      : await exchange.search(ctx, { ...search, antall: PAGE_SIZE, ...(cursor ? { cursor } : {}) });
    const view = pageView(portal, request);
    const props = {
      ...{ view, organisations, organisation: organisation!, kontoer, found, ...asked },
      first: cursor === undefined,
    };
    return sendPage(reply, wrong ? 400 : 200, createElement(MeldingerPage, props));
  });

  scope.get<ById>('/meldinger/:id', async (request, reply) => {
    const organisations = staffOrganisations(request);
    const id = letterId(request.params.id);
    const { organisation, ctx, timeline } = await findMelding(portal, exchange, request, id);
    const conversation = await exchange.conversation(ctx, id);
    const props = {
      ...{ view: pageView(portal, request), organisations, organisation, timeline, conversation },
      oldestFirst: request.query.rekkefolge === 'eldst',
    };
    return sendPage(reply, 200, createElement(MeldingPage, props));
  });

  scope.get<ById>('/meldinger/:id/tidslinje', async (request) => {
    const id = letterId(request.params.id);
    return (await findMelding(portal, exchange, request, id)).timeline;
  });
}

/** The reader's organisations with messages; at least one, for who has none finds nothing here. */
function staffOrganisations(request: FastifyRequest): readonly Organisation[] {
  requireSession(request);
  const organisations = requestState(request).session?.organisations ?? [];
  if (organisations.length === 0) throw KernelError.notFound();
  return organisations;
}

/** The one that `org` names, else all, the first of which is shown. */
function chosen(organisations: readonly Organisation[], { org }: Query): readonly Organisation[] {
  if (org === undefined || org === '') return organisations;
  const named = organisations.filter(({ orgnr }) => orgnr === org);
  if (named.length === 0) throw KernelError.notFound();
  return named;
}

/** In the organisation of the address; without one, in the first of the reader's organisations that knows the message. */
async function findMelding(portal: Portal, exchange: Exchange, request: FastifyRequest<ById>, id: string) {
  for (const organisation of chosen(staffOrganisations(request), request.query)) {
    const ctx = inOrganisation(portal, request, organisation);
    try {
      return { organisation, ctx, timeline: await exchange.timeline(ctx, id) };
    } catch (error) {
      if (!isAppError(error) || error.status !== 404) throw error;
    }
  }
  throw KernelError.notFound();
}

function inOrganisation(portal: Portal, request: FastifyRequest, organisation: Organisation): Ctx {
  return withCtx(personCtx(portal, request), { tenant: organisation.id });
}
