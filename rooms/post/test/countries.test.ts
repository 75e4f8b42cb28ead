import iso from 'i18n-iso-countries/codes.json' with { type: 'json' };
import de from 'i18n-iso-countries/langs/de.json' with { type: 'json' };
import en from 'i18n-iso-countries/langs/en.json' with { type: 'json' };
import nb from 'i18n-iso-countries/langs/nb.json' with { type: 'json' };
import nn from 'i18n-iso-countries/langs/nn.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { unprintable } from '../pdf/front-page-fonts.ts';
import { findCountry, nearestCountry, postageZone, printedCountry } from '../service/countries.ts';

const NORWEGIAN = ['NO', 'SJ', 'BV'];
/** Names that mean two countries even in one list: who writes them must say which. */
const AMBIGUOUS = new Set(['Kongo', 'Congo']);

const names = (code: string): string[] =>
  [nb, nn, en, de].flatMap(({ countries }) => (countries as Record<string, string | string[]>)[code] ?? []);

describe('countries', () => {
  it('have one zone and one printed name, by code and by every name in nb, nn, en and de', () => {
    expect(iso.length).toBeGreaterThan(245);
    let tried = 0;
    for (const [alpha2, alpha3] of iso) {
      const country = findCountry(alpha2);
      expect(country?.code).toBe(alpha2);
      const spelled = names(alpha2!);
      for (const language of ['nb', 'nn', 'en', 'de']) {
        const name = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' }).of(alpha2!);
        if (name) spelled.push(name);
      }
      const single = spelled.filter((name) => !AMBIGUOUS.has(name));
      for (const name of [
        alpha2!.toLowerCase(),
        alpha3!,
        ...single,
        ...single.map((name) => ` ${name.toUpperCase()} `),
      ]) {
        tried++;
        expect(findCountry(name), `${alpha2} ${name}`).toBe(country);
      }
      if (NORWEGIAN.includes(alpha2!)) {
        expect(country).toMatchObject({ zone: 'norway', printedName: undefined });
      } else {
        expect(country!.printedName).toBe(country!.printedName!.toLocaleUpperCase('nb'));
        // What is printed is understood as the same country, and can be printed.
        expect(findCountry(country!.printedName!)?.code, country!.printedName).toBe(alpha2);
        expect(unprintable(country!.printedName!)).toEqual([]);
      }
    }
    expect(tried).toBeGreaterThan(2000);
    const printed = iso.map(([code]) => printedCountry(code)).filter((name) => name !== undefined);
    expect(new Set(printed).size).toBe(printed.length);
  });

  it.each([
    [
      'norway',
      [
        '',
        ' ',
        '\u200b',
        'no',
        'NOR',
        'Norge',
        'NOREG',
        'Norga',
        'Norwegen',
        'Kongeriket Norge',
        'Norge (Norway)',
        'Svalbard',
        'SJ',
        'Jan Mayen',
      ],
    ],
    [
      'europe',
      [
        'Germany',
        'Deutschland',
        'Sweden',
        'Denmark',
        'Great Britain',
        'United Kingdom',
        'UK',
        'England',
        'Ireland',
        'Tsjekkia',
        'Hellas',
        'Ungarn',
        'Romania',
        'Bulgaria',
        'Kroatia',
        'Slovakia',
        'Slovenia',
        'Malta',
        'Kypros',
        'Luxembourg',
        'Ukraina',
        'UA',
        'Serbia',
        'RS',
        'Færøyene',
        'Færøyane',
        'Grønland',
        'Åland',
        'ÅLAND',
        'Aland',
        'Monaco',
        'Holland',
        'the Netherlands',
        'SE - Sverige',
        'Österreich',
        'O\u0308sterreich',
      ],
    ],
    ['world', ['USA', 'U.S.A.', 'United States', 'Kina', 'Thailand', 'Sør-Afrika', 'Réunion', 'Georgia']],
  ] as const)('are of zone %s, however they are written', (zone, written) => {
    for (const land of written) expect(postageZone(land), land).toBe(zone);
  });

  it('that nobody knows are told as such, with the name that was likely meant', () => {
    for (const land of ['Atlantis', 'Syden', 'Kongo', 'Norge (Sverige)', '12', 'Oslo', 'XX', 'constructor'])
      expect(findCountry(land), land).toBeUndefined();
    expect(nearestCountry('Tysklnd')).toBe('Tyskland');
    expect(nearestCountry('Atlantis')).toBeUndefined();
    expect([postageZone('Atlantis'), printedCountry('Atlantis')]).toEqual(['world', 'Atlantis']);
  });

  it('are printed by one name each', () => {
    expect(['SE', 'sweden', 'Sverige', 'GB', 'Åland', 'CD', 'CG', 'IM'].map(printedCountry)).toEqual([
      'SVERIGE',
      'SVERIGE',
      'SVERIGE',
      'STORBRITANNIA',
      'ÅLAND',
      'KONGO-KINSHASA',
      'KONGO-BRAZZAVILLE',
      'ISLE OF MAN',
    ]);
  });
});
