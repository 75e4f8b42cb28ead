import { idnr } from '@navikt/fnrvalidator';

/**
 * Which series a national identity number belongs to.
 *
 * - `fnr`, `dnr`: numbers of real persons (birth number, D-number with day + 40).
 * - `synthetic`: Tenor, the tax authority's synthetic population (month + 80), also as D-number, and Norsk helsenett's
 *   test persons (month + 65). Never a real person.
 * - `help`: month + 40. Used both by NAV's test data and by local help numbers in health care; no national
 *   register knows it, so it counts as synthetic here.
 */
export type PersonNumberKind = 'fnr' | 'dnr' | 'synthetic' | 'help';

export interface PersonNumberRules {
  /** Accept synthetic series. Production passes `false`. Default `true`. */
  readonly synthetic?: boolean;
  /** Accept the series of real persons. A demonstration passes `false`. Default `true`. */
  readonly real?: boolean;
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

/**
 * The numbers that an installation takes: a demonstration those of invented persons only, also where a number of a real
 * person passes every check, for nobody should get used to typing one there; production those of real persons only.
 * Undefined: both.
 */
export function personNumberRules(demonstration: boolean | undefined): PersonNumberRules {
  return demonstration === undefined ? {} : { synthetic: demonstration, real: !demonstration };
}

/**
 * Why a number is refused: it is none (`invalid`), or it belongs to the series that the rules leave out.
 */
export type PersonNumberFault = 'invalid' | 'synthetic' | 'real';

/** What is wrong, for people; goes after the name of the field. */
export const PERSON_NUMBER_TEXT: Readonly<Record<PersonNumberFault, string>> = {
  invalid: 'er ikke et gyldig fødselsnummer eller d-nummer',
  synthetic: 'er et syntetisk nummer, og de tas bare imot i demonstrasjon og test',
  real: 'er ikke et syntetisk nummer: en demonstrasjon tar bare imot syntetiske fødselsnumre',
};

/** The series of a number with a possible date and right control digits; `null` for anything else. */
export function personNumberKind(value: unknown, rules: PersonNumberRules = {}): PersonNumberKind | null {
  return judge(value, rules).kind ?? null;
}

/** Is this a birth number or D-number that the rules let in? Says nothing about whether the person exists. */
export function isValidFnr(value: unknown, rules?: PersonNumberRules): value is string {
  return personNumberKind(value, rules) !== null;
}

/** Why the rules do not let a number in; undefined when they do. */
export function personNumberFault(
  value: unknown,
  rules: PersonNumberRules = {},
): PersonNumberFault | undefined {
  return judge(value, rules).fault;
}

type Judgement =
  | { readonly kind: PersonNumberKind; readonly fault?: undefined }
  | { readonly kind?: undefined; readonly fault: PersonNumberFault };

function judge(value: unknown, rules: PersonNumberRules): Judgement {
  const kind = seriesOf(value, rules.control2032 ?? false);
  if (!kind) return { fault: 'invalid' };
  const invented = kind === 'synthetic' || kind === 'help';
  if (invented && rules.synthetic === false) return { fault: 'synthetic' };
  if (!invented && rules.real === false) return { fault: 'real' };
  return { kind };
}

function seriesOf(value: unknown, control2032: boolean): PersonNumberKind | undefined {
  if (typeof value !== 'string' || !ELEVEN_DIGITS.test(value)) return undefined;
  if (!control2032 && personControlDigits(value.slice(0, 9)) !== value.slice(9)) return undefined;
  if (isHealthNetTest(value)) return 'synthetic';
  const answer = idnr(value);
  return answer.status === 'valid' ? KINDS[answer.type] : undefined;
}

const HEALTH_NET_MONTH = 65;

/** Norsk helsenett's test persons, a series that the library does not know: month + 65, D-numbers too. */
function isHealthNetTest(value: string): boolean {
  const month = Number(value.slice(2, 4)) - HEALTH_NET_MONTH;
  const day = Number(value.slice(0, 2)) % 40;
  // Every century's year of those two digits has the same leap day, but 1900: a test number may have it.
  const lastDay = new Date(Date.UTC(2000 + Number(value.slice(4, 6)), month, 0)).getUTCDate();
  const control = personControlDigits(value.slice(0, 9)) === value.slice(9);
  return (
    month >= 1 && month <= 12 && day >= 1 && day <= lastDay && Number(value.slice(0, 2)) <= 71 && control
  );
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
