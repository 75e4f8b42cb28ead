import { unprintable } from '../pdf/front-page-fonts.ts';
import type { Mottaker, NyForsendelse } from '../types.ts';
import { findCountry, nearestCountry } from './countries.ts';
import type { Report } from './invalid-content.ts';
import type { Advarsel } from './warnings.ts';

/** Characters named in one text. */
const MOST_NAMED = 5;

/**
 * What stands on the front page must be readable there: address and title whole, for a letter that says something else on
 * paper than on the screen is another letter. Signs in a title, as emoji, and what is only for orientation are left out
 * with a warning; see {@link printWarnings}.
 */
export function checkPrinted(f: NyForsendelse, report: Report): void {
  checkPrintedParty('/mottaker', f.mottaker, report);
  if (f.svarSendesTil) checkPrintedParty('/svarSendesTil', f.svarSendesTil, report);
  const words = unprintable(f.tittel).filter((character) => !isSign(character));
  if (words.length > 0) report('/tittel', 'printCharacters', charactersText(words));
}

/** Letters without documents are legal (SvarUt: metadata and links only), and seldom meant. */
export function contentWarnings({ dokumenter, lenker, kunDigitalLevering }: NyForsendelse): Advarsel[] {
  if (dokumenter.length === 0 && lenker.length === 0) return [{ kode: 'uten_innhold' }];
  const nothingPrinted = dokumenter.every((dokument) => dokument.ekskluderesFraUtskrift);
  return nothingPrinted && !kunDigitalLevering ? [{ kode: 'bare_forside' }] : [];
}

/** Characters of a letter that can be printed, but are left out on its front page. */
export function printWarnings(f: NyForsendelse): Advarsel[] {
  if (f.kunDigitalLevering) return [];
  const shown: [string, string | undefined][] = [
    ['/tittel', f.tittel],
    ['/eksternReferanse', f.eksternReferanse],
    ...f.dokumenter.flatMap(({ filnavn, ekskluderesFraUtskrift }, index): [string, string][] =>
      ekskluderesFraUtskrift ? [] : [[`/dokumenter/${index}/filnavn`, filnavn]],
    ),
  ];
  return shown.flatMap(([felt, text]) => {
    const missing = unprintable(text ?? '');
    return missing.length === 0
      ? []
      : [{ kode: 'tegn_ikke_skrevet', felt, params: { tegn: named(missing) } }];
  });
}

function checkPrintedParty(at: string, { navn, adresse = {} }: Mottaker, report: Report): void {
  const { land, ...lines } = adresse;
  for (const [field, text] of Object.entries({ navn, ...prefixed('adresse/', lines) })) {
    const missing = unprintable(text);
    if (missing.length > 0) report(`${at}/${field}`, 'printCharacters', charactersText(missing));
  }
  if (land !== undefined && !findCountry(land)) {
    const near = nearestCountry(land);
    const hint = near ? `. Mente du «${near}»?` : '';
    report(`${at}/adresse/land`, 'country', `er ikke et kjent land. Bruk landets navn eller ISO-kode${hint}`);
  }
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
}

/** Emoji and other signs, and what belongs to them; neither letters, digits nor their marks. */
function isSign(character: string): boolean {
  return /^[\p{S}\p{Emoji}\p{P}\p{Co}\p{Cn}]$/u.test(character);
}

function charactersText(missing: readonly string[]): string {
  return `har tegn som ikke kan skrives ut på forsiden (${named(missing)}). Bruk latinske bokstaver, eller send med kunDigitalLevering`;
}

/** As code points: some of them cannot be shown, or would turn the text around them. */
function named(characters: readonly string[]): string {
  const codes = characters
    .slice(0, MOST_NAMED)
    .map((character) => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`);
  return characters.length > MOST_NAMED ? `${codes.join(', ')} …` : codes.join(', ');
}
