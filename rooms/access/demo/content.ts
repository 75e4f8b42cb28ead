import type { Population } from '@grunnmur/registers';
import type { DemoInput } from '../service/seed-demo.ts';
import { DEMO_KONTO, DEMO_ORGNR } from './ids.ts';

/** What a sender system asks for: to send letters, and the recipient's name and address. */
const SENDER_SCOPES = ['ks:fiks', 'folkeregister:deling/offentligmedhjemmel'] as const;

const KINDS: Readonly<Record<string, 'kommune' | 'fylkeskommune' | 'leverandor' | 'annet'>> = {
  [DEMO_ORGNR.eksempel]: 'kommune',
  [DEMO_ORGNR.dome]: 'kommune',
  [DEMO_ORGNR.prove]: 'fylkeskommune',
  [DEMO_ORGNR.leverandor]: 'leverandor',
};

/** Name of the integration whose client Grunnmur itself uses in a demonstration. */
export const OWN_INTEGRATION = 'Grunnmur';

/** Turid Ærfuglvågen works in two organisations, and is a citizen like the others. */
const STAFF_SITUATION = 'sole-proprietor';

export interface DemoStaff {
  readonly fnr: string;
  readonly name: string;
  /** What she may do where, for people. */
  readonly role: string;
}

/** The persons of the demonstration who work in organisations: they are listed apart from citizens. */
export function demoStaff({ demoPersons }: Population): readonly DemoStaff[] {
  const person = demoPersons.find(({ situation }) => situation === STAFF_SITUATION);
  return person
    ? [{ fnr: person.fnr, name: person.name, role: 'Eksempel kommune, Prøve fylkeskommune' }]
    : [];
}

/** Organisations, integrations, accounts and receiving systems of the demonstration. */
export function demoAccessInput(population: Population, ownScopes: readonly string[]): DemoInput {
  const [staff] = demoStaff(population);
  return {
    organisations: population.demoOrganisations.map(({ orgnr, name }) => ({
      orgnr,
      name,
      language: orgnr === DEMO_ORGNR.dome ? 'nn' : 'nb',
      kind: KINDS[orgnr] ?? 'annet',
    })),
    integrations: [
      {
        name: 'Eksempel sak og arkiv',
        orgnr: DEMO_ORGNR.eksempel,
        svarutKontoIds: [DEMO_KONTO.eksempel, DEMO_KONTO.eksempelTeknisk],
        scopes: SENDER_SCOPES,
      },
      {
        name: 'Døme sak og arkiv',
        orgnr: DEMO_ORGNR.dome,
        svarutKontoIds: [DEMO_KONTO.dome],
        scopes: SENDER_SCOPES,
      },
      {
        name: 'Prøve skoleskyss',
        orgnr: DEMO_ORGNR.prove,
        svarutKontoIds: [DEMO_KONTO.prove],
        scopes: SENDER_SCOPES,
      },
      { name: OWN_INTEGRATION, orgnr: DEMO_ORGNR.leverandor, svarutKontoIds: [], scopes: ownScopes },
    ],
    svarutV1Accounts: [
      { username: 'eksempel', orgnr: DEMO_ORGNR.eksempel, kontoId: DEMO_KONTO.eksempel },
      { username: 'dome', orgnr: DEMO_ORGNR.dome, kontoId: DEMO_KONTO.dome },
    ],
    roles: staff
      ? [
          { fnr: staff.fnr, orgnr: DEMO_ORGNR.eksempel, role: 'kontoadministrator' },
          { fnr: staff.fnr, orgnr: DEMO_ORGNR.prove, role: 'loggleser' },
        ]
      : [],
    mottakersystemer: [
      { username: 'eksempel-mottak', name: 'Eksempel postmottak', orgnr: DEMO_ORGNR.eksempel },
      { username: 'prove-mottak', name: 'Prøve postmottak', orgnr: DEMO_ORGNR.prove },
    ],
  };
}
