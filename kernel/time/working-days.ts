import { gregorianEaster } from 'date-easter';

const ZONE = 'Europe/Oslo';
const calendars = new Map<number, ReadonlySet<string>>();

/**
 * Adds whole Norwegian working days: Saturdays, Sundays and public holidays do not count. The clock time in Norway
 * stays the same; a start on a day off counts from the next working day's beginning of count, i.e. the first working
 * day after it is day 1.
 */
export function addWorkingDays(start: Date, days: number): Date {
  let moment = Temporal.Instant.fromEpochMilliseconds(start.getTime()).toZonedDateTimeISO(ZONE);
  for (let left = days; left > 0; ) {
    moment = moment.add({ days: 1 });
    if (isWorkingDay(moment.toPlainDate())) left--;
  }
  return new Date(moment.epochMilliseconds);
}

export function isWorkingDay(date: Temporal.PlainDate): boolean {
  return date.dayOfWeek <= 5 && !publicHolidays(date.year).has(date.toString());
}

/**
 * Norway's public holidays: lov om helligdager og helligdagsfred § 2 and lov om 1 og 17 mai som høgtidsdager. All
 * but Easter are fixed, so a general holiday library would bring 40 MB of memory for one computed date.
 */
function publicHolidays(year: number): ReadonlySet<string> {
  const known = calendars.get(year);
  if (known) return known;
  const { month, day } = gregorianEaster(year);
  const easter = Temporal.PlainDate.from({ year, month, day });
  const movable = [-3, -2, 0, 1, 39, 49, 50].map((offset) => easter.add({ days: offset }).toString());
  const fixed = ['01-01', '05-01', '05-17', '12-25', '12-26'].map((date) => `${year}-${date}`);
  const holidays = new Set([...fixed, ...movable]);
  calendars.set(year, holidays);
  return holidays;
}
