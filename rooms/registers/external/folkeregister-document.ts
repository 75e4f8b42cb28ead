import { type Static, Type } from 'typebox';
import type { Address, AddressProtection, Person, PersonName, Verge } from '../contract.ts';
import { checker, maybe, text } from './answer-schema.ts';

/** Each entity of the person document is a list of versions; most carry `erGjeldende`. */
function versions<const P extends Record<string, ReturnType<typeof maybe> | ReturnType<typeof text>>>(
  fields: P,
) {
  const version = Type.Object({ erGjeldende: maybe(Type.Boolean()), ...fields });
  return maybe(Type.Array(version, { maxItems: 500 }));
}

const identityNumber = () => maybe(Type.String({ pattern: '^[0-9]{11}$' }));

const RoadAddress = Type.Object({
  kommunenummer: maybe(text(10)),
  bruksenhetsnummer: maybe(text(10)),
  adressenavn: maybe(text()),
  adressenummer: maybe(Type.Object({ husnummer: maybe(text(10)), husbokstav: maybe(text(5)) })),
  coAdressenavn: maybe(text()),
  poststed: maybe(Type.Object({ poststedsnavn: maybe(text()), postnummer: maybe(text(10)) })),
});

const Task = Type.Object({ vergeTjenestevirksomhet: text(100), vergeTjenesteoppgave: maybe(text(100)) });

const Death = Type.Object({ erGjeldende: maybe(Type.Boolean()), doedsdato: maybe(text(10)) });

const PersonDocument = Type.Object({
  identifikasjonsnummer: Type.Array(
    Type.Object({
      erGjeldende: maybe(Type.Boolean()),
      foedselsEllerDNummer: Type.String({ pattern: '^[0-9]{11}$' }),
    }),
    { minItems: 1, maxItems: 500 },
  ),
  status: versions({ status: maybe(text(50)) }),
  navn: versions({ fornavn: text(), mellomnavn: maybe(text()), etternavn: text() }),
  foedsel: versions({ foedselsdato: maybe(text(10)) }),
  // Published both as a list and as one object.
  doedsfall: maybe(Type.Union([Death, Type.Array(Death, { maxItems: 50 })])),
  bostedsadresse: versions({ adressegradering: maybe(text(30)), vegadresse: maybe(RoadAddress) }),
  adressebeskyttelse: versions({ graderingsnivaa: text(30) }),
  foreldreansvar: versions({
    ansvar: maybe(text(30)),
    ansvarlig: identityNumber(),
    ansvarssubjekt: identityNumber(),
  }),
  vergemaalEllerFremtidsfullmakt: versions({
    verge: maybe(
      Type.Object({
        foedselsEllerDNummer: identityNumber(),
        tjenesteomraade: maybe(Type.Array(Task, { maxItems: 200 })),
      }),
    ),
  }),
});
export type PersonDocument = Static<typeof PersonDocument>;

/** Is this a person document as published by the population register (Skatteetaten, "Folkeregisteret – oppslag")? */
export const isPersonDocument = checker(PersonDocument);

/** The person as of now; historical versions are left out. */
export function toPerson(document: PersonDocument, fnr: string): Person | null {
  const name = current(document.navn)[0];
  if (!name) return null;
  const status = current(document.status)[0]?.status ?? 'ukjent';
  const death = [document.doedsfall ?? []].flat().filter((entry) => entry.erGjeldende !== false)[0];
  const born = current(document.foedsel)[0]?.foedselsdato;
  const protection = toProtection(document);
  const address = isGraded(protection) ? undefined : toAddress(document);
  const responsibility = current(document.foreldreansvar);
  return {
    fnr,
    name: toName(name),
    ...(born && { born }),
    status,
    deceased: status === 'doed' || death !== undefined,
    ...(death?.doedsdato && { diedOn: death.doedsdato }),
    protection,
    ...(address && { address }),
    guardians: others(
      responsibility.map((entry) => entry.ansvarlig),
      fnr,
    ),
    children: others(
      responsibility.map((entry) => entry.ansvarssubjekt),
      fnr,
    ),
    proxies: toProxies(document),
  };
}

/** Confidential or strictly confidential: the address must not be shown, nor the person be listed. */
export function isGraded(protection: AddressProtection): boolean {
  return protection === 'confidential' || protection === 'strictly-confidential';
}

const PROTECTION: Readonly<Record<string, AddressProtection>> = {
  ugradert: 'none',
  klientadresse: 'client',
  fortrolig: 'confidential',
  strengtFortrolig: 'strictly-confidential',
};
const STRICTNESS: readonly AddressProtection[] = ['none', 'client', 'confidential', 'strictly-confidential'];

/**
 * The strictest grading that stands anywhere in the document. A level we do not know counts as the strictest: a new
 * code must never open an address.
 */
function toProtection(document: PersonDocument): AddressProtection {
  const levels = [
    ...current(document.adressebeskyttelse).map((entry) => entry.graderingsnivaa),
    ...current(document.bostedsadresse).map((entry) => entry.adressegradering ?? 'ugradert'),
  ].map((level) => PROTECTION[level] ?? 'strictly-confidential');
  return levels.reduce<AddressProtection>(
    (strictest, level) => (STRICTNESS.indexOf(level) > STRICTNESS.indexOf(strictest) ? level : strictest),
    'none',
  );
}

function current<T extends { erGjeldende?: boolean | null }>(
  list: readonly T[] | null | undefined,
): readonly T[] {
  return (list ?? []).filter((entry) => entry.erGjeldende !== false);
}

function toName(name: { fornavn: string; mellomnavn?: string | null; etternavn: string }): PersonName {
  return { first: name.fornavn, ...(name.mellomnavn && { middle: name.mellomnavn }), last: name.etternavn };
}

function toAddress(document: PersonDocument): Address | undefined {
  const road = current(document.bostedsadresse)[0]?.vegadresse;
  if (!road?.poststed?.postnummer || !road.poststed.poststedsnavn) return undefined;
  const number = `${road.adressenummer?.husnummer ?? ''}${road.adressenummer?.husbokstav ?? ''}`;
  const street = [road.adressenavn, number].filter(Boolean).join(' ');
  return {
    lines: [road.coAdressenavn, street].filter((line): line is string => Boolean(line)),
    postalCode: road.poststed.postnummer,
    city: road.poststed.poststedsnavn,
    ...(road.kommunenummer && { municipalityNumber: road.kommunenummer }),
    country: 'NO',
  };
}

/** In a child's document `ansvarlig` is a parent; in a parent's document `ansvarssubjekt` is a child. */
function others(fnrs: readonly (string | null | undefined)[], self: string): readonly string[] {
  return [...new Set(fnrs)].filter((fnr): fnr is string => Boolean(fnr) && fnr !== self);
}

function toProxies(document: PersonDocument): readonly Verge[] {
  return current(document.vergemaalEllerFremtidsfullmakt).flatMap(({ verge }) => {
    if (!verge?.foedselsEllerDNummer) return [];
    const tasks = (verge.tjenesteomraade ?? []).flatMap((entry) =>
      entry.vergeTjenesteoppgave
        ? [{ area: entry.vergeTjenestevirksomhet, task: entry.vergeTjenesteoppgave }]
        : [],
    );
    return [{ fnr: verge.foedselsEllerDNummer, tasks }];
  });
}
