import {
  boolsk,
  dato,
  eksternNoekkel,
  en,
  feilmeldinger,
  heltall,
  type JsonDefinisjoner,
  journalnummer,
  kodeMedVerdi,
  liste,
  medPrefiks,
  objekt,
  saksnummer,
  tekst,
} from './json.ts';

const PREFIKS = 'no.ks.fiks.saksfaser.v1.';

const saksJournalpostnummer = objekt({
  saksaar: heltall,
  sakssekvensnummer: heltall,
  journalpostnummer: heltall,
});

const referanseJournalpost = objekt(
  {},
  {
    systemId: tekst,
    registreringsId: tekst,
    journalnummer,
    saksJournalpostnummer,
    referanseEksternNoekkel: eksternNoekkel,
  },
);

const dokument = objekt(
  { id: tekst, filnavn: tekst, referanseDokumentfil: objekt({ id: tekst, url: tekst }) },
  { mimetype: tekst, dokumentdato: dato, arkivnavn: tekst, filstoerrelse: heltall },
);

const dokumentbeskrivelse = objekt({
  systemId: tekst,
  tittel: tekst,
  dokumenttype: kodeMedVerdi,
  dokumentobjekt: dokument,
});

const skjerming = objekt(
  { tilgangsrestriksjon: kodeMedVerdi, skjermingshjemmel: tekst },
  { skjermingOpphoererDato: dato, skjermingOpphoererAksjon: kodeMedVerdi },
);

const gradering = objekt(
  { grad: kodeMedVerdi, graderingsdato: dato, gradertAv: tekst },
  { nedgraderingsdato: dato, nedgradertAv: tekst },
);

const journalpost = objekt(
  { systemId: tekst, tittel: tekst },
  {
    skjerming,
    gradering,
    dokumentbeskrivelser: liste(dokumentbeskrivelse),
    registreringsid: tekst,
    offentligTittel: tekst,
    korrespondanseparter: liste(
      objekt({ korrespondanseparttype: kodeMedVerdi, korrespondansepartnavn: tekst }),
    ),
    journalaar: heltall,
    journalsekvensnummer: heltall,
    journalpostnummer: heltall,
    journalposttype: kodeMedVerdi,
    journalstatus: kodeMedVerdi,
    journaldato: dato,
    dokumentetsDato: dato,
  },
);

const milepel = objekt(
  { milepelId: tekst, beskrivelse: tekst, intern: boolsk },
  { milepeltype: kodeMedVerdi, frist: dato, utfoert: dato, planlagtUtfoert: dato, referanseJournalpost },
);

const fase = objekt(
  {
    faseid: tekst,
    fasenavn: tekst,
    kategori: kodeMedVerdi,
    status: en('Planlagt', 'UnderArbeid', 'Utfoert'),
  },
  {
    startdato: dato,
    sluttdato: dato,
    milepeler: liste(milepel),
    vedtak: kodeMedVerdi,
    journalposter: liste(journalpost),
  },
);

/** Payloads of Fiks Saksfaser v1 (fiks-io §5.6). */
export const SAKSFASER_V1_PAYLOADS: JsonDefinisjoner = {
  ...medPrefiks(PREFIKS, {
    'saksfaser.hent': objekt({ saksnummer }),
    'saksfaser.hent.resultat': objekt({
      saksnummer,
      sakstittel: tekst,
      saksansvarlig: tekst,
      faser: liste(fase),
    }),
    'saksfase.hent': objekt({ faseid: tekst }),
    'saksfase.hent.resultat': objekt({}, { fase }),
  }),
  ...feilmeldinger(PREFIKS),
};
