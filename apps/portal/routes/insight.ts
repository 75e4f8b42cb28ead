import { type AuditMatter, auditChoicesForPerson, auditMattersForPerson } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createElement } from 'react';
import { type Portal, pageView, personCtx, requireSession } from '../http/portal-context.ts';
import { sendPage } from '../http/send-page.ts';
import { InsightPage } from '../pages/insight-page.tsx';
import { describeMatter, type InsightNames } from '../view/insight.ts';
import { type AskedInsight, type InsightChoices, readInsightFilter } from '../view/insight-filter.ts';
import { readCursor } from './letters.ts';

const PAGE_SIZE = 25;

interface InsightRequest {
  Querystring: Readonly<Record<string, unknown>>;
}

/** "Who has used my information", from the access log. */
export function registerInsight(scope: FastifyInstance, portal: Portal): void {
  scope.get<InsightRequest>('/innsyn', async (request, reply) => {
    const ctx = personCtx(portal, request);
    const view = pageView(portal, request);
    const asked = readInsightFilter(request.query, ctx.now());
    const choices = asked.fault ? NO_CHOICES : await findChoices(portal, ctx, asked);
    const body = choices.bodies.find(({ orgnr }) => orgnr === asked.filled.body);
    const kind = choices.kinds.find((each) => each === asked.filled.kind);
    const unknown = (asked.filled.body !== '' && !body) || (asked.filled.kind !== '' && !kind);
    const fault = asked.fault ?? (unknown ? 'choice' : undefined);
    const props = { view, ...asked, fault, choices };
    if (fault)
      return sendPage(reply, 400, createElement(InsightPage, { ...props, rows: [], next: undefined }));
    const before = readCursor(request.query.etter);
    const page = await auditMattersForPerson(ctx, {
      ...{ from: asked.from, to: asked.to, own: asked.filled.own, limit: PAGE_SIZE },
      ...(body ? { tenant: body.id } : {}),
      ...(kind ? { informationKind: kind } : {}),
      ...(before === undefined ? {} : { before }),
    });
    const names = await findNames(portal, ctx, request, page.matters);
    const rows = page.matters.map((matter) => describeMatter(view, matter, ctx.actor.id, names));
    return sendPage(reply, 200, createElement(InsightPage, { ...props, rows, next: page.next }));
  });
}

const NO_CHOICES: InsightChoices = { bodies: [], kinds: [] };

async function findChoices(portal: Portal, ctx: Ctx, period: AskedInsight): Promise<InsightChoices> {
  const { tenants, kinds } = await auditChoicesForPerson(ctx, period);
  const found = await Promise.all(tenants.map((id) => portal.options.access.findOrganisation(ctx, { id })));
  const bodies = found.flatMap((each) => (each ? [{ id: each.id, orgnr: each.orgnr, name: each.name }] : []));
  return { bodies: bodies.sort((a, b) => a.name.localeCompare(b.name, 'nb')), kinds };
}

async function findNames(
  portal: Portal,
  ctx: Ctx,
  request: FastifyRequest,
  matters: readonly AuditMatter[],
): Promise<InsightNames> {
  const { access, post } = portal.options;
  const tenants = matters.flatMap(({ entries }) => entries.map(({ tenant }) => tenant));
  const ids = [...new Set(tenants.filter((id) => id !== null))];
  const objects = matters.flatMap(({ object }) => (object === null ? [] : [object]));
  const [organisations, profiles, letters] = await Promise.all([
    Promise.all(ids.map(async (id) => [id, (await access.findOrganisation(ctx, { id }))?.name] as const)),
    post.senderProfiles(ctx, ids),
    post.letterNames(ctx, objects, requireSession(request).level),
  ]);
  const named = organisations.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  return { organisations: new Map(named), profiles, letters };
}
