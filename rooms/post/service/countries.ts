import { isBlank, nearest } from '@grunnmur/kernel/text';
import { COUNTRY_CODES, countryCode } from './country-names.ts';

export type PostageZone = 'norway' | 'europe' | 'world';

/**
 * What the address of a letter says about its country, for validation, postage and front page alike (SvarUt: `land`
 * decides postage: Norway, Europe, rest of the world). Svalbard and Jan Mayen have Norwegian postal codes and postage.
 */
export interface Country {
  /** ISO 3166-1 alpha-2; XK is Kosovo. */
  readonly code: string;
  readonly zone: PostageZone;
  /** Last line of the address; undefined for Norway. */
  readonly printedName: string | undefined;
}

const NORWAY = new Set(['NO', 'SJ', 'BV']);

/**
 * Europe as posts count it: the United Nations' region (M49), with Færøyene, Grønland, Kypros, Tyrkia and Kosovo.
 * Not the Caucasus, and not the parts of France, Spain and Portugal that have codes of their own overseas.
 */
const EUROPE = new Set(
  (
    'AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GL GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK ' +
    'MT NL PL PT RO RS RU SE SI SK SM TR UA VA XK'
  ).split(' '),
);

/**
 * The Universal Postal Union wants the name of the country of destination in capitals on a line of its own, in the
 * language of the country that dispatches, which sorts by it. One name for each: bokmål.
 */
const names = new Intl.DisplayNames('nb', { type: 'region', fallback: 'none', style: 'short' });

/** «Kongo» could be either; «Man» alone says little on an envelope. */
const OTHER_NAMES: Readonly<Record<string, string>> = { CD: 'Kongo-Kinshasa', IM: 'Isle of Man' };

function norwegianName(code: string): string {
  return OTHER_NAMES[code] ?? names.of(code) ?? code;
}

const COUNTRIES: ReadonlyMap<string, Country> = new Map(
  COUNTRY_CODES.map((code) => {
    const norway = NORWAY.has(code);
    const printedName = norway ? undefined : norwegianName(code).toLocaleUpperCase('nb-NO');
    return [code, { code, zone: norway ? 'norway' : EUROPE.has(code) ? 'europe' : 'world', printedName }];
  }),
);
const HOME = COUNTRIES.get('NO')!;

/** The country of `land` in an address, by name or code; Norway when it says nothing, undefined when it is not known. */
export function findCountry(land: string | undefined): Country | undefined {
  if (land === undefined || isBlank(land)) return HOME;
  const code = countryCode(land);
  return code === undefined ? undefined : COUNTRIES.get(code);
}

/**
 * Postage zone of an address. Letters accepted before countries were checked may have one that nobody knows: the dearest
 * postage reaches anywhere.
 */
export function postageZone(land: string | undefined): PostageZone {
  return findCountry(land)?.zone ?? 'world';
}

/** Last line of the address: none for Norway, as it was written for one that nobody knows. */
export function printedCountry(land: string | undefined): string | undefined {
  const country = findCountry(land);
  return country ? country.printedName : land;
}

/** The Norwegian name that `land` resembles, for a hint. */
export function nearestCountry(land: string): string | undefined {
  return nearest(land.trim(), COUNTRY_CODES.map(norwegianName));
}
