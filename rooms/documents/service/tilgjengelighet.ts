import type { JsonObject, Report } from './field-report.ts';

/** A TTL above this is milliseconds, or a date, from an old description of the interface. */
const MAX_TTL_SECONDS = 100 * 366 * 86_400;
const LAST_YEAR = 9999;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)$/i;

/** How long a document is to be available. A time to live counts from when the document, or the change, is accepted. */
export type Tilgjengelighet =
  | { readonly kind: 'ttl'; readonly seconds: number }
  | { readonly kind: 'til'; readonly date: Date }
  | { readonly kind: 'alltid' };

/** The end of the time for what is accepted at `now`; `null` when there is none. */
export function tilgjengeligTil(tilgjengelighet: Tilgjengelighet, now: Date): Date | null {
  if (tilgjengelighet.kind === 'ttl') return new Date(now.getTime() + tilgjengelighet.seconds * 1000);
  return tilgjengelighet.kind === 'til' ? tilgjengelighet.date : null;
}

const ALLTID: Tilgjengelighet = { kind: 'alltid' };

/**
 * Reads exactly one of `ttl` (seconds; negative is for ever) and `tilgjengeligTil` (ISO 8601 with offset, in the future)
 * (fiks-io §2.6). What it gives after a report is of no use.
 */
export function readTilgjengelighet(source: JsonObject, now: Date, report: Report): Tilgjengelighet {
  const ttl = source.ttl ?? undefined;
  const til = source.tilgjengeligTil ?? undefined;
  if (ttl !== undefined && til !== undefined)
    report('ttl', 'exclusive', 'kan ikke stå sammen med tilgjengeligTil');
  else if (ttl !== undefined) return readTtl(ttl, report);
  else if (til !== undefined) return readTil(til, now, report);
  else report('ttl', 'required', 'mangler: enten ttl eller tilgjengeligTil kreves');
  return ALLTID;
}

function readTtl(ttl: unknown, report: Report): Tilgjengelighet {
  if (typeof ttl !== 'number' || !Number.isSafeInteger(ttl))
    report('ttl', 'type', 'må være et helt antall sekunder');
  else if (ttl === 0) report('ttl', 'minimum', 'må være minst 1 sekund, eller negativ for alltid');
  else if (ttl > MAX_TTL_SECONDS) report('ttl', 'maximum', 'er i sekunder, høyst 100 år');
  else if (ttl > 0) return { kind: 'ttl', seconds: ttl };
  return ALLTID;
}

function readTil(til: unknown, now: Date, report: Report): Tilgjengelighet {
  const date = typeof til === 'string' ? parseDateTime(til) : undefined;
  if (!date) report('tilgjengeligTil', 'format', 'må være dato og tid med tidssone (ISO 8601)');
  else if (date <= now || date.getUTCFullYear() > LAST_YEAR)
    report('tilgjengeligTil', 'future', 'må være fram i tid');
  else return { kind: 'til', date };
  return ALLTID;
}

/** Undefined when it has another form or the day does not exist: `Date` rolls 30 February over to 1 March. */
function parseDateTime(value: string): Date | undefined {
  const [, day, time, offset] = DATE_TIME.exec(value) ?? [];
  if (day === undefined) return undefined;
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) return undefined;
  const date = new Date(`${day}T${time}${offset!.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
