import type { Address, AddressProtection } from '../contract.ts';
import type { Population } from '../population/create-population.ts';
import type { SyntheticPerson } from '../population/types.ts';

const GRADES: Readonly<Record<AddressProtection, string>> = {
  none: 'ugradert',
  client: 'klientadresse',
  confidential: 'fortrolig',
  'strictly-confidential': 'strengtFortrolig',
};

/** Tasks of the guardians in the population, from the national list of guardianship tasks. */
const PROXY_TASKS = [
  { vergeTjenestevirksomhet: 'kommune', vergeTjenesteoppgave: 'helseOgOmsorg' },
  { vergeTjenestevirksomhet: 'kommune', vergeTjenesteoppgave: 'sosialeTjenester' },
  { vergeTjenestevirksomhet: 'kommune', vergeTjenesteoppgave: 'byggOgEiendom' },
];

const BASIS = [
  'identifikasjonsnummer',
  'status',
  'navn',
  'kjoenn',
  'foedsel',
  'doedsfall',
  'bostedsadresse',
  'adressebeskyttelse',
];
const RELATIONS = ['familierelasjon', 'foreldreansvar', 'vergemaalEllerFremtidsfullmakt'];

/**
 * The person document with the parts asked for (data minimisation: `person-basis`, `relasjon-utvidet` or names of
 * single entities). The identity number is always there.
 */
export function toPersonDocument(person: SyntheticPerson, parts: readonly string[], population: Population) {
  const wanted = new Set(
    parts.flatMap((part) =>
      part === 'person-basis' ? BASIS : part === 'relasjon-utvidet' ? RELATIONS : [part],
    ),
  );
  wanted.add('identifikasjonsnummer');
  const entities = { ...basis(person), ...relations(person, population) };
  return Object.fromEntries(Object.entries(entities).filter(([name]) => wanted.has(name)));
}

function basis(person: SyntheticPerson) {
  const since = `${person.born}T00:00:00+01:00`;
  const version = {
    ajourholdstidspunkt: since,
    erGjeldende: true,
    kilde: 'KILDE_DSF',
    gyldighetstidspunkt: since,
  };
  const dNumber = Number(person.fnr[0]) >= 4;
  const grade = GRADES[person.protection];
  return {
    identifikasjonsnummer: [
      {
        ...version,
        status: 'iBruk',
        foedselsEllerDNummer: person.fnr,
        identifikatortype: dNumber ? 'dNummer' : 'foedselsnummer',
      },
    ],
    status: [{ ...version, status: person.diedOn ? 'doed' : dNumber ? 'midlertidig' : 'bosatt' }],
    navn: [
      {
        ...version,
        fornavn: person.firstName,
        ...(person.middleName && { mellomnavn: person.middleName }),
        etternavn: person.lastName,
      },
    ],
    kjoenn: [{ ...version, kjoenn: person.sex }],
    foedsel: [
      { ...version, foedselsdato: person.born, foedselsaar: person.born.slice(0, 4), foedeland: 'NOR' },
    ],
    ...(person.diedOn && { doedsfall: { ...version, doedsdato: person.diedOn } }),
    bostedsadresse: [{ ...version, adressegradering: grade, vegadresse: toRoadAddress(person.address) }],
    adressebeskyttelse: [{ ...version, graderingsnivaa: grade }],
  };
}

function toRoadAddress(address: Address) {
  const [, street, number, letter] = /^(.*?) (\d+)(?: ([A-Z]))?$/.exec(address.lines[0] ?? '') ?? [];
  return {
    kommunenummer: address.municipalityNumber,
    bruksenhetsnummer: 'H0101',
    adressenavn: street,
    adressenummer: { husnummer: number, ...(letter && { husbokstav: letter }) },
    poststed: { poststedsnavn: address.city, postnummer: address.postalCode },
  };
}

function relations(person: SyntheticPerson, population: Population) {
  const relation = (fnr: string, role: string, own: string) => ({
    erGjeldende: true,
    relatertPerson: fnr,
    relatertPersonsRolle: role,
    minRolleForPerson: own,
  });
  const parentRole = (fnr: string) => (population.findPerson(fnr)?.sex === 'mann' ? 'far' : 'mor');
  return {
    familierelasjon: [
      ...person.guardians.map((fnr) => relation(fnr, parentRole(fnr), 'barn')),
      ...person.children.map((fnr) => relation(fnr, 'barn', parentRole(person.fnr))),
    ],
    foreldreansvar: [
      ...person.guardians.map((fnr) => ({
        erGjeldende: true,
        ansvar: person.guardians.length > 1 ? 'felles' : parentRole(fnr),
        ansvarlig: fnr,
      })),
      ...person.children.map((fnr) => ({
        erGjeldende: true,
        ansvar: (population.findPerson(fnr)?.guardians.length ?? 0) > 1 ? 'felles' : parentRole(person.fnr),
        ansvarssubjekt: fnr,
      })),
    ],
    vergemaalEllerFremtidsfullmakt: person.proxyFnr
      ? [
          {
            erGjeldende: true,
            vergemaaltype: 'voksen',
            embete: 'statsforvalterenIPrøve',
            verge: { foedselsEllerDNummer: person.proxyFnr, tjenesteomraade: PROXY_TASKS },
          },
        ]
      : [],
  };
}
