import {
  boolsk,
  feilmeldinger,
  flate,
  type JsonDefinisjoner,
  kode,
  liste,
  matrikkelnummer,
  medPrefiks,
  objekt,
  posisjon,
  tekst,
} from './json.ts';

const PREFIKS = 'no.ks.fiks.link.v1.';

const identifikator = objekt({ landkode: tekst, identifikator: tekst });

const kontakt = objekt(
  { navn: tekst },
  { personid: identifikator, etternavn: tekst, fornavn: tekst, organisasjonsnummer: identifikator },
);

const eiendom = objekt(
  {},
  {
    matrikkelnummer,
    eiere: liste(objekt({}, { eierforhold: kode, andel: kode, kontakt, matrikkelnummer })),
    eiendomadresser: liste(
      objekt({ adressetype: kode, adresse: tekst, postnummer: tekst, poststed: tekst, landkode: tekst }),
    ),
  },
);

const sesjon = objekt({ sesjonsId: tekst });

/**
 * Payloads of Fiks Link v1 (fiks-io §5.6). The types that only the published list has (`dokument`, `omraade`, `punkt`) have no
 * schema, and its errors have none either: those follow the other JSON protocols.
 */
export const LINK_V1_PAYLOADS: JsonDefinisjoner = {
  ...medPrefiks(PREFIKS, {
    'innsyn.flate.hent': sesjon,
    'innsyn.flate.hent.resultat': objekt({}, { omraade: flate }),
    'innsyn.kartutsnitt.hent': sesjon,
    'innsyn.kartutsnitt.hent.resultat': objekt({}, { filnavn: tekst }),
    'innsyn.naboliste.hent': objekt({
      sesjonsId: tekst,
      inkluderEiere: boolsk,
      inkluderEiendomadresser: boolsk,
    }),
    'innsyn.naboliste.hent.resultat': objekt({}, { naboeiendommer: liste(eiendom) }),
    'innsyn.posisjon.hent': sesjon,
    'innsyn.posisjon.hent.resultat': objekt({}, { punkt: posisjon }),
  }),
  ...feilmeldinger(PREFIKS),
};
