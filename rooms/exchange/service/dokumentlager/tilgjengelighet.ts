import type { JsonObject, Report } from './field-report.ts';

/** A TTL above this is milliseconds, or a date, from an old description of the interface. */
const MAX_TTL_SECONDS = 100 * 366 * 86_400;
const LAST_YEAR = 9999;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)$/i;

/**
 * How long a document is to be available: exactly one of `ttl` (seconds; negative is for ever) and `tilgjengeligTil`
 * (ISO 8601 with offset, in the future) (fiks-io §2.6). `null` is for ever; undefined after a report.
 */
export function readTilgjengelighet(
  source: JsonObject,
  now: Date,
  report: Report,
  prefix = '',
): Date | null | undefined {
  const ttl = source.ttl ?? undefined;
  const til = source.tilgjengeligTil ?? undefined;
  if (ttl !== undefined && til !== undefined) {
    report(`${prefix}ttl`, 'exclusive', 'kan ikke stå sammen med tilgjengeligTil');
    return undefined;
  }
  if (ttl !== undefined) return readTtl(ttl, now, report, `${prefix}ttl`);
  if (til !== undefined) return readTil(til, now, report, `${prefix}tilgjengeligTil`);
  report(`${prefix}ttl`, 'required', 'mangler: enten ttl eller tilgjengeligTil kreves');
  return undefined;
}

function readTtl(ttl: unknown, now: Date, report: Report, field: string): Date | null | undefined {
  if (typeof ttl !== 'number' || !Number.isSafeInteger(ttl)) {
    report(field, 'type', 'må være et helt antall sekunder');
    return undefined;
  }
  if (ttl < 0) return null;
  if (ttl === 0) {
    report(field, 'minimum', 'må være minst 1 sekund, eller negativ for alltid');
    return undefined;
  }
  if (ttl > MAX_TTL_SECONDS) {
    report(field, 'maximum', 'er i sekunder, høyst 100 år');
    return undefined;
  }
  return new Date(now.getTime() + ttl * 1000);
}

function readTil(til: unknown, now: Date, report: Report, field: string): Date | undefined {
  const date = typeof til === 'string' ? parseDateTime(til) : undefined;
  if (!date) {
    report(field, 'format', 'må være dato og tid med tidssone (ISO 8601)');
    return undefined;
  }
  if (date <= now || date.getUTCFullYear() > LAST_YEAR) {
    report(field, 'future', 'må være fram i tid');
    return undefined;
  }
  return date;
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
