import type { FieldError } from '@grunnmur/kernel/errors';
import { isBlank } from '@grunnmur/kernel/text';

const DATE_TIME =
  /^(?<day>\d{4}-\d\d-\d\d)[Tt](?<minute>\d\d:\d\d)(?<second>:\d\d(?:\.\d{1,9})?)?(?<offset>[Zz]|[+-]\d\d:?\d\d)$/;

/** Dates outside these years are mistakes, and some readers stop on them. */
const FIRST_YEAR = 1800;
const LAST_YEAR = 9999;

/**
 * ISO 8601 with an offset or Z; seconds may be left out, as Java writes a whole minute. Undefined when it is none of
 * these or the day does not exist.
 */
export function parseDateTime(value: string): Date | undefined {
  const groups = DATE_TIME.exec(value)?.groups;
  if (!groups) return undefined;
  const { day, minute, second = ':00', offset } = groups as Record<string, string>;
  // `Date` rolls 30 February over to 1 March.
  const midnight = inRange(new Date(`${day}T00:00:00Z`));
  if (midnight?.toISOString().slice(0, 10) !== day) return undefined;
  const colonOffset = offset!.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  return inRange(new Date(`${day}T${minute}${second}${colonOffset}`));
}

/** Milliseconds since 1970, as v1 writes dates. */
export function parseEpochMs(value: number): Date | undefined {
  return inRange(new Date(value));
}

export interface DateReader {
  iso(field: string, value: string | undefined): Date | undefined;
  epochMs(field: string, value: number | undefined): Date | undefined;
}

/** Reads the dates of one message and adds the wrong ones to `wrong`. `''` and 0 are dates that are not set. */
export function dateReader(wrong: FieldError[]): DateReader {
  return {
    iso(field, value) {
      if (value === undefined || isBlank(value)) return undefined;
      const date = parseDateTime(value);
      const message = 'må være dato og klokkeslett med tidssone (ISO 8601)';
      if (!date) wrong.push({ field, rule: 'date', message });
      return date;
    },
    epochMs(field, value) {
      if (value === undefined || value === 0) return undefined;
      const date = parseEpochMs(value);
      if (!date) wrong.push({ field, rule: 'date', message: 'må være millisekunder siden 1970' });
      return date;
    },
  };
}

function inRange(date: Date): Date | undefined {
  const year = date.getUTCFullYear();
  return year >= FIRST_YEAR && year <= LAST_YEAR ? date : undefined;
}
