import type { Navnerom } from '../xml/modell.ts';
import { arkivUri } from './arkiv-uri.ts';

const OPPRETT: Navnerom = {
  uri: arkivUri('arkivmelding/opprett'),
  merke: 'opprett',
  bruker: ['mdk'],
  rot: { arkivmelding: 'arkivmelding' },
  verdier: [{ base: 'xs:string', moenster: '[A-Z]{2}', navn: 'landkode' }],
  typer: {
    arkivmelding: 'system=xs:string regel=xs:string? antallFiler=xs:int mappe? registrering?',
    mappe: `
      systemID? mappeID? referanseForeldermappe=mdk:referanseTilMappe? tittel offentligTittel?
      beskrivelse? noekkelord* dokumentmedium? opprettetDato? opprettetAv? avsluttetDato? avsluttetAv?
      arkivdel=mdk:kode? virksomhetsspesifikkeMetadata=xs:anyType? part* kryssreferanse* merknad*
      skjerming? gradering? klassifikasjon* referanseEksternNoekkel=mdk:eksternNoekkel?
      mappetype=mdk:kode?
    `,
    saksmappe: `
      < mappe; saksaar? sakssekvensnummer? saksdato? administrativEnhet? saksansvarlig? journalenhet?
      saksstatus? presedens* matrikkelnummer* byggident* planident* punkt* adresse*
    `,
    registrering: `
      systemID? opprettetDato? opprettetAv? arkivertDato? arkivertAv?
      (referanseForelderMappe=mdk:referanseTilMappe | arkivdel=mdk:kode)? part* skjerming? gradering?
      dokumentbeskrivelse* registreringsID? tittel offentligTittel? beskrivelse? noekkelord* forfatter*
      dokumentmedium? virksomhetsspesifikkeMetadata=xs:anyType? merknad* kryssreferanse*
      korrespondansepart* klassifikasjon* referanseEksternNoekkel=mdk:eksternNoekkel?
    `,
    journalpost: `
      < registrering; journalaar? journalsekvensnummer? journalpostnummer? journalposttype journalstatus?
      journaldato? dokumentetsDato? mottattDato? sendtDato? forfallsdato? offentlighetsvurdertDato?
      antallVedlegg? journalenhet? dokumentflyt* presedens* avskrivningsdato?
    `,
    arkivnotat: `
      < registrering; dokumentetsDato? mottattDato? sendtDato? forfallsdato? offentlighetsvurdertDato?
      antallVedlegg? dokumentflyt*
    `,
    dokumentbeskrivelse: `
      systemID? dokumenttype? dokumentstatus? tittel beskrivelse? forfatter* opprettetDato? opprettetAv?
      dokumentmedium? tilknyttetRegistreringSom dokumentnummer? tilknyttetDato? tilknyttetAv? part*
      merknad* skjerming? gradering? dokumentobjekt* referanseEksternNoekkel=mdk:eksternNoekkel?
    `,
    dokumentobjekt: `
      systemID? versjonsnummer? variantformat? format? formatDetaljer? mimeType=xs:string? opprettetDato?
      opprettetAv? filnavn=xs:string referanseDokumentfil sjekksum? sjekksumAlgoritme? filstoerrelse?
    `,
    part: `
      partID? partNavn partRolle? (organisasjonID=organisasjonsID? | personID?)? postadresse* postnummer?
      poststed? landkode=mdk:landkode? epostadresse? telefonnummer* kontaktperson?
      virksomhetsspesifikkeMetadata=xs:anyType? erSkjermet? erPersonnavn?
    `,
    korrespondansepart: `
      korrespondansepartID? korrespondanseparttype erBehandlingsansvarlig=xs:boolean?
      korrespondansepartNavn (organisasjonid? | personid?)? postadresse* postnummer? poststed?
      landkode=mdk:landkode? epostadresse? telefonnummer* kontaktperson? administrativEnhet?
      saksbehandler? erSkjermet? erPersonnavn? forsendelsesmaate? deresReferanse=xs:string? avskrivning*
    `,
    avskrivning: `
      avskrivningsdato avskrevetAv=mdk:saksbehandler avskrivningsmaate
      referanseAvskrivesAvJournalpost=mdk:referanseTilJournalpost?
      referanseAvskriverJournalpost=mdk:referanseTilJournalpost?
    `,
    matrikkelnummer: 'kommunenummer gardsnummer bruksnummer festenummer? seksjonsnummer?',
    byggident: 'bygningsnummer endringsloepenummer?',
    planident: 'planidentifikasjon (kommunenummer? | fylkesnummer? | landkode=mdk:landkode?)?',
    punkt: 'punktID? koordinatsystem x y z?',
    organisasjonsID: 'identifikator=xs:string landkode?',
    personID: 'landkode identifikator=xs:string',
    merknad: `
      merknadID? merknadstekst merknadstype? merknadsdato? merknadRegistrertAv? erSkjermet?
    `,
    skjerming: `
      tilgangsrestriksjon skjermingshjemmel skjermingOpphoererDato? skjermingOpphoererAksjon?
    `,
    gradering: 'grad graderingsdato gradertAv nedgraderingsdato? nedgradertAv?',
    dokumentflyt: 'flytTil flytFra flytMottattDato flytSendtDato flytStatus flytMerknad?',
    klassifikasjon: 'klassifikasjonssystemID? klasseID tittel? erSkjermet?',
    presedens: `
      presedensDato opprettetDato opprettetAv tittel beskrivelse? presedensHjemmel? rettskildefaktor
      presedensGodkjentDato? presedensGodkjentAv? avsluttetDato? avsluttetAv? presedensStatus?
    `,
    kryssreferanse: `
      kryssreferanseID? referanseTilMappe? referanseTilRegistrering? referanseTilDokumentbeskrivelse?
    `,
    adresse: 'adresse=mdk:postadresse postnummer poststed',
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
  },
};

const KVITTERING: Navnerom = {
  uri: arkivUri('arkivmelding/opprett/kvittering'),
  merke: 'kvittering',
  bruker: ['mdk'],
  rot: { arkivmeldingKvittering: 'arkivmeldingKvittering' },
  verdier: [
    { base: 'xs:string', verdier: ['Opprettet', 'Eksisterende'], navn: 'opprettetEllerEksisterende' },
  ],
  typer: {
    arkivmeldingKvittering: `
      (mappeKvittering? | mappeFeilet=feil:feilmeldingBase?) (registreringKvittering? |
      registreringFeilet=feil:feilmeldingBase?)
    `,
    mappeKvittering: `
      systemID mappeID? referanseForeldermappe=mdk:referanseTilMappe? opprettetDato? opprettetAv?
      avsluttetDato? avsluttetAv? referanseEksternNoekkel=mdk:eksternNoekkel? opprettetEllerEksisterende
    `,
    saksmappeKvittering: '< mappeKvittering; saksaar? sakssekvensnummer? saksdato?',
    registreringKvittering: `
      systemID opprettetDato? opprettetAv? arkivertDato? arkivertAv? dokumentbeskrivelseKvittering*
      registreringsID? referanseEksternNoekkel=mdk:eksternNoekkel? opprettetEllerEksisterende
    `,
    journalpostKvittering: `
      < registreringKvittering; journalaar? journalsekvensnummer? journalpostnummer? journalposttype?
      journalstatus? journaldato? forfallsdato?
    `,
    dokumentbeskrivelseKvittering: `
      systemID opprettetDato? opprettetAv? dokumentnummer? dokumentobjekt=dokumentobjektKvittering*
    `,
    dokumentobjektKvittering: 'systemID versjonsnummer? variantformat? opprettetDato? opprettetAv?',
  },
};

const DOKUMENTOBJEKT: Navnerom = {
  uri: arkivUri('dokumentobjekt/opprett'),
  merke: 'dokumentobjekt',
  bruker: ['mdk'],
  rot: { dokumentobjektOpprett: 'dokumentobjektOpprett' },
  typer: {
    dokumentobjektOpprett: 'referanseTilDokumentbeskrivelse dokumentobjekt=opprett:dokumentobjekt',
  },
};

const DOKUMENTOBJEKT_KVITTERING: Navnerom = {
  uri: arkivUri('dokumentobjekt/opprett/kvittering'),
  merke: 'dokumentobjektKvittering',
  bruker: ['mdk'],
  rot: { dokumentobjektOpprettKvittering: 'dokumentobjektOpprettKvittering' },
  typer: {
    dokumentobjektOpprettKvittering: 'systemID opprettetDato? opprettetAv?',
  },
};

const AVSKRIVNING: Navnerom = {
  uri: arkivUri('avskrivning/opprett'),
  merke: 'avskrivning',
  bruker: ['mdk'],
  rot: { nyAvskrivning: 'nyAvskrivning' },
  typer: {
    nyAvskrivning: 'avskrivning referanseTilJournalpost korrespondansepartID',
    avskrivning: `
      avskrivningsdato avskrevetAv=mdk:saksbehandler avskrivningsmaate
      referanseAvskrivesAvJournalpost=mdk:referanseTilJournalpost?
      referanseAvskriverJournalpost=mdk:referanseTilJournalpost*
    `,
  },
};

const AVSKRIVNING_SLETT: Navnerom = {
  uri: arkivUri('avskrivning/slett'),
  merke: 'avskrivningSlett',
  bruker: ['mdk'],
  rot: { slettAvskrivning: 'slettAvskrivning' },
  typer: {
    slettAvskrivning: 'referanseTilJournalpost korrespondansepartID',
  },
};

/** Requests to archive, and their receipts (fiks-io §5.3). */
export const ARKIV_ARKIVERING: readonly Navnerom[] = [
  OPPRETT,
  KVITTERING,
  DOKUMENTOBJEKT,
  DOKUMENTOBJEKT_KVITTERING,
  AVSKRIVNING,
  AVSKRIVNING_SLETT,
];
