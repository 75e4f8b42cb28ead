import type { Navnerom } from '../xml/modell.ts';
import { arkivUri } from './arkiv-uri.ts';

const STRUKTUR: Navnerom = {
  uri: arkivUri('arkivstruktur'),
  merke: 'struktur',
  bruker: ['mdk'],
  verdier: [
    { base: 'xs:string', verdier: ['noekler', 'minimum', 'utvidet'], navn: 'responstype' },
    { base: 'xs:string', moenster: '[A-Z]{2}', navn: 'landkode' },
  ],
  typer: {
    mappe: `
      systemID mappeID referanseForeldermappe=mdk:referanseTilMappe? tittel offentligTittel? beskrivelse?
      noekkelord* dokumentmedium? opprettetDato opprettetAv avsluttetDato? avsluttetAv? arkivdel=mdk:kode?
      virksomhetsspesifikkeMetadata=xs:anyType? part* kryssreferanse* merknad* kassasjon? skjerming?
      gradering? klassifikasjon* referanseEksternNoekkel=mdk:eksternNoekkel? (mappe* | registrering*)
      mappetype=mdk:kode?
    `,
    saksmappe: `
      < mappe; saksaar sakssekvensnummer saksdato administrativEnhet saksansvarlig journalenhet?
      saksstatus presedens* matrikkelnummer* byggident* planident* punkt* adresse*
    `,
    klassifikasjon: 'klassifikasjonID? klassifikasjonssystemID klasseID tittel? erSkjermet?',
    part: `
      partID? partNavn partRolle (organisasjonID=organisasjonsID? | personID?)? postadresse* postnummer?
      poststed? landkode=mdk:landkode? epostadresse? telefonnummer* kontaktperson?
      virksomhetsspesifikkeMetadata=xs:anyType? erSkjermet? erPersonnavn?
    `,
    moetemappe: `
      < mappe; moetenummer utvalg moetedato moetested? referanseForrigeMoete? referanseNesteMoete?
      moetedeltaker*
    `,
    moetesak: `
      < registrering; moetesakstype moetesaksaar=mdk:saksaar moetesakssekvensnummer=mdk:sakssekvensnummer
      administrativEnhet? utredning? innstilling=mdk:moetesaksBeskrivelse? vedtak?
    `,
    utredning: `
      saksbeskrivelse=mdk:moetesaksBeskrivelse innstilling=mdk:moetesaksBeskrivelse
      utredningsdokumenter=dokumentbeskrivelse*
    `,
    vedtak: `
      vedtakstekst=mdk:moetesaksBeskrivelse votering* behandlingsprotokoll?
      vedtaksdokumenter=dokumentbeskrivelse* dato=mdk:vedtaksdato
    `,
    votering: 'moetedeltaker stemme=mdk:moeteStemme representerer?',
    moetedokument: '< registrering; moetedokumenttype',
    registrering: `
      systemID opprettetDato opprettetAv arkivertDato? arkivertAv?
      (referanseForelderMappe=mdk:referanseTilMappe | arkivdel=mdk:kode)? part* kassasjon? skjerming?
      gradering? dokumentbeskrivelse* registreringsID? tittel offentligTittel? beskrivelse? noekkelord*
      forfatter* dokumentmedium? virksomhetsspesifikkeMetadata=xs:anyType? merknad* kryssreferanse*
      korrespondansepart* klassifikasjon* referanseEksternNoekkel=mdk:eksternNoekkel?
    `,
    journalpost: `
      < registrering; journalaar journalsekvensnummer journalpostnummer journalposttype journalstatus
      journaldato dokumentetsDato? mottattDato? sendtDato? forfallsdato? offentlighetsvurdertDato?
      antallVedlegg? journalenhet? dokumentflyt* presedens* elektroniskSignatur? avskrivningsdato?
    `,
    journalpostMedSaksmappe: `
      < journalpost; saksaar sakssekvensnummer saksdato administrativEnhet saksansvarlig saksstatus
    `,
    korrespondansepart: `
      korrespondansepartID korrespondanseparttype erBehandlingsansvarlig=xs:boolean?
      korrespondansepartNavn (organisasjonid? | personid?)? postadresse* postnummer? poststed?
      landkode=mdk:landkode? epostadresse? telefonnummer* kontaktperson? administrativEnhet?
      saksbehandler? erSkjermet? erPersonnavn? forsendelsesmaate? deresReferanse=xs:string? avskrivning*
    `,
    avskrivning: `
      avskrivningsdato avskrevetAv=mdk:saksbehandler avskrivningsmaate
      referanseAvskrivesAvJournalpost=mdk:referanseTilJournalpost?
      referanseAvskriverJournalpost=mdk:referanseTilJournalpost?
    `,
    arkivnotat: `
      < registrering; dokumentetsDato? mottattDato? sendtDato? forfallsdato? offentlighetsvurdertDato?
      antallVedlegg? dokumentflyt*
    `,
    dokumentflyt: 'flytTil flytFra flytMottattDato flytSendtDato flytStatus flytMerknad?',
    dokumentbeskrivelse: `
      systemID dokumenttype dokumentstatus tittel beskrivelse? forfatter* opprettetDato opprettetAv
      dokumentmedium? arkivdel=mdk:kode? tilknyttetRegistreringSom dokumentnummer tilknyttetDato
      tilknyttetAv part* merknad* kassasjon? utfoertKassasjon? sletting? skjerming? gradering?
      elektroniskSignatur? dokumentobjekt*
    `,
    dokumentobjekt: `
      systemID versjonsnummer variantformat filnavn=xs:string format mimeType=xs:string? formatDetaljer?
      opprettetDato opprettetAv referanseDokumentfil sjekksum sjekksumAlgoritme filstoerrelse
      elektroniskSignatur? konvertering*
    `,
    konvertering: `
      konvertertDato konvertertAv konvertertFraFormat konvertertTilFormat konverteringsverktoey?
      konverteringskommentar?
    `,
    kryssreferanse: `
      kryssreferanseID referanseTilMappe? referanseTilRegistrering? referanseTilDokumentbeskrivelse?
    `,
    merknad: `
      merknadID? merknadstekst merknadstype? merknadsdato? merknadRegistrertAv? erSkjermet?
    `,
    kassasjon: 'kassasjonsvedtak kassasjonshjemmel? bevaringstid kassasjonsdato',
    utfoertKassasjon: 'kassertDato kassertAv',
    sletting: 'slettingstype slettetDato slettetAv',
    skjerming: `
      tilgangsrestriksjon skjermingshjemmel skjermingOpphoererDato? skjermingOpphoererAksjon?
    `,
    gradering: 'grad graderingsdato gradertAv nedgraderingsdato? nedgradertAv?',
    presedens: `
      presedensDato opprettetDato opprettetAv tittel beskrivelse? presedensHjemmel? rettskildefaktor
      presedensGodkjentDato? presedensGodkjentAv? avsluttetDato? avsluttetAv? presedensStatus?
    `,
    elektroniskSignatur: `
      elektroniskSignaturSikkerhetsnivaa elektroniskSignaturVerifisert verifisertDato verifisertAv
    `,
    adresse: 'adresse=mdk:postadresse postnummer poststed',
    matrikkelnummer: 'kommunenummer gardsnummer bruksnummer festenummer? seksjonsnummer?',
    byggident: 'bygningsnummer endringsloepenummer?',
    planident: 'planidentifikasjon (kommunenummer? | fylkesnummer? | landkode=mdk:landkode?)?',
    punkt: 'punktID? koordinatsystem x y z?',
    organisasjonsID: 'identifikator=xs:string landkode?',
    personID: 'landkode identifikator=xs:string',
  },
};

const MINIMUM: Navnerom = {
  uri: arkivUri('arkivstruktur/minimum'),
  merke: 'minimum',
  bruker: ['mdk'],
  typer: {
    klassifikasjonssystemMinimum: 'klassifikasjonssystemID klassifikasjonstype? tittel',
    klassifikasjon: `
      klassifikasjonID? klassifikasjonssystem=klassifikasjonssystemMinimum klasseID tittel? erSkjermet?
    `,
    mappeMinimum: `
      systemID mappeID referanseForeldermappe=mdk:referanseTilMappe? tittel offentligTittel?
      skjerming=skjermingMinimum? gradering=graderingMinimum? klassifikasjon*
      referanseEksternNoekkel=mdk:eksternNoekkel?
    `,
    saksmappeMinimum: `
      < mappeMinimum; saksaar sakssekvensnummer saksdato administrativEnhet saksansvarlig saksstatus
    `,
    registreringMinimum: `
      systemID skjerming=skjermingMinimum? gradering=graderingMinimum?
      dokumentbeskrivelse=dokumentbeskrivelseMinimum* registreringsID? tittel offentligTittel?
      korrespondansepart=korrespondansepartMinimum*
    `,
    journalpostMinimum: `
      < registreringMinimum; journalaar journalsekvensnummer journalpostnummer journalposttype
      journalstatus journaldato dokumentetsDato?
    `,
    journalpostMedSaksmappeMinimum: `
      < journalpostMinimum; saksaar sakssekvensnummer saksdato administrativEnhet saksansvarlig saksstatus
    `,
    korrespondansepartMinimum: 'korrespondanseparttype korrespondansepartNavn',
    dokumentbeskrivelseMinimum: `
      systemID dokumenttype dokumentstatus tittel skjerming=skjermingMinimum? gradering=graderingMinimum?
      dokumentobjekt=dokumentobjektMinimum*
    `,
    dokumentobjektMinimum: `
      systemID versjonsnummer variantformat format formatDetaljer? referanseDokumentfil filstoerrelse
    `,
    skjermingMinimum: `
      tilgangsrestriksjon skjermingshjemmel skjermingOpphoererDato? skjermingOpphoererAksjon?
    `,
    graderingMinimum: 'grad graderingsdato gradertAv nedgraderingsdato? nedgradertAv?',
  },
};

const NOEKLER: Navnerom = {
  uri: arkivUri('arkivstruktur/noekler'),
  merke: 'noekler',
  bruker: ['mdk'],
  typer: {
    mappeNoekler: 'systemID? mappeID? referanseEksternNoekkel=mdk:eksternNoekkel?',
    saksmappeNoekler: '< mappeNoekler; saksnummer?',
    registreringNoekler: 'systemID? referanseEksternNoekkel=mdk:eksternNoekkel?',
    journalpostNoekler: '< registreringNoekler; journalaar? journalsekvensnummer? journalpostnummer?',
    dokumentbeskrivelseNoekler: 'systemID?',
  },
};

/** What an archive answers with: in full, the least, and keys only (fiks-io §5.3). */
export const ARKIV_STRUKTUR: readonly Navnerom[] = [STRUKTUR, MINIMUM, NOEKLER];
