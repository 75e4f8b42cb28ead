import { describe, expect, it } from 'vitest';
import {
  formatDate,
  formatDateTime,
  formatDeadline,
  formatRelativeDay,
  formatTime,
  isoDate,
  LOCALES,
  startOfDate,
} from '../index.ts';

const inAll = (write: (locale: (typeof LOCALES)[number]) => string): string[] =>
  LOCALES.map((locale) => write(locale).replaceAll('\u00a0', ' '));

describe('dates for people', () => {
  const noon = new Date('2026-03-14T11:00:00Z');

  it('are written out, in Norwegian time', () => {
    expect(inAll((locale) => formatDate(noon, locale))).toEqual([
      '14. mars 2026',
      '14. mars 2026',
      '14 March 2026',
    ]);
    expect(formatDate(new Date('2026-03-14T23:30:00Z'), 'nb')).toBe('15. mars 2026');
    expect(inAll((locale) => formatDateTime(noon, locale))).toEqual([
      '14. mars 2026 kl. 12',
      '14. mars 2026 kl. 12',
      '14 March 2026 at 12:00',
    ]);
    expect(inAll((locale) => formatDeadline(noon, locale))).toEqual([
      'lørdag 14. mars 2026 kl. 12',
      'laurdag 14. mars 2026 kl. 12',
      'Saturday, 14 March 2026 at 12:00',
    ]);
  });

  it('leave out minutes on the hour only', () => {
    const at = new Date('2026-07-01T07:05:00Z');
    expect(inAll((locale) => formatTime(at, locale))).toEqual(['kl. 9.05', 'kl. 9.05', '09:05']);
    expect(formatTime(new Date('2026-06-30T22:00:00Z'), 'nb')).toBe('kl.\u00a00');
  });

  it('count calendar days, not hours, across summer time', () => {
    const evening = new Date('2026-03-28T22:30:00Z');
    const after = (iso: string) => inAll((locale) => formatRelativeDay(new Date(iso), evening, locale));
    expect(after('2026-03-28T06:00:00Z')).toEqual(['i dag', 'i dag', 'today']);
    expect(after('2026-03-28T23:30:00Z')).toEqual(['i morgen', 'i morgon', 'tomorrow']);
    expect(after('2026-03-31T22:30:00Z')).toEqual(['om 4 dager', 'om 4 dagar', 'in 4 days']);
    expect(after('2026-03-24T22:30:00Z')).toEqual(['for 4 dager siden', 'for 4 dagar sidan', '4 days ago']);
  });
});

describe('calendar dates', () => {
  it('begin at midnight in Norway, winter and summer and on the days between', () => {
    expect(startOfDate('2026-01-15')?.toISOString()).toBe('2026-01-14T23:00:00.000Z');
    expect(startOfDate('2026-07-15')?.toISOString()).toBe('2026-07-14T22:00:00.000Z');
    expect(startOfDate('2026-03-29')?.toISOString()).toBe('2026-03-28T23:00:00.000Z');
    expect(startOfDate('2026-10-25')?.toISOString()).toBe('2026-10-24T22:00:00.000Z');
  });

  it('that do not exist are undefined', () => {
    for (const value of ['2026-02-30', '2026-13-01', '14.03.2026', '', '2026-3-1', '2026-03-14T00:00'])
      expect(startOfDate(value), value).toBeUndefined();
  });

  it('are those of Norway', () => {
    expect(isoDate(new Date('2026-03-14T23:30:00Z'))).toBe('2026-03-15');
  });
});
