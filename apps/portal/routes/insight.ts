import { type AuditEntryForPerson, auditForPerson } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { isoDate, startOfDate } from '@grunnmur/kernel/i18n';
import { DAY_MS, HOUR_MS } from '@grunnmur/kernel/time';
import type { FastifyInstance } from 'fastify';
import { createElement } from 'react';
import { type Portal, pageView, personCtx } from '../http/portal-context.ts';
import { sendPage } from '../http/send-page.ts';
import { InsightPage } from '../pages/insight-page.tsx';
import { describeUse, type InsightPeriod } from '../view/insight.ts';
import { readCursor } from './letters.ts';

const PAGE_SIZE = 25;
const DEFAULT_DAYS = 365;

interface InsightQuery {
  Querystring: { fra?: unknown; til?: unknown; etter?: unknown };
}

/** "Who has used my information", from the access log. */
export function registerInsight(scope: FastifyInstance, portal: Portal): void {
  scope.get<InsightQuery>('/innsyn', async (request, reply) => {
    const ctx = personCtx(portal, request);
    const view = pageView(portal, request);
    const asked = readPeriod(request.query, ctx.now());
    const { period, filled, error } = asked;
    if (error) {
      const props = { view, period, filled, error, entries: [], next: undefined };
      return sendPage(reply, 400, createElement(InsightPage, props));
    }
    const before = readCursor(request.query.etter);
    const page = await auditForPerson(ctx, {
      from: period.from,
      to: period.to,
      limit: PAGE_SIZE,
      ...(before === undefined ? {} : { before }),
    });
    const names = await organisationNames(portal, ctx, page.entries);
    const entries = page.entries.map((record) => describeUse(view, record, ctx.actor.id, names));
    const props = { view, period, filled, error, entries, next: page.next };
    return sendPage(reply, 200, createElement(InsightPage, props));
  });
}

async function organisationNames(
  portal: Portal,
  ctx: Ctx,
  entries: readonly AuditEntryForPerson[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(entries.map((entry) => entry.tenant).filter((id) => id !== null))];
  const found = await Promise.all(
    ids.map(async (id) => [id, (await portal.options.access.findOrganisation(ctx, { id }))?.name] as const),
  );
  return new Map(found.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

interface AskedPeriod {
  readonly period: InsightPeriod;
  readonly filled: { readonly from: string; readonly to: string };
  readonly error: 'date' | 'order' | undefined;
}

/** The period of the form; a year back from today when nothing is filled in. */
function readPeriod(query: InsightQuery['Querystring'], now: Date): AskedPeriod {
  const today = isoDate(now);
  const from = dateText(query.fra) || isoDate(new Date(now.getTime() - DEFAULT_DAYS * DAY_MS));
  const to = dateText(query.til) || today;
  const start = startOfDate(from);
  const lastDay = startOfDate(to);
  const error = !start || !lastDay ? 'date' : lastDay < start ? 'order' : undefined;
  const first = start ?? now;
  const last = lastDay ?? now;
  return { period: { from: first, to: endOfDay(last), lastDay: last }, filled: { from, to }, error };
}

function dateText(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 20) : '';
}

/** Days have 23 to 25 hours: 36 hours after midnight it is the next day, whichever. */
function endOfDay(start: Date): Date {
  return startOfDate(isoDate(new Date(start.getTime() + 36 * HOUR_MS))) ?? new Date(start.getTime() + DAY_MS);
}
