import { createOrganisations, DEMO_ORGANISATION_COUNT } from './create-organisations.ts';
import { createPersons } from './create-persons.ts';
import { DEMO_WISHES } from './demo-person-list.ts';
import { createNumbering } from './numbering.ts';
import { createRandom } from './random.ts';
import type { DemoOrganisation, DemoPerson, SyntheticOrganisation, SyntheticPerson } from './types.ts';

export interface PopulationOptions {
  /** Any text. Another seed gives other people, but the same demonstration persons and organisations. */
  readonly seed?: string;
  /** Number of persons, 100–20 000. Default 5200. */
  readonly persons?: number;
}

export interface Population {
  readonly seed: string;
  readonly persons: readonly SyntheticPerson[];
  readonly organisations: readonly SyntheticOrganisation[];
  /** For login pages and guides: two or three of each situation. */
  readonly demoPersons: readonly DemoPerson[];
  readonly demoOrganisations: readonly DemoOrganisation[];
  findPerson(fnr: string): SyntheticPerson | undefined;
  findOrganisation(orgnr: string): SyntheticOrganisation | undefined;
}

export const DEFAULT_SEED = 'grunnmur';
const DEFAULT_PERSONS = 5_200;
const MIN_PERSONS = 100;
/** Identity numbers of one day run out above this. */
const MAX_PERSONS = 20_000;

/**
 * An invented population: the same on every machine and on every day for the same seed and size. Identity numbers
 * are of the Tenor series (month + 80), organisation numbers of 310000000–319999999; neither is issued to anybody.
 */
export function createPopulation(options: PopulationOptions = {}): Population {
  const seed = options.seed ?? DEFAULT_SEED;
  const count = options.persons ?? DEFAULT_PERSONS;
  if (!Number.isInteger(count) || count < MIN_PERSONS || count > MAX_PERSONS) {
    throw new RangeError(`A population has ${MIN_PERSONS} to ${MAX_PERSONS} persons`);
  }
  const random = createRandom(seed);
  const numbering = createNumbering();
  const persons = createPersons(random, numbering, count);
  const organisations = createOrganisations(random, numbering, persons);
  const byFnr = new Map(persons.map((person) => [person.fnr, person]));
  const byOrgnr = new Map(organisations.map((organisation) => [organisation.orgnr, organisation]));
  return {
    seed,
    persons,
    organisations,
    demoPersons: persons
      .slice(0, DEMO_WISHES.length)
      .map(({ fnr, name, situation }) => ({ fnr, name, situation })),
    demoOrganisations: organisations
      .slice(0, DEMO_ORGANISATION_COUNT)
      .map(({ orgnr, name, form }) => ({ orgnr, name, form })),
    findPerson: (fnr) => byFnr.get(fnr),
    findOrganisation: (orgnr) => byOrgnr.get(orgnr),
  };
}
