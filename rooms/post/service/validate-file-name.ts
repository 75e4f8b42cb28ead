import { isBlank, turnsDirection } from '@grunnmur/kernel/text';
import { FORSENDELSE_LIMITS } from './forsendelse-limits.ts';
import type { Report } from './invalid-content.ts';

/** SvarUt: none of `" < > ? * | : \ /`. Controls are added here: they have no place in a name or in a header. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what the rule is about
const FORBIDDEN = /["<>?*|:\\/\u0000-\u001f\u007f-\u009f]/;

/** The rules of one file name; uniqueness is checked where all names are known. */
export function validateFileName(field: string, name: string, report: Report): void {
  if (isBlank(name)) report(field, 'required', 'mangler');
  if ([...name].length > FORSENDELSE_LIMITS.filnavn) {
    report(field, 'maxLength', `høyst ${FORSENDELSE_LIMITS.filnavn} tegn`);
  }
  if (FORBIDDEN.test(name) || turnsDirection(name) || /^\.+$/.test(name)) {
    report(field, 'fileName', 'kan ikke ha noen av tegnene " < > ? * | : \\ / eller styretegn');
  }
}
