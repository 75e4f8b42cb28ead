import type { AddressProtection } from '../contract.ts';
import { type ContactWish, createContact } from './create-contact.ts';
import { DEMO_WISHES } from './demo-person-list.ts';
import { createGivenName, createName, type Name } from './names.ts';
import type { Numbering } from './numbering.ts';
import { createAddress, PLACES, type Place } from './places.ts';
import { createRandom, type Random } from './random.ts';
import type { Situation, SyntheticContact, SyntheticPerson } from './types.ts';

/** How many of a thousand persons are in each situation; guardians follow from children, mailboxes fill up. */
const PER_THOUSAND = {
  child: 130,
  'sole-proprietor': 16,
  reserved: 40,
  'no-contact': 80,
  proxy: 12,
  'protected-address': 12,
  deceased: 25,
  altinn: 235,
} as const;

/** Years of birth. Fixed, not counted from today: the same seed gives the same people in ten years. */
const BORN: Readonly<Record<Situation, readonly [from: number, to: number]>> = {
  child: [2014, 2024],
  guardian: [1979, 1998],
  proxy: [1930, 1999],
  deceased: [1920, 1975],
  reserved: [1935, 2000],
  'no-contact': [1930, 2000],
  'protected-address': [1955, 2003],
  'sole-proprietor': [1955, 2002],
  altinn: [1938, 2006],
  'digital-mailbox': [1945, 2006],
};

const D_NUMBER_PERCENT = 2;

/** Persons while they are being linked to each other. */
type Draft = Omit<SyntheticPerson, 'guardians' | 'children'> & {
  proxyFnr?: string;
  readonly guardians: string[];
  readonly children: string[];
};

interface PersonWish {
  readonly situation: Situation;
  readonly sex: 'kvinne' | 'mann';
  readonly born: string;
  readonly name: Name;
  readonly place: Place;
  readonly address?: SyntheticPerson['address'];
  readonly language: SyntheticContact['language'];
  readonly protection?: AddressProtection;
  readonly diedOn?: string;
  readonly contact?: Pick<ContactWish, 'kind' | 'supplier'>;
  readonly numberStart: number;
  readonly dNumber?: boolean;
}

/** Demonstration persons first, then `count` in all, in families where there are children. */
export function createPersons(
  random: Random,
  numbering: Numbering,
  count: number,
): readonly SyntheticPerson[] {
  const persons = createDemoPersons(numbering);
  const quota = (situation: keyof typeof PER_THOUSAND) =>
    Math.round((count * PER_THOUSAND[situation]) / 1000);
  const add = (situation: Situation) => {
    const person = createPerson(random, numbering, persons.length, wishFor(random, situation));
    persons.push(person);
    return person;
  };

  for (let children = 0; children < quota('child'); ) children += addFamily(random, numbering, persons, add);
  for (const situation of Object.keys(PER_THOUSAND) as (keyof typeof PER_THOUSAND)[]) {
    if (situation === 'child' || situation === 'proxy') continue;
    for (let number = 0; number < quota(situation); number++) add(situation);
  }
  const able = persons.filter((person) => person.situation === 'altinn' || person.situation === 'guardian');
  for (let number = 0; number < quota('proxy'); number++) add('proxy').proxyFnr = random.pick(able).fnr;
  while (persons.length < count) add('digital-mailbox');
  return persons;
}

/** One or two parents with one to three children at one address. Returns the number of children. */
function addFamily(
  random: Random,
  numbering: Numbering,
  persons: Draft[],
  add: (situation: Situation) => Draft,
): number {
  const first = add('guardian');
  const parents = random.chance(60) ? [first, add('guardian')] : [first];
  const place = PLACES.find((entry) => entry.postalCode === first.address.postalCode)!;
  const children = 1 + random.int(3);
  for (let number = 0; number < children; number++) {
    const sex = random.chance(50) ? 'kvinne' : 'mann';
    const sami = first.contact.language === 'se';
    const name: Name = { firstName: createGivenName(random, sex, sami), lastName: first.lastName, sami };
    const wish: PersonWish = {
      ...wishFor(random, 'child'),
      sex,
      name,
      place,
      address: first.address,
      language: first.contact.language,
    };
    const child = createPerson(random, numbering, persons.length, wish);
    persons.push(child);
    for (const parent of parents) link(child, parent);
  }
  return children;
}

function link(child: Draft, guardian: Draft): void {
  child.guardians.push(guardian.fnr);
  guardian.children.push(child.fnr);
}

function createDemoPersons(numbering: Numbering): Draft[] {
  const random = createRandom('demonstration persons');
  const byKey = new Map<string, Draft>();
  for (const [index, demo] of DEMO_WISHES.entries()) {
    const { firstName, middleName, lastName } = demo;
    const home = byKey.get(demo.guardians?.[0] ?? '')?.address;
    const person = createPerson(random, numbering, index, {
      situation: demo.situation,
      sex: demo.sex,
      born: demo.born,
      name: { firstName, ...(middleName && { middleName }), lastName, sami: demo.language === 'se' },
      place: PLACES[(index * 2) % PLACES.length]!,
      ...(home && { address: home }),
      language: demo.language,
      ...(demo.protection && { protection: demo.protection }),
      ...(demo.diedOn && { diedOn: demo.diedOn }),
      contact: {
        ...(demo.contact && { kind: demo.contact }),
        ...(demo.supplier && { supplier: demo.supplier }),
      },
      numberStart: 100 + index,
    });
    for (const guardian of demo.guardians ?? []) link(person, byKey.get(guardian)!);
    if (demo.proxy) person.proxyFnr = byKey.get(demo.proxy)!.fnr;
    byKey.set(demo.key, person);
  }
  return [...byKey.values()];
}

function wishFor(random: Random, situation: Situation): PersonWish {
  const sex = random.chance(50) ? 'kvinne' : 'mann';
  const place = random.pick(PLACES);
  const name = createName(random, sex);
  const [from, to] = BORN[situation];
  return {
    situation,
    sex,
    born: createDate(random, from, to),
    name,
    place,
    language: createLanguage(random, place, name.sami),
    ...(situation === 'protected-address' && {
      protection: random.chance(60) ? 'confidential' : 'strictly-confidential',
    }),
    ...(situation === 'deceased' && { diedOn: createDate(random, 2015, 2025) }),
    numberStart: random.int(500),
    dNumber: situation !== 'child' && random.chance(D_NUMBER_PERCENT),
  };
}

function createPerson(random: Random, numbering: Numbering, index: number, wish: PersonWish): Draft {
  const { firstName, middleName, lastName } = wish.name;
  const contactWish = { situation: wish.situation, index, language: wish.language, ...wish.contact };
  return {
    fnr: numbering.person(wish.born, wish.sex, wish.numberStart, wish.dNumber),
    firstName,
    ...(middleName && { middleName }),
    lastName,
    name: [firstName, middleName, lastName].filter(Boolean).join(' '),
    sex: wish.sex,
    born: wish.born,
    situation: wish.situation,
    protection: wish.protection ?? 'none',
    ...(wish.diedOn && { diedOn: wish.diedOn }),
    address: wish.address ?? createAddress(random, wish.place),
    guardians: [],
    children: [],
    contact: createContact(random, contactWish),
  };
}

/** Day 1–28, so that every month has it. */
function createDate(random: Random, fromYear: number, toYear: number): string {
  const year = fromYear + random.int(toYear - fromYear + 1);
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return `${year}-${twoDigits(1 + random.int(12))}-${twoDigits(1 + random.int(28))}`;
}

function createLanguage(random: Random, place: Place, sami: boolean): SyntheticContact['language'] {
  if (sami && random.chance(50)) return 'se';
  if (random.chance(2)) return 'en';
  return place.language;
}
