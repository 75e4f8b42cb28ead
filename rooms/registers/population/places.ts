import type { Address } from '../contract.ts';
import { streetName } from './names.ts';
import type { Random } from './random.ts';

/** An invented municipality with its place and postal code. */
export interface Place {
  /** Of a county number (96–99) that does not exist. */
  readonly municipalityNumber: string;
  readonly municipalityName: string;
  readonly countyName: string;
  readonly postalCode: string;
  readonly city: string;
  readonly language: 'nb' | 'nn';
}

const COUNTIES: readonly {
  number: string;
  name: string;
  language: 'nb' | 'nn';
  municipalities: readonly string[];
}[] = [
  {
    number: '99',
    name: 'Prøve',
    language: 'nb',
    municipalities: ['Eksempel', 'Tåkefjord', 'Skoddeheim', 'Nattergaldal', 'Regnbuevik', 'Prøvesund'],
  },
  {
    number: '98',
    name: 'Mønster',
    language: 'nn',
    municipalities: ['Døme', 'Øyensund', 'Kråkesølv', 'Mønsterdal', 'Blåbærvåg', 'Røyskattnes'],
  },
  {
    number: '97',
    name: 'Lissom',
    language: 'nb',
    municipalities: ['Liksom', 'Påskudd', 'Innbilt', 'Ærfuglvær', 'Månelyst', 'Skinnvik'],
  },
  {
    number: '96',
    name: 'Guovžavárri',
    language: 'nb',
    municipalities: [
      'Jieŋavuotna',
      'Čáhppesjohka',
      'Šaldenjárga',
      'Ruoŋasduottar',
      'Muoŧŧágáddi',
      'Ráđđejávri',
    ],
  },
];

/** Postal codes count up from here: correct in form, in a stretch without known post offices. */
const FIRST_POSTAL_CODE = 9850;

/** The invented map: four counties, 24 municipalities, two postal places in each. */
export const PLACES: readonly Place[] = COUNTIES.flatMap((county, countyIndex) =>
  county.municipalities.flatMap((municipalityName, index) =>
    ['', 'sentrum'].map((suffix, place) => ({
      municipalityNumber: `${county.number}${String(index + 1).padStart(2, '0')}`,
      municipalityName,
      countyName: county.name,
      postalCode: String(FIRST_POSTAL_CODE + countyIndex * 12 + index * 2 + place),
      city: `${municipalityName} ${suffix}`.trim().toUpperCase(),
      language: county.language,
    })),
  ),
);

/** Counties with the place of their administration. */
export const COUNTY_SEATS: readonly Place[] = COUNTIES.map(
  (county) => PLACES.find((place) => place.countyName === county.name)!,
);

/** A street address that does not exist. */
export function createAddress(random: Random, place: Place): Address {
  const letter = random.chance(20) ? ` ${random.pick(['A', 'B', 'C', 'D'])}` : '';
  return toAddress(place, `${streetName(random)} ${1 + random.int(180)}${letter}`);
}

/** The address of one street line at a place. */
function toAddress(place: Place, line: string): Address {
  return {
    lines: [line],
    postalCode: place.postalCode,
    city: place.city,
    municipalityNumber: place.municipalityNumber,
    country: 'NO',
  };
}
