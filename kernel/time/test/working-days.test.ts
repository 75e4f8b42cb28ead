import { describe, expect, it } from 'vitest';
import { addWorkingDays, isWorkingDay } from '../working-days.ts';

const add = (start: string, days: number) => addWorkingDays(new Date(start), days).toISOString();

describe('Norwegian working days', () => {
  it('skips weekends and keeps the clock time in Norway', () => {
    expect(add('2026-11-19T09:30:00Z', 2)).toBe('2026-11-23T09:30:00.000Z');
    expect(add('2026-11-21T09:30:00Z', 2)).toBe('2026-11-24T09:30:00.000Z');
    // Summer time begins on Sunday 29 March 2026: 10:00 in Norway is 09:00Z before and 08:00Z after.
    expect(add('2026-03-27T09:00:00Z', 1)).toBe('2026-03-30T08:00:00.000Z');
  });

  it('skips Easter, the days of May and Christmas', () => {
    expect(add('2027-03-24T12:00:00Z', 2)).toBe('2027-03-31T11:00:00.000Z');
    expect(add('2027-05-14T10:00:00Z', 1)).toBe('2027-05-18T10:00:00.000Z');
    expect(add('2026-12-24T11:00:00Z', 1)).toBe('2026-12-28T11:00:00.000Z');
  });

  it.each(['2027-01-01', '2027-03-25', '2027-03-26', '2027-03-29', '2027-05-06', '2027-05-17', '2026-05-25'])(
    '%s is a holiday',
    (date) => {
      expect(isWorkingDay(Temporal.PlainDate.from(date))).toBe(false);
    },
  );

  it('counts Christmas Eve and New Year’s Eve as working days', () => {
    expect(isWorkingDay(Temporal.PlainDate.from('2026-12-24'))).toBe(true);
    expect(isWorkingDay(Temporal.PlainDate.from('2026-12-31'))).toBe(true);
  });
});
