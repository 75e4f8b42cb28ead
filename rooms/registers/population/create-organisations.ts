import { familyName } from './names.ts';
import type { Numbering } from './numbering.ts';
import { COUNTY_SEATS, createAddress, PLACES, type Place } from './places.ts';
import type { Random } from './random.ts';
import type { OrganisationForm, SyntheticOrganisation, SyntheticPerson } from './types.ts';

type Industry = SyntheticOrganisation['industry'];

const ADMINISTRATION: Industry = { code: '84.110', description: 'Generell offentlig administrasjon' };
const SCHOOL: Industry = { code: '85.201', description: 'Ordinær grunnskoleundervisning' };
const SOFTWARE: Industry = { code: '62.010', description: 'Programmeringstjenester' };
const CULTURE: Industry = { code: '94.991', description: 'Aktiviteter i andre interesseorganisasjoner' };
const WASTE: Industry = { code: '38.110', description: 'Innsamling av ikke-farlig avfall' };
const TRADES: readonly (Industry & { readonly word: string })[] = [
  { word: 'Bakeri', code: '10.710', description: 'Produksjon av brød og ferske konditorvarer' },
  { word: 'Snekkeri', code: '43.320', description: 'Snekkerarbeid' },
  { word: 'Fisk', code: '10.209', description: 'Slakting, bearbeiding og konservering av fisk' },
  { word: 'Bygg', code: '41.200', description: 'Oppføring av bygninger' },
  { word: 'Regnskap', code: '69.201', description: 'Regnskap og bokføring' },
  { word: 'Transport', code: '49.410', description: 'Godstransport på vei' },
  { word: 'Gård', code: '01.500', description: 'Kombinert husdyrhold og planteproduksjon' },
  { word: 'Duodji', code: '32.990', description: 'Produksjon ikke nevnt annet sted' },
  { word: 'Data', code: SOFTWARE.code, description: SOFTWARE.description },
];

const COMPANIES = 130;
const ASSOCIATIONS = 50;
const COOPERATIVES = 14;
const INTERMUNICIPAL = 8;
const FOUNDATIONS = 10;

/** The organisations of guides and login pages: they come first, so that their numbers never change. */
const DEMO_ORGANISATIONS: readonly {
  name: string;
  form: OrganisationForm;
  place: number;
  industry: Industry;
}[] = [
  { name: 'Eksempel kommune', form: 'KOMM', place: placeOf('Eksempel'), industry: ADMINISTRATION },
  { name: 'Døme kommune', form: 'KOMM', place: placeOf('Døme'), industry: ADMINISTRATION },
  { name: 'Prøve fylkeskommune', form: 'FYLK', place: placeOf('Prøvesund'), industry: ADMINISTRATION },
  { name: 'Leverandøren AS', form: 'AS', place: placeOf('Tåkefjord'), industry: SOFTWARE },
  { name: 'Blåbærvåg Bakeri AS', form: 'AS', place: placeOf('Blåbærvåg'), industry: TRADES[0]! },
  { name: 'Nordlysfabrikken AS', form: 'AS', place: placeOf('Skoddeheim'), industry: TRADES[2]! },
  { name: 'Guovža Duodji SA', form: 'SA', place: placeOf('Jieŋavuotna'), industry: TRADES[7]! },
];
export const DEMO_ORGANISATION_COUNT = DEMO_ORGANISATIONS.length;

interface OrganisationWish extends Partial<SyntheticOrganisation> {
  readonly name: string;
  readonly form: OrganisationForm;
  readonly place: Place;
  readonly industry: Industry;
}

/** Municipalities, counties, companies, associations and the proprietors' businesses, with their parts and units. */
export function createOrganisations(
  random: Random,
  numbering: Numbering,
  persons: readonly SyntheticPerson[],
): readonly SyntheticOrganisation[] {
  const all: SyntheticOrganisation[] = [];
  const add = (wish: OrganisationWish) => {
    const organisation = createOrganisation(random, numbering.organisation(), wish);
    all.push(organisation);
    return organisation;
  };
  const main = DEMO_ORGANISATIONS.map((demo) => add({ ...demo, place: PLACES[demo.place]! }));
  for (const wish of [...publicBodies(), ...privateBodies(random), ...businesses(random, persons)])
    main.push(add(wish));
  for (const organisation of main) for (const wish of partsOf(random, organisation)) add(wish);
  return all;
}

/** The municipalities and counties that are not among the demonstration organisations. */
function publicBodies(): readonly OrganisationWish[] {
  const taken = new Set(DEMO_ORGANISATIONS.map((demo) => demo.name));
  const municipalities = PLACES.filter((_, index) => index % 2 === 0).map((place) => ({
    name: place.municipalityNumber.startsWith('96')
      ? `${place.municipalityName} suohkan – kommune`
      : `${place.municipalityName} kommune`,
    form: 'KOMM' as const,
    place,
    industry: ADMINISTRATION,
  }));
  const counties = COUNTY_SEATS.map((place) => ({
    name: `${place.countyName} fylkeskommune`,
    form: 'FYLK' as const,
    place,
    industry: ADMINISTRATION,
  }));
  return [...municipalities, ...counties].filter((wish) => !taken.has(wish.name));
}

function privateBodies(random: Random): readonly OrganisationWish[] {
  const some = (count: number, form: OrganisationForm, name: () => { name: string; industry: Industry }) =>
    Array.from({ length: count }, () => ({ ...name(), form, place: random.pick(PLACES), ...fate(random) }));
  const trade = (suffix: string) => () => {
    const industry = random.pick(TRADES);
    return { name: `${familyName(random)} ${industry.word} ${suffix}`, industry };
  };
  return [
    ...some(COMPANIES, 'AS', trade('AS')),
    ...some(COOPERATIVES, 'SA', trade('SA')),
    ...some(ASSOCIATIONS, 'FLI', () => ({
      name: `${familyName(random)} ${random.pick(['idrettslag', 'skolekorps', 'velforening', 'ungdomslag', 'searvi'])}`,
      industry: CULTURE,
    })),
    ...some(INTERMUNICIPAL, 'IKS', () => ({
      name: `${familyName(random)} Interkommunale Renovasjon IKS`,
      industry: WASTE,
    })),
    ...some(FOUNDATIONS, 'STI', () => ({ name: `Stiftelsen ${familyName(random)}`, industry: CULTURE })),
  ];
}

/** Few are bankrupt, deleted or removed; those are there to be met in tests. */
function fate(random: Random): Pick<SyntheticOrganisation, 'bankrupt' | 'removed'> & { deletedOn?: string } {
  const draw = random.int(100);
  return {
    bankrupt: draw < 3,
    removed: draw === 99,
    ...(draw >= 95 && draw < 99 && { deletedOn: `202${random.int(6)}-0${1 + random.int(9)}-15` }),
  };
}

function businesses(random: Random, persons: readonly SyntheticPerson[]): readonly OrganisationWish[] {
  return persons
    .filter((person) => person.situation === 'sole-proprietor')
    .map((person) => {
      const industry = random.pick(TRADES);
      const place = PLACES.find((entry) => entry.postalCode === person.address.postalCode)!;
      // A sole proprietorship's name must contain the owner's family name (foretaksnavneloven § 2-2).
      const name = `${industry.word} ${person.firstName} ${person.lastName}`;
      return { name, form: 'ENK' as const, place, industry, ownerFnr: person.fnr };
    });
}

function partsOf(random: Random, parent: SyntheticOrganisation): readonly OrganisationWish[] {
  const place = PLACES.find((entry) => entry.postalCode === parent.address.postalCode)!;
  const shared = { place, parentOrgnr: parent.orgnr, language: parent.language };
  if (parent.form === 'KOMM') {
    const parts =
      parent.language === 'nn' ? ['Oppvekst', 'Helse og meistring'] : ['Oppvekst', 'Helse og mestring'];
    return [
      ...parts.map((part) => ({
        ...shared,
        name: `${parent.name} ${part}`,
        form: 'ORGL' as const,
        industry: ADMINISTRATION,
      })),
      ...Array.from({ length: 3 }, () => ({
        ...shared,
        name: `${familyName(random)} ${parent.language === 'nn' ? 'skule' : 'skole'}`,
        form: 'BEDR' as const,
        industry: SCHOOL,
      })),
    ];
  }
  if (parent.deletedOn || parent.removed || parent.form === 'FLI') return [];
  const several = parent.form === 'FYLK' || parent.name === 'Nordlysfabrikken AS' || random.chance(15);
  return Array.from({ length: several ? 3 : 1 }, (_, index) => ({
    ...shared,
    name: index === 0 ? parent.name : `${parent.name} avd. ${random.pick(PLACES).municipalityName}`,
    form: 'BEDR' as const,
    place: index === 0 ? place : random.pick(PLACES),
    industry: parent.industry,
  }));
}

const EMPLOYEES: Readonly<Record<OrganisationForm, number>> = {
  KOMM: 1200,
  FYLK: 2500,
  ORGL: 400,
  AS: 40,
  SA: 12,
  IKS: 30,
  STI: 6,
  FLI: 2,
  ENK: 1,
  BEDR: 25,
};

function createOrganisation(random: Random, orgnr: string, wish: OrganisationWish): SyntheticOrganisation {
  const { place, industry, ...given } = wish;
  return {
    orgnr,
    address: createAddress(random, place),
    municipalityName: place.municipalityName,
    language: place.language,
    industry: { code: industry.code, description: industry.description },
    employees: random.int(EMPLOYEES[wish.form] + 1),
    registeredOn: `${1995 + random.int(29)}-0${1 + random.int(9)}-1${random.int(10)}`,
    bankrupt: false,
    removed: false,
    ...given,
  };
}

function placeOf(municipalityName: string): number {
  return PLACES.findIndex((place) => place.municipalityName === municipalityName);
}
