import { heltall, type JsonDefinisjoner, liste, objekt, tekst, tidspunkt } from './json.ts';

const avsender = objekt(
  {},
  {
    adresselinje1: tekst,
    adresselinje2: tekst,
    adresselinje3: tekst,
    navn: tekst,
    poststed: tekst,
    postnr: tekst,
  },
);

const mottaker = objekt(
  {},
  {
    adresse1: tekst,
    adresse2: tekst,
    adresse3: tekst,
    postnr: tekst,
    poststed: tekst,
    navn: tekst,
    land: tekst,
    orgnr: tekst,
    fnr: tekst,
  },
);

const metadataFraAvleverendeSystem = objekt(
  {},
  {
    saksaar: heltall,
    journalaar: heltall,
    journalsekvensnummer: heltall,
    journalpostnummer: heltall,
    journalposttype: tekst,
    journalstatus: tekst,
    journaldato: tidspunkt,
    dokumentetsDato: tidspunkt,
    tittel: tekst,
    saksBehandler: tekst,
    ekstraMetadata: liste(objekt({}, { key: tekst, value: tekst })),
  },
);

const metadataForImport = objekt(
  {},
  {
    sakssekvensnummer: heltall,
    saksaar: heltall,
    journalposttype: tekst,
    journalstatus: tekst,
    dokumentetsDato: tidspunkt,
    tittel: tekst,
  },
);

/**
 * The payload of SvarInn 2 (fiks-io §5.6). The published schema is not a valid one (`date-time` as a type, fields outside
 * `properties`), so this is our reading: a time is a string, and the fields outside are left free.
 */
export const SVARUT_FORSENDELSE_PAYLOADS: JsonDefinisjoner = {
  'no.ks.svarut.forsendelse.v1': objekt(
    {},
    {
      forsendelse: objekt(
        {},
        {
          avsender,
          mottaker,
          id: tekst,
          tittel: tekst,
          date: tidspunkt,
          metadataFraAvleverendeSystem,
          metadataForImport,
        },
      ),
      mottakerSystem: tekst,
    },
  ),
};
