import { isoDate, startOfDate } from '@grunnmur/kernel/i18n';
import { DAY_MS } from '@grunnmur/kernel/time';
import { endOfDay } from './message-filter.ts';

const DEFAULT_DAYS = 365;

export type InsightFault = 'date' | 'order' | 'choice';

/** What the form says; empty texts for what was left open. */
export interface InsightFilled {
  readonly from: string;
  readonly to: string;
  /** Organisation number. */
  readonly body: string;
  readonly kind: string;
  readonly own: boolean;
}

/** What the filter offers: the bodies and kinds that there are uses of in the period. */
export interface InsightChoices {
  readonly bodies: readonly { readonly id: string; readonly orgnr: string; readonly name: string }[];
  readonly kinds: readonly string[];
}

export interface AskedInsight {
  readonly filled: InsightFilled;
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
  /** An instant on the last day covered. */
  readonly lastDay: Date;
  readonly fault: InsightFault | undefined;
}

/** The filter of an address; a year back from today when no dates are filled in. */
export function readInsightFilter(query: Readonly<Record<string, unknown>>, now: Date): AskedInsight {
  const from = text(query.fra) || isoDate(new Date(now.getTime() - DEFAULT_DAYS * DAY_MS));
  const to = text(query.til) || isoDate(now);
  const start = startOfDate(from);
  const lastDay = startOfDate(to);
  const fault = !start || !lastDay ? 'date' : lastDay < start ? 'order' : undefined;
  return {
    filled: { from, to, body: text(query.hvem), kind: text(query.hva), own: query.egne === '1' },
    from: start ?? now,
    to: endOfDay(lastDay ?? now),
    lastDay: lastDay ?? now,
    fault,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 100) : '';
}

/** The address of a filter; only what differs from an empty one is said. */
export function insightParams({
  from,
  to,
  body,
  kind,
  own,
}: InsightFilled): Readonly<Record<string, string>> {
  return { fra: from, til: to, hvem: body, hva: kind, egne: own ? '1' : '' };
}
