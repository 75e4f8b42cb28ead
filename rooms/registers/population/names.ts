import type { Random } from './random.ts';

/**
 * Given names are ordinary; family names are compounds made here, so that hardly anybody can be called this. The
 * Northern Sámi parts bring every letter of the alphabet that Norwegian lacks: á č đ ŋ š ŧ ž.
 */
const WOMEN =
  `Solveig Ragnhild Ingeborg Astrid Turid Sigrun Gudrun Marit Kari Liv Synnøve Torhild Åse Bjørg Ågot Eldbjørg
Nora Emma Sofie Ida Thea Frida Ylva Tuva Sunniva Vilde Maren Jorunn Randi Hjørdis Øyvor Dagny Aud Borghild Embla Selma
Amina Fatuma Zofia Katarzyna Linnea Oddny Gjertrud Aslaug`.split(/\s+/);
const MEN =
  `Torgeir Håkon Øystein Åsmund Sverre Olav Gudbrand Halvor Tarjei Bjørn Sindre Eirik Lars Per Jon Magnus Trygve
Leif Odd Arne Kåre Asbjørn Jørgen Søren Rådgeir Ødger Noah Jakob Emil Filip Oskar Ludvik Aksel Birk Storm Vetle Yusuf
Mohammed Piotr Tomasz Mikkel Sjur Ånund Ørjan`.split(/\s+/);
const SAMI_WOMEN =
  'Máret Ánne Risten Elle Biret Inga-Máret Sárá Láilá Sunná Čálli Áilin Káre Rávdná Gáddjá'.split(' ');
const SAMI_MEN =
  'Áilu Ánte Jovnna Niillas Máhtte Issát Ásllat Ovllá Heaika Jáhkoš Duommá Piera Čiekčá Áŋŋel'.split(' ');

const NORDIC_FIRST =
  `Tåke Skodde Nattergal Kråkesølv Regnbue Stjerne Månelys Ærfugl Blåbær Tyttebær Multe Mose Røyskatt
Gaupe Hønsehauk Spurve Lerke Sølv Kobber Rav Bjørkeløv Hassel Rogne Einer Furukongle Granbar Lyng Røsslyng Tistel
Kløver Sommerfugl Øyenstikker Humle Bekkeblom Isrose Snøkrystall Vinterlys Høstvind Vårflom Nordavind`.split(
    /\s+/,
  );
const NORDIC_LAST =
  `dalen bakken haugen vika vågen sundet neset holmen myra enga åsen lia fossen tjernet bekken moen
hølen tangen øya skaret ura brekka`.split(/\s+/);
const SAMI_FIRST =
  `Guovža Čáhppes Šaldi Jieŋa Muoŧŧá Ruoŋas Ráđđe Čuovga Skábma Beaivváš Násti Duottar Gálbá Vuoŋis Šuokŋa
Dážža Boazu Rievssat Goaskin Čeavrrá`.split(/\s+/);
const SAMI_LAST = 'jávri johka várri vuotna njárga luokta duottar čohkka vággi sátku gáddi šaldi'.split(' ');

export interface Name {
  readonly firstName: string;
  readonly middleName?: string;
  readonly lastName: string;
  readonly sami: boolean;
}

/** About one name in eight is Sámi, one in fifty very long. */
export function createName(random: Random, sex: 'kvinne' | 'mann'): Name {
  if (random.chance(12)) {
    const lastName = samiFamilyName(random);
    return { firstName: random.pick(sex === 'kvinne' ? SAMI_WOMEN : SAMI_MEN), lastName, sami: true };
  }
  const given = sex === 'kvinne' ? WOMEN : MEN;
  if (random.chance(2)) return longName(random, given);
  const firstName = random.chance(10) ? `${random.pick(given)}-${random.pick(given)}` : random.pick(given);
  const lastName = familyName(random);
  return random.chance(15)
    ? { firstName, middleName: familyName(random), lastName, sami: false }
    : { firstName, lastName, sami: false };
}

/** Same family name, new given name. */
export function createGivenName(random: Random, sex: 'kvinne' | 'mann', sami: boolean): string {
  if (sami) return random.pick(sex === 'kvinne' ? SAMI_WOMEN : SAMI_MEN);
  return random.pick(sex === 'kvinne' ? WOMEN : MEN);
}

/** An invented Norwegian compound, used for families, places, streets and companies. */
export function familyName(random: Random): string {
  return `${random.pick(NORDIC_FIRST)}${random.pick(NORDIC_LAST)}`;
}

function samiFamilyName(random: Random): string {
  return `${random.pick(SAMI_FIRST)}${random.pick(SAMI_LAST)}`;
}

/** Street names: the compound without its own ending. */
export function streetName(random: Random): string {
  return random.chance(12)
    ? `${random.pick(SAMI_FIRST)}geaidnu`
    : `${random.pick(NORDIC_FIRST)}${random.pick(['stien', 'veien', 'gata', 'bakken', 'vegen', 'kroken', 'tunet', 'allé'])}`;
}

function longName(random: Random, given: readonly string[]): Name {
  const firstName = `${random.pick(given)}-${random.pick(given)} ${random.pick(given)} ${random.pick(given)}`;
  const lastName = `${random.pick(NORDIC_FIRST)}skogs${familyName(random).toLowerCase()}-${familyName(random)}`;
  return { firstName, middleName: familyName(random), lastName, sami: false };
}
