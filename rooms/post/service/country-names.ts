import iso from 'i18n-iso-countries/codes.json' with { type: 'json' };
import de from 'i18n-iso-countries/langs/de.json' with { type: 'json' };
import en from 'i18n-iso-countries/langs/en.json' with { type: 'json' };
import nb from 'i18n-iso-countries/langs/nb.json' with { type: 'json' };
import nn from 'i18n-iso-countries/langs/nn.json' with { type: 'json' };

/**
 * Languages whose names of countries are understood: ours, the neighbours', and those of our larger groups of people
 * abroad. Names are Unicode's (CLDR), with those of `i18n-iso-countries` beside, which has more than one for some.
 */
const LANGUAGES = [
  'nb',
  'nn',
  'se',
  'en',
  'de',
  'sv',
  'da',
  'fi',
  'is',
  'fr',
  'es',
  'it',
  'nl',
  'pl',
] as const;

/** What people write beside: parts of a country, names of before, and short forms. */
const ALSO: Readonly<Record<string, string>> = {
  NO: 'norga noregs-kongerike',
  SJ: 'svalbard jan-mayen spitsbergen',
  GB: 'uk england skottland scotland wales nord-irland northern-ireland det-forente-kongerike united-kingdom-of-great-britain-and-northern-ireland storbritannia-og-nord-irland',
  US: 'usa amerika amerikas-forente-stater de-forente-stater',
  NL: 'holland',
  GR: 'el',
  IE: 'eire',
  BY: 'hviterussland kviterussland belarus',
  CZ: 'tsjekkiske-republikk',
  RU: 'russiske-foderasjon',
  FO: 'foroyar',
  MK: 'makedonia',
  MM: 'burma',
  SZ: 'swaziland',
  CV: 'kapp-verde',
  VA: 'vatikanet vatikanstaten',
  PS: 'palestina',
  TW: 'republic-of-china',
  XK: 'xkx',
};

/** May stand before a name: «Kongeriket Norge», “the Netherlands”. */
const TITLES = new Set(
  'the den det of kongeriket kongedommet kongeriget konungariket kingdom republikken republiken republic forbundsrepublikken federal bundesrepublik fyrstedommet storhertugdommet'.split(
    ' ',
  ),
);

/** ISO 3166-1 alpha-2 of all countries and territories, and of Kosovo. */
export const COUNTRY_CODES: readonly string[] = iso.map(([alpha2]) => alpha2!);

/** A name without case, accents and separators, as its words. */
function words(text: string): string[] {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\p{M}.'’]/gu, '')
    .replace(/[øđðłßþæı]/g, (letter) => PLAIN[letter]!)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

const PLAIN: Readonly<Record<string, string>> = {
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ß: 'ss',
  þ: 'th',
  æ: 'ae',
  ı: 'i',
};

/** Key of every known name, and its code. A name that two countries have in different languages is none's. */
const KNOWN = buildKnown();

function buildKnown(): ReadonlyMap<string, string> {
  const codes = new Map<string, string>();
  for (const [alpha2, alpha3] of iso) {
    codes.set(alpha2!.toLowerCase(), alpha2!);
    codes.set(alpha3!.toLowerCase(), alpha2!);
  }
  const names = new Map<string, string | undefined>();
  const add = (name: string, code: string) => {
    const key = words(name).join('');
    names.set(key, names.has(key) && names.get(key) !== code ? undefined : code);
  };
  for (const language of LANGUAGES) {
    for (const style of ['long', 'short'] as const) {
      const cldr = new Intl.DisplayNames(language, { type: 'region', fallback: 'none', style });
      for (const code of COUNTRY_CODES) add(cldr.of(code) ?? code, code);
    }
  }
  for (const { countries } of [nb, nn, en, de]) {
    for (const [code, given] of Object.entries(countries)) for (const name of [given].flat()) add(name, code);
  }
  for (const [code, others] of Object.entries(ALSO)) for (const name of others.split(' ')) add(name, code);
  const known = new Map<string, string>();
  for (const [name, code] of names) if (code) known.set(name, code);
  // A code is a code, whatever it spells in some language.
  for (const [name, code] of codes) known.set(name, code);
  return known;
}

/** The code of a country as people and programs write it (name or ISO code); undefined when it is not known. */
export function countryCode(written: string): string | undefined {
  const whole = codeOf(written);
  if (whole) return whole;
  // «Sverige (Sweden)», «SE - Sverige»: every part must say the same.
  const parts = written.split(/[,/()|;]|\s[-–—]\s/).filter((part) => words(part).length > 0);
  const codes = new Set(parts.map(codeOf));
  return codes.size === 1 && parts.length > 1 ? [...codes][0] : undefined;
}

function codeOf(name: string): string | undefined {
  const left = words(name);
  while (left.length > 0) {
    const code = KNOWN.get(left.join(''));
    if (code) return code;
    if (!TITLES.has(left.shift()!)) return undefined;
  }
  return undefined;
}
