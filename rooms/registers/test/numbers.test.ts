import { describe, expect, it } from 'vitest';
import {
  isSyntheticOrgnr,
  isValidFnr,
  isValidOrgnr,
  PERSON_NUMBER_TEXT,
  personNumberFault,
  personNumberKind,
  personNumberRules,
} from '../contract.ts';
import { personControlDigits } from '../numbers/person-number.ts';

/** Control digits are computed here, so that no number of a possible person stands in the code. */
function numberOf(nine: string): string {
  return nine + personControlDigits(nine);
}

describe('identity numbers', () => {
  it.each([
    ['synthetic', '10915596784'],
    ['synthetic', '20914695016'],
    ['synthetic', numberOf('418194012')],
    ['help', '13527248013'],
    ['fnr', numberOf('010100500')],
    ['dnr', numberOf('410100501')],
  ])('knows the series %s', (kind, value) => {
    expect(personNumberKind(value)).toBe(kind);
  });

  it('counts Tenor and help numbers as synthetic, and keeps real series when synthetic ones are refused', () => {
    const rules = { synthetic: false };
    expect(isValidFnr('10915596784', rules)).toBe(false);
    expect(isValidFnr('13527248013', rules)).toBe(false);
    expect(isValidFnr(numberOf('010100500'), rules)).toBe(true);
    expect(isValidFnr(numberOf('410100501'), rules)).toBe(true);
  });

  it.each([
    ['first control digit', '10915596794'],
    ['second control digit', '10915596785'],
    ['no such day', numberOf('329155967')],
    ['no such month', numberOf('109355967')],
    ['ten digits', '1091559678'],
    ['a letter', '1091559678x'],
    ['a line break after', '10915596784\n'],
    ['not text', 10915596784],
    ['nothing', undefined],
  ])('refuses: %s', (_why, value) => {
    expect(isValidFnr(value)).toBe(false);
  });

  it('finds every changed digit in a valid number', () => {
    const valid = '10915596784';
    for (let position = 0; position < 11; position++) {
      for (let change = 1; change <= 9; change++) {
        const digit = (Number(valid[position]) + change) % 10;
        const changed = valid.slice(0, position) + digit + valid.slice(position + 1);
        expect(isValidFnr(changed), `position ${position}`).toBe(false);
      }
    }
  });

  it('accepts the control digits of 2032 only when told to', () => {
    const valid2032 = '24913350150';
    expect(isValidFnr(valid2032)).toBe(false);
    expect(isValidFnr(valid2032, { control2032: true })).toBe(true);
    expect(isValidFnr('24913350096', { control2032: true })).toBe(false);
  });

  it('never gives control digits for a series that has none', () => {
    const without = Array.from(
      { length: 500 },
      (_, index) => `018190${String(index).padStart(3, '0')}`,
    ).filter((nine) => personControlDigits(nine) === null);
    expect(without.length).toBeGreaterThan(50);
    for (const nine of without) {
      for (let end = 0; end < 100; end++) {
        expect(isValidFnr(nine + String(end).padStart(2, '0'))).toBe(false);
      }
    }
  });
});

describe('numbers that an installation takes', () => {
  const SERIES = [
    ['fnr', numberOf('010100500')],
    ['dnr', numberOf('410100501')],
    ['Tenor', '10915596784'],
    ['Tenor D-number', numberOf('418194012')],
    ['NAV', '13527248013'],
    ['Norsk helsenett', numberOf('017100500')],
    ['Norsk helsenett D-number', numberOf('417100501')],
  ] as const;
  const REAL = ['fnr', 'dnr'];

  it.each(SERIES)('%s: in a demonstration, in production, and where all are', (series, value) => {
    const real = REAL.includes(series);
    expect(personNumberFault(value, personNumberRules(true))).toBe(real ? 'real' : undefined);
    expect(personNumberFault(value, personNumberRules(false))).toBe(real ? undefined : 'synthetic');
    expect(personNumberFault(value, personNumberRules(undefined))).toBeUndefined();
    for (const rules of [personNumberRules(true), personNumberRules(false)])
      expect(isValidFnr(value, rules)).toBe(personNumberFault(value, rules) === undefined);
  });

  it('refuses what is no number as such, whatever is taken', () => {
    for (const value of [
      '',
      '10915596785',
      '01819010001 ',
      null,
      10915596784,
      numberOf('016500500'),
      numberOf('017800500'),
    ])
      for (const demonstration of [true, false, undefined])
        expect(personNumberFault(value, personNumberRules(demonstration)), String(value)).toBe('invalid');
  });

  it('takes Norsk helsenett’s test numbers of every month, and of no day that is none', () => {
    for (let month = 1; month <= 12; month++) {
      const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
      for (let day = 1; day <= 39; day++) {
        const nine = `${String(day).padStart(2, '0')}${month + 65}00`;
        const control = Array.from({ length: 20 }, (_, nr) => `${nine}${500 + nr}`).find((each) =>
          personControlDigits(each),
        )!;
        const expected = day <= lengths[month - 1]! ? 'synthetic' : null;
        expect(personNumberKind(numberOf(control)), `${day}.${month}`).toBe(expected);
      }
    }
  });

  it('has a text for every fault', () => {
    expect(PERSON_NUMBER_TEXT.real).toContain('bare imot syntetiske');
  });
});

describe('organisation numbers', () => {
  it.each(['974760673', '984661185', '922020175', '310000000', '224031009'])('accepts %s', (orgnr) => {
    expect(isValidOrgnr(orgnr)).toBe(true);
  });

  it.each([
    ['control digit', '974760674'],
    ['control digit would be 10', '918731130'],
    ['series not in use', '123456785'],
    ['eight digits', '97476067'],
    ['spaces', '974 760 673'],
    ['a line break after', '974760673\n'],
    ['not text', 974760673],
  ])('refuses: %s', (_why, value) => {
    expect(isValidOrgnr(value)).toBe(false);
  });

  it('refuses synthetic numbers when told to', () => {
    expect(isSyntheticOrgnr('310000000')).toBe(true);
    expect(isValidOrgnr('310000000', { synthetic: false })).toBe(false);
    expect(isValidOrgnr('974760673', { synthetic: false })).toBe(true);
  });
});
