import type { DemoInput } from '@grunnmur/access/create';
import type { PostDemo } from '@grunnmur/post/create';
import type { Population } from '@grunnmur/registers/simulators';
import type { Letterhead } from './letter-paper.ts';

/** Stable ids, so that scripts written against one demonstration work against the next. */
export const KONTO = {
  eksempel: '11111111-1111-4111-8111-000000000001',
  eksempelTeknisk: '11111111-1111-4111-8111-000000000002',
  dome: '11111111-1111-4111-8111-000000000003',
  prove: '11111111-1111-4111-8111-000000000004',
} as const;

export const ORGNR = {
  eksempel: '310000000',
  dome: '310000019',
  prove: '310000027',
  leverandor: '310000035',
} as const;

/** Scopes of Grunnmur's own client: what it asks of registers and channels. */
export const OWN_SCOPES = [
  'krr:global/kontaktinformasjon.read',
  'krr:global/digitalpost.read',
  'folkeregister:deling/offentligmedhjemmel',
  'altinn:correspondence.write',
  'altinn:correspondence.read',
  'digitalpostinnbygger:send',
  'print',
] as const;

/** What a sender system asks for: to send letters, and the recipient's name and address. */
const SENDER_SCOPES = ['ks:fiks', 'folkeregister:deling/offentligmedhjemmel'] as const;

const KINDS: Readonly<Record<string, 'kommune' | 'fylkeskommune' | 'leverandor' | 'annet'>> = {
  [ORGNR.eksempel]: 'kommune',
  [ORGNR.dome]: 'kommune',
  [ORGNR.prove]: 'fylkeskommune',
  [ORGNR.leverandor]: 'leverandor',
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
export function demoAccessInput(population: Population): DemoInput {
  const [staff] = demoStaff(population);
  return {
    organisations: population.demoOrganisations.map(({ orgnr, name }) => ({
      orgnr,
      name,
      language: orgnr === ORGNR.dome ? 'nn' : 'nb',
      kind: KINDS[orgnr] ?? 'annet',
    })),
    integrations: [
      {
        name: 'Eksempel sak og arkiv',
        orgnr: ORGNR.eksempel,
        svarutKontoIds: [KONTO.eksempel, KONTO.eksempelTeknisk],
        scopes: SENDER_SCOPES,
      },
      { name: 'Døme sak og arkiv', orgnr: ORGNR.dome, svarutKontoIds: [KONTO.dome], scopes: SENDER_SCOPES },
      { name: 'Prøve skoleskyss', orgnr: ORGNR.prove, svarutKontoIds: [KONTO.prove], scopes: SENDER_SCOPES },
      { name: OWN_INTEGRATION, orgnr: ORGNR.leverandor, svarutKontoIds: [], scopes: OWN_SCOPES },
    ],
    svarutV1Accounts: [
      { username: 'eksempel', orgnr: ORGNR.eksempel, kontoId: KONTO.eksempel },
      { username: 'dome', orgnr: ORGNR.dome, kontoId: KONTO.dome },
    ],
    roles: staff
      ? [
          { fnr: staff.fnr, orgnr: ORGNR.eksempel, role: 'kontoadministrator' },
          { fnr: staff.fnr, orgnr: ORGNR.prove, role: 'loggleser' },
        ]
      : [],
    mottakersystemer: [
      { username: 'eksempel-mottak', name: 'Eksempel postmottak', orgnr: ORGNR.eksempel },
      { username: 'prove-mottak', name: 'Prøve postmottak', orgnr: ORGNR.prove },
    ],
  };
}

export interface DemoAccount {
  readonly orgnr: string;
  readonly id: string;
  readonly navn: string;
  /** Department, as its letters name it. */
  readonly enhet?: string;
  readonly adresselinje1: string;
  readonly postnummer: string;
  readonly sted: string;
  readonly telefon: string;
  readonly epost: string;
  /** Of its letters' mark. */
  readonly farge: string;
}

const EKSEMPEL = {
  orgnr: ORGNR.eksempel,
  adresselinje1: 'Rådhuset',
  postnummer: '0001',
  sted: 'EKSEMPELVIK',
  telefon: '00 00 00 01',
  epost: 'post@eksempel.example',
  farge: '#1f4e79',
};

/** The accounts that letters are sent from, with what stands on their paper. */
export const ACCOUNTS: Readonly<Record<keyof typeof KONTO, DemoAccount>> = {
  eksempel: { ...EKSEMPEL, id: KONTO.eksempel, navn: 'Eksempel kommune' },
  eksempelTeknisk: {
    ...EKSEMPEL,
    id: KONTO.eksempelTeknisk,
    navn: 'Eksempel kommune, teknisk etat',
    enhet: 'Teknisk etat',
  },
  dome: {
    orgnr: ORGNR.dome,
    id: KONTO.dome,
    navn: 'Døme kommune',
    adresselinje1: 'Kommunehuset',
    postnummer: '0002',
    sted: 'DØME',
    telefon: '00 00 00 02',
    epost: 'post@dome.example',
    farge: '#2e6b3a',
  },
  prove: {
    orgnr: ORGNR.prove,
    id: KONTO.prove,
    navn: 'Prøve fylkeskommune',
    enhet: 'Samferdsel',
    adresselinje1: 'Fylkeshuset',
    postnummer: '0003',
    sted: 'PRØVESTAD',
    telefon: '00 00 00 03',
    epost: 'post@prove.example',
    farge: '#7a2e4d',
  },
};

/** What stands on the paper of an account. */
export function letterhead(account: DemoAccount): Letterhead {
  const { enhet, adresselinje1, postnummer, sted } = account;
  return {
    // Accounts of a department have its name after the organisation's.
    name: account.navn.split(',')[0]!,
    orgnr: account.orgnr,
    ...(enhet ? { unit: enhet } : {}),
    address: [adresselinje1, `${postnummer} ${sted}`],
    phone: account.telefon,
    email: account.epost,
    colour: account.farge,
  };
}

/** The paper of an organisation's first account. */
export function organisationPaper(orgnr: string): Letterhead {
  return letterhead(Object.values(ACCOUNTS).find((account) => account.orgnr === orgnr)!);
}

interface SeededSystem {
  readonly id: string;
  readonly username: string;
  readonly orgnr: string;
  readonly certificatePem: string;
}

/** How the organisations are shown to their readers. */
const PROFILES: Readonly<Record<string, NonNullable<PostDemo['profil']>>> = {
  [ORGNR.eksempel]: {
    farge: 'blaa',
    adresse: 'Rådhuset, 0001 Eksempelvik',
    epost: 'post@eksempel.example',
    personvernEpost: 'personvern@eksempel.example',
    telefon: '00 00 00 01',
    nettsted: 'https://eksempel.example',
  },
  [ORGNR.dome]: { farge: 'groenn', epost: 'post@dome.example', telefon: '00 00 00 02' },
  [ORGNR.prove]: { farge: 'lilla', epost: 'post@prove.example' },
};

/** What the post room holds of one organisation. */
export function demoPost(orgnr: string, systems: readonly SeededSystem[]): PostDemo {
  const profil = PROFILES[orgnr];
  return {
    ...(profil ? { profil } : {}),
    kontoer: Object.values(ACCOUNTS)
      .filter((account) => account.orgnr === orgnr)
      .map(({ id, navn, adresselinje1, sted, postnummer }) => ({
        id,
        navn,
        innstillinger: { forside: { navn, adresselinje1, postnummer, poststed: sted } },
      })),
    mottakersystemer: systems
      .filter((system) => system.orgnr === orgnr)
      .map(({ id, username, certificatePem }) => ({
        id,
        navn: `${username} (SvarInn)`,
        brukernavn: username,
        sertifikatPem: certificatePem,
        ruting: [
          { orgnr, niva: 3 },
          { orgnr, niva: 4 },
          { orgnr, type: 'ks.byggesøknad', niva: 4 },
        ],
      })),
  };
}
