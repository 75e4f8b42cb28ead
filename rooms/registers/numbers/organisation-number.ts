/**
 * Organisation numbers are checked here and not by a library: the rule is one weighted sum, and the packages that
 * offer it bring checks for a hundred countries or accept numbers of any first digit.
 */
export interface OrganisationNumberRules {
  /** Accept synthetic numbers (first digit 2 or 3, as in the national test data). Production passes `false`. */
  readonly synthetic?: boolean;
}

const WEIGHTS = [3, 2, 7, 6, 5, 4, 3, 2] as const;
const NINE_DIGITS = /^[2389]\d{8}$/;

/** Nine digits, first digit of a series in use (8, 9; synthetic 2, 3) and the right control digit (mod 11). */
export function isValidOrgnr(value: unknown, rules: OrganisationNumberRules = {}): value is string {
  if (typeof value !== 'string' || !NINE_DIGITS.test(value)) return false;
  if (rules.synthetic === false && isSyntheticOrgnr(value)) return false;
  return organisationControlDigit(value.slice(0, 8)) === value[8];
}

/** Does the number belong to the synthetic series? Looks at the first digit only. */
export function isSyntheticOrgnr(orgnr: string): boolean {
  return orgnr.startsWith('2') || orgnr.startsWith('3');
}

/** The control digit of eight digits, or `null` when it would be 10: such a number is never issued. */
export function organisationControlDigit(eight: string): string | null {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(eight[index]), 0);
  const digit = (11 - (sum % 11)) % 11;
  return digit === 10 ? null : String(digit);
}
