import { DAY_MS } from '../time/index.ts';
import { INTL_LOCALE, type Locale } from './locale.ts';

/** Every date that people read is Norwegian time, wherever the server stands. */
export const TIME_ZONE = 'Europe/Oslo';

const formats = new Map<string, Intl.DateTimeFormat>();

function dateTimeFormat(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${tag} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(tag, { ...options, timeZone: TIME_ZONE });
    formats.set(key, format);
  }
  return format;
}

/** "14. mars 2026", "14 March 2026". */
export function formatDate(date: Date, locale: Locale): string {
  return dateTimeFormat(INTL_LOCALE[locale], { day: 'numeric', month: 'long', year: 'numeric' }).format(date);
}

/** The day without its year when that is this year's: "2. desember", "2. desember 2025", "2 December". */
export function formatDay(date: Date, now: Date, locale: Locale): string {
  if (isoDate(date).slice(0, 4) !== isoDate(now).slice(0, 4)) return formatDate(date, locale);
  return dateTimeFormat(INTL_LOCALE[locale], { day: 'numeric', month: 'long' }).format(date);
}

/** With the day of the week: "lørdag 14. mars 2026", "laurdag 14. mars 2026", "Saturday, 14 March 2026". */
export function formatWeekday(date: Date, locale: Locale): string {
  const options = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
  return dateTimeFormat(INTL_LOCALE[locale], options).format(date);
}

/** Time of day, without minutes on the hour: "kl. 12", "kl. 9.05"; "12:00", "09:05" in English. The space does not break. */
export function formatTime(date: Date, locale: Locale): string {
  const { hour, minute } = clock(date);
  if (locale === 'en') return `${String(hour).padStart(2, '0')}:${minute}`;
  return minute === '00' ? `kl.\u00a0${hour}` : `kl.\u00a0${hour}.${minute}`;
}

/** "14. mars 2026 kl. 12", "14 March 2026 at 12:00". */
export function formatDateTime(date: Date, locale: Locale): string {
  return joinTime(formatDate(date, locale), date, locale);
}

/** "lørdag 14. mars 2026 kl. 12", "Saturday, 14 March 2026 at 12:00". */
export function formatDeadline(date: Date, locale: Locale): string {
  return joinTime(formatWeekday(date, locale), date, locale);
}

/** Distance in whole calendar days in Norway: "i dag", "i morgen", "om 3 dager", "in 3 days", "yesterday". */
export function formatRelativeDay(date: Date, now: Date, locale: Locale): string {
  const days = Math.round((calendarDay(date) - calendarDay(now)) / DAY_MS);
  if (locale !== 'en' && Math.abs(days) > 2) {
    // Unicode's own Norwegian text counts "døgn", which nobody says about letters.
    const plural = locale === 'nb' ? 'dager' : 'dagar';
    if (days > 0) return `om ${days} ${plural}`;
    return `for ${-days} ${plural} ${locale === 'nb' ? 'siden' : 'sidan'}`;
  }
  return new Intl.RelativeTimeFormat(INTL_LOCALE[locale], { numeric: 'auto' }).format(days, 'day');
}

/** The calendar date in Norway as `YYYY-MM-DD`: form fields and period limits. */
export function isoDate(date: Date): string {
  return new Date(calendarDay(date)).toISOString().slice(0, 10);
}

/** The instant when the Norwegian calendar date `YYYY-MM-DD` begins; undefined when there is no such date. */
export function startOfDate(value: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const utc = new Date(`${value}T00:00:00Z`);
  if (Number.isNaN(utc.getTime()) || utc.toISOString().slice(0, 10) !== value) return undefined;
  // Norway is one or two hours ahead of UTC; midnight is the candidate that reads 0 o'clock of that date there.
  const candidates = [1, 2].map((hours) => new Date(utc.getTime() - hours * 3_600_000));
  return candidates.find((date) => isoDate(date) === value && clock(date).hour === 0);
}

function joinTime(date: string, at: Date, locale: Locale): string {
  return locale === 'en' ? `${date} at ${formatTime(at, locale)}` : `${date} ${formatTime(at, locale)}`;
}

function clock(date: Date): { hour: number; minute: string } {
  const parts = dateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(date);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  return { hour: Number(part('hour')), minute: part('minute').padStart(2, '0') };
}

/** Midnight UTC of the calendar date that it is in Norway: days can then be counted without summer time. */
function calendarDay(date: Date): number {
  const parts = dateTimeFormat('en-GB', { year: 'numeric', month: 'numeric', day: 'numeric' }).formatToParts(
    date,
  );
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'));
}
