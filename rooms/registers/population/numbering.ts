import { organisationControlDigit } from '../numbers/organisation-number.ts';
import { personControlDigits } from '../numbers/person-number.ts';

/** Hands out numbers that were never issued to anybody, each once. */
export interface Numbering {
  /**
   * A Tenor number (month + 80): date, then an individual number of the right century and sex, then two control
   * digits. `start` spreads numbers of one day; the same calls give the same numbers.
   */
  person(born: string, sex: 'kvinne' | 'mann', start: number, dNumber?: boolean): string;
  /** The next number of the series 310000000–319999999. */
  organisation(): string;
}

/** Series for birth years 1900–1999 and 2000–2039 (folkeregisterforskriften § 2-2). */
const INDIVIDUAL_NUMBERS = { before2000: 0, from2000: 500, count: 500 } as const;
const FIRST_ORGANISATION_SERIAL = 31_000_000;

export function createNumbering(): Numbering {
  const taken = new Set<string>();
  let serial = FIRST_ORGANISATION_SERIAL;
  return {
    person: (born, sex, start, dNumber = false) => {
      const date = syntheticDate(born, dNumber);
      const first = born < '2000' ? INDIVIDUAL_NUMBERS.before2000 : INDIVIDUAL_NUMBERS.from2000;
      const parity = sex === 'kvinne' ? 0 : 1;
      for (let step = 0; step < INDIVIDUAL_NUMBERS.count; step++) {
        const offset = (start + step) % INDIVIDUAL_NUMBERS.count;
        if (offset % 2 !== parity) continue;
        const nine = `${date}${String(first + offset).padStart(3, '0')}`;
        const control = personControlDigits(nine);
        if (control === null || taken.has(nine)) continue;
        taken.add(nine);
        return nine + control;
      }
      throw new Error(`No numbers left for ${born}`);
    },
    organisation: () => {
      for (;;) {
        const eight = String(serial++);
        const control = organisationControlDigit(eight);
        if (control !== null) return eight + control;
      }
    },
  };
}

/** `DDMMYY` with 80 added to the month and, for D-numbers, 40 to the day. */
function syntheticDate(born: string, dNumber: boolean): string {
  const [year, month, day] = born.split('-') as [string, string, string];
  const digits = (value: number) => String(value).padStart(2, '0');
  return `${digits(Number(day) + (dNumber ? 40 : 0))}${digits(Number(month) + 80)}${year.slice(2)}`;
}
