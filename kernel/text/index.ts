export { nearest } from './nearest.ts';

/**
 * Letters, digits, punctuation and signs, without those that leave no mark: default ignorable ones (zero-width characters,
 * soft hyphen, Hangul fillers, variation selectors), the braille pattern without dots, blanks for hieroglyphs, the
 * empty notehead, and the place of an object that is not there.
 */
const VISIBLE = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{DI}\u2800\u{13441}\u{13442}\u{1d159}\ufffc]]/v;

/** Embeddings, overrides and isolates of the bidirectional algorithm (UAX 9 §2); not its marks, which turn nothing. */
const DIRECTION_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/;

/**
 * Would a reader see nothing? Absent, empty, only spaces, only invisible characters, or only marks without a letter to
 * stand on. What is required must not be blank, and an optional value that is blank says nothing.
 */
export function isBlank(text: string | undefined): boolean {
  return text === undefined || !VISIBLE.test(text);
}

/**
 * Has the text characters that turn the reading direction? `exe.pdf` may then be shown for `fdp.exe` (Unicode TR 36
 * §2.3), and what stands behind it on a page may turn with it. Texts that are shown to people are refused with them:
 * Arabic and Hebrew are written without.
 */
export function turnsDirection(text: string): boolean {
  return DIRECTION_CONTROLS.test(text);
}
