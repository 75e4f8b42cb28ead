import { FORSENDELSE_LIMITS } from './forsendelse-limits.ts';
import type { Report } from './invalid-content.ts';

/** SvarUt: none of `" < > ? * | : \ /`. Controls are added here: they have no place in a name or in a header. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what the rule is about
const FORBIDDEN = /["<>?*|:\\/\u0000-\u001f\u007f-\u009f]/;

/** Characters that turn the reading direction: `exe.pdf` may then be shown for `fdp.exe` (Unicode TR 36 §2.3). */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/;

/** The rules of one file name; uniqueness is checked where all names are known. */
export function validateFileName(field: string, name: string, report: Report): void {
  if (name.trim() === '') report(field, 'required', 'mangler');
  if ([...name].length > FORSENDELSE_LIMITS.filnavn) {
    report(field, 'maxLength', `høyst ${FORSENDELSE_LIMITS.filnavn} tegn`);
  }
  if (FORBIDDEN.test(name) || BIDI_CONTROLS.test(name) || /^\.+$/.test(name)) {
    report(field, 'fileName', 'kan ikke ha noen av tegnene " < > ? * | : \\ / eller styretegn');
  }
}
