import { idnr } from '@navikt/fnrvalidator';

/**
 * Which series a national identity number belongs to.
 *
 * - `fnr`, `dnr`: numbers of real persons (birth number, D-number with day + 40).
 * - `synthetic`: Tenor, the tax authority's synthetic population (month + 80), also as D-number. Never a real person.
 * - `help`: month + 40. Used both by NAV's test data and by local help numbers in health care; no national
 *   register knows it, so it counts as synthetic here.
 */
export type PersonNumberKind = 'fnr' | 'dnr' | 'synthetic' | 'help';

export interface PersonNumberRules {
  /** Accept synthetic series. Production passes `false`. Default `true`. */
  readonly synthetic?: boolean;
  /**
   * Accept the control digits that come into use on 2032-01-01 (remainder 0–3 for the first one). Default `false`:
   * until then such a number is a typing error, and a typing error here sends a letter to somebody else.
   */
  readonly control2032?: boolean;
}

const ELEVEN_DIGITS = /^\d{11}$/;
const K1_WEIGHTS = [3, 7, 6, 1, 8, 9, 4, 5, 2] as const;
const K2_WEIGHTS = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2] as const;

const KINDS: Readonly<Record<string, PersonNumberKind>> = {
  fnr: 'fnr',
  dnr: 'dnr',
  tnr: 'synthetic',
  'dnr-and-tnr': 'synthetic',
  hnr: 'help',
  'dnr-and-hnr': 'help',
};

/** The series of a number with a possible date and right control digits; `null` for anything else. */
export function personNumberKind(value: unknown, rules: PersonNumberRules = {}): PersonNumberKind | null {
  if (typeof value !== 'string' || !ELEVEN_DIGITS.test(value)) return null;
  const answer = idnr(value);
  if (answer.status !== 'valid') return null;
  if (!rules.control2032 && personControlDigits(value.slice(0, 9)) !== value.slice(9)) return null;
  const kind = KINDS[answer.type] ?? null;
  const synthetic = kind === 'synthetic' || kind === 'help';
  return synthetic && rules.synthetic === false ? null : kind;
}

/** Is this a birth number or D-number that the rules let in? Says nothing about whether the person exists. */
export function isValidFnr(value: unknown, rules?: PersonNumberRules): value is string {
  return personNumberKind(value, rules) !== null;
}

/**
 * The two control digits of nine digits by the rule in force until 2032 (folkeregisterforskriften § 2-2), or `null`
 * when a digit would be 10: such a number is never issued.
 */
export function personControlDigits(nine: string): string | null {
  const k1 = controlDigit(nine, K1_WEIGHTS);
  if (k1 === null) return null;
  const k2 = controlDigit(`${nine}${k1}`, K2_WEIGHTS);
  return k2 === null ? null : `${k1}${k2}`;
}

function controlDigit(digits: string, weights: readonly number[]): number | null {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  const digit = (11 - (sum % 11)) % 11;
  return digit === 10 ? null : digit;
}
