import type { KontoStatus, MeldingSearch } from '@grunnmur/exchange';
import { isoDate, startOfDate } from '@grunnmur/kernel/i18n';
import { HOUR_MS } from '@grunnmur/kernel/time';

/** Names of the fields, in the order of the form; also those of the address. */
export const FILTER_FIELDS = ['id', 'type', 'konto', 'status', 'fra', 'til'] as const;
export type FilterField = (typeof FILTER_FIELDS)[number];

/** What was written in the form; an empty text for what was not. */
export type FilledFilter = Readonly<Record<FilterField, string>>;
export type FilterFault = 'long' | 'choice' | 'date' | 'order';

export interface AskedFilter {
  readonly filled: FilledFilter;
  readonly faults: ReadonlyMap<FilterField, FilterFault>;
  /** Of a filter without faults. */
  readonly search: MeldingSearch;
}

/** In the order in which a message goes through them. `satisfies` at the form keeps it complete. */
export const STATUSES = ['PAA_KO', 'KVITTERT', 'AVVIST', 'FEILET', 'UTLOPT'] as const;

const LONGEST: Readonly<Record<FilterField, number>> = {
  id: 200,
  type: 250,
  konto: 36,
  status: 20,
  fra: 10,
  til: 10,
};
/** More than this of a text that is too long is not written back into the form. */
const MOST_KEPT = 300;

/** The filter of an address; what is wrong with it is said field by field. */
export function readFilter(
  query: Readonly<Record<string, unknown>>,
  kontoer: readonly Pick<KontoStatus, 'id'>[],
): AskedFilter {
  const filled = Object.fromEntries(
    FILTER_FIELDS.map((field) => [field, text(query[field])]),
  ) as FilledFilter;
  const faults = new Map<FilterField, FilterFault>();
  for (const field of ['id', 'type'] as const)
    if (filled[field].length > LONGEST[field]) faults.set(field, 'long');
  if (filled.konto && !kontoer.some(({ id }) => id === filled.konto)) faults.set('konto', 'choice');
  if (filled.status && !STATUSES.some((status) => status === filled.status)) faults.set('status', 'choice');
  const fra = filled.fra ? startOfDate(filled.fra) : undefined;
  const til = filled.til ? startOfDate(filled.til) : undefined;
  if (filled.fra && !fra) faults.set('fra', 'date');
  if (filled.til && !til) faults.set('til', 'date');
  if (fra && til && til < fra) faults.set('til', 'order');
  return {
    filled,
    faults,
    search: {
      id: filled.id || undefined,
      typeDel: filled.type || undefined,
      kontoId: filled.konto || undefined,
      status: filled.status || undefined,
      fra: fra?.toISOString(),
      til: til && endOfDay(til).toISOString(),
    },
  };
}

/** Control characters cannot be written in a form, and PostgreSQL does not take all of them. */
function text(value: unknown): string {
  return typeof value === 'string'
    ? value
        .slice(0, MOST_KEPT)
        .replaceAll(/\p{Cc}/gu, ' ')
        .trim()
    : '';
}

/** Days have 23 to 25 hours: 36 hours after midnight it is the next day, whichever. */
export function endOfDay(start: Date): Date {
  return startOfDate(isoDate(new Date(start.getTime() + 36 * HOUR_MS)))!;
}

/** An address with those of the parameters that say something. */
export function addressOf(path: string, params: Readonly<Record<string, string | undefined>>): string {
  const said = Object.entries(params).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return said.length === 0 ? path : `${path}?${new URLSearchParams(said)}`;
}
