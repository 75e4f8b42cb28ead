import { DEMO_KONTO as KONTO, DEMO_ORGNR as ORGNR } from '@grunnmur/access';
import type { PostDemo } from '../service/seed-demo.ts';
import type { Letterhead } from './letter-paper.ts';

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
