import {
  isValidFnr,
  isValidOrgnr,
  PERSON_NUMBER_TEXT,
  personNumberFault,
  personNumberRules,
} from '@grunnmur/registers';

/** Which numbers the installation takes. */
export interface NumberRules {
  /** A demonstration takes synthetic persons only, production none; undefined takes all. */
  readonly synthetic?: boolean;
}

/** A person's number that the installation takes. */
export function isPersonId(id: string | undefined, { synthetic }: NumberRules): boolean {
  return isValidFnr(id, personNumberRules(synthetic));
}

/** An organisation's number that the installation takes. */
export function isOrganisationId(id: string | undefined, { synthetic }: NumberRules): boolean {
  return isValidOrgnr(id, { synthetic: synthetic ?? true });
}

/**
 * What is wrong with a digital id (a person's or an organisation's number), in words that say what to do; undefined
 * when nothing is. The text never contains the number.
 */
export function digitalIdFault(id: string, rules: NumberRules): string | undefined {
  if (isPersonId(id, rules) || isOrganisationId(id, rules)) return undefined;
  return writtenOtherwise(id) ?? digitsFault(id, rules);
}

/** The number may be right, but stands in another form than the field's. */
export function writtenOtherwise(id: string): string | undefined {
  if (/^0192:\s*\d{9}$/.test(id)) return 'skal være de ni sifrene alene, uten «0192:» foran';
  const digits = id.normalize('NFKC').replace(/[\s.\-–\p{DI}]/gu, '');
  if (digits !== id && /^(\d{9}|\d{11})$/.test(digits)) {
    return 'kan bare ha sifrene 0–9, uten mellomrom og skilletegn';
  }
  return undefined;
}

function digitsFault(id: string, { synthetic }: NumberRules): string {
  if (/^\d{11}$/.test(id)) return PERSON_NUMBER_TEXT[personNumberFault(id, personNumberRules(synthetic))!];
  if (!/^\d{9}$/.test(id)) return 'er ikke et gyldig fødselsnummer, d-nummer eller organisasjonsnummer';
  if (isValidOrgnr(id)) return 'er et syntetisk nummer, og de tas bare imot i demonstrasjon og test';
  return 'er ikke et gyldig organisasjonsnummer (kontrollsifferet stemmer ikke, eller serien er ikke i bruk)';
}
