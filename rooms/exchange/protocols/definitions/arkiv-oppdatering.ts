import type { Navnerom } from '../xml/modell.ts';
import { arkivUri } from './arkiv-uri.ts';

const OPPDATER: Navnerom = {
  uri: arkivUri('arkivmelding/oppdater'),
  merke: 'oppdater',
  bruker: ['mdk'],
  rot: { arkivmeldingOppdatering: 'arkivmeldingOppdatering' },
  typer: {
    arkivmeldingOppdatering: `
      (mappeOppdateringer=mappeOppdatering? | registreringOppdateringer=registreringOppdatering? |
      dokumentbeskrivelseOppdateringer=dokumentbeskrivelseOppdatering?)
    `,
    dokumentbeskrivelseOppdatering: `
      referanseTilDokumentbeskrivelse dokumenttype? dokumentstatus? tittel?
      beskrivelse=beskrivelseOppdateringer? forfatterOppdateringer* opprettetDato? opprettetAv?
      dokumentmedium? tilknyttetRegistreringSom dokumentnummer? tilknyttetDato? tilknyttetAv?
      partOppdateringer? merknadOppdateringer? skjerming=skjermingOppdateringer?
      gradering=graderingOppdateringer? referanseEksternNoekkel=mdk:eksternNoekkel?
    `,
    mappeOppdatering: `
      referanseTilMappe tittel? offentligTittel? beskrivelse=beskrivelseOppdateringer?
      noekkelord=noekkelordOppdateringer? opprettetDato? opprettetAv? avsluttetDato? avsluttetAv?
      arkivdel=mdk:kode? virksomhetsspesifikkeMetadataOppdateringer? partOppdateringer?
      kryssreferanseOppdateringer? merknadOppdateringer? skjermingOppdateringer? graderingOppdateringer?
      klassifikasjonOppdateringer? referanseEksternNoekkel=mdk:eksternNoekkel? mappetype=mdk:kode?
    `,
    saksmappeOppdatering: `
      < mappeOppdatering; saksdato? administrativEnhet? saksansvarlig? saksstatus?
      presedens=opprett:presedens* matrikkelnummerOppdateringer? byggidentOppdateringer?
      planidentOppdateringer? punktOppdateringer? adresseOppdateringer?
    `,
    kryssreferanseOppdateringer: `
      oppdatering=kryssreferanseOppdatering* slett=kryssreferanseSlett* ny=opprett:kryssreferanse*
    `,
    kryssreferanseOppdatering: `
      kryssreferanseID referanseTilMappe? referanseTilRegistrering? referanseTilDokumentbeskrivelse?
    `,
    kryssreferanseSlett: 'kryssreferanseID',
    punktOppdateringer: 'oppdatering=punktOppdatering* slett=punktSlett* ny=opprett:punkt*',
    punktOppdatering: 'punktID koordinatsystem? x? y? z?',
    punktSlett: 'punktID',
    partOppdateringer: 'oppdatering=partOppdatering* slett=partSlett* ny=opprett:part*',
    partOppdatering: `
      partID partNavn? partRolle? (organisasjonid? | personid?)? postadresse* postnummer? poststed?
      landkode? epostadresse? telefonnummer* kontaktperson? virksomhetsspesifikkeMetadataOppdateringer?
      erSkjermet? erPersonnavn?
    `,
    partSlett: 'partID',
    registreringOppdatering: `
      referanseTilRegistrering opprettetDato? opprettetAv? arkivertDato? arkivertAv?
      referanseForelderMappe=mdk:referanseTilMappe? partOppdateringer? kryssreferanseOppdateringer?
      skjermingOppdateringer? gradering=graderingOppdateringer? tittel? offentligTittel?
      beskrivelse=beskrivelseOppdateringer? noekkelord=noekkelordOppdateringer* forfatterOppdateringer?
      virksomhetsspesifikkeMetadataOppdateringer? merknadOppdateringer? korrespondansepartOppdateringer?
      klassifikasjonOppdateringer? referanseEksternNoekkel=mdk:eksternNoekkel?
    `,
    journalpostOppdatering: `
      < registreringOppdatering; journalposttype? journalstatus? journaldato? dokumentetsDato?
      mottattDato? sendtDato? forfallsdato? offentlighetsvurdertDato? journalenhet?
      dokumentflyt=opprett:dokumentflyt* presedens=opprett:presedens* avskrivningsdato?
    `,
    korrespondansepartOppdateringer: `
      oppdatering=korrespondansepartOppdatering* slett=korrespondansepartSlett*
      ny=opprett:korrespondansepart*
    `,
    korrespondansepartOppdatering: `
      korrespondansepartID korrespondanseparttype? korrespondansepartNavn? (organisasjonid? | personid?)?
      postadresse* postnummer? poststed? landkode? epostadresse? telefonnummer* kontaktperson?
      administrativEnhet? saksbehandler? erSkjermet? erPersonnavn? forsendelsesmaate?
      deresReferanse=xs:string? erBehandlingsansvarlig=xs:boolean?
    `,
    korrespondansepartSlett: 'korrespondansepartID',
    merknadOppdateringer: 'oppdatering=merknadOppdatering* slett=merknadSlett* ny=opprett:merknad*',
    merknadOppdatering: `
      merknadID merknadstekst? merknadstype? merknadsdato? merknadRegistrertAv? erSkjermet?
    `,
    merknadSlett: 'merknadID',
    skjermingOppdateringer: 'slett=xs:boolean? oppdatering=skjermingOppdatering?',
    skjermingOppdatering: `
      tilgangsrestriksjon? skjermingshjemmel? skjermingOpphoererDato? skjermingOpphoererAksjon?
    `,
    graderingOppdateringer: 'slett=xs:boolean? oppdatering=graderingOppdatering?',
    graderingOppdatering: 'grad? graderingsdato? gradertAv? nedgraderingsdato? nedgradertAv?',
    noekkelordOppdateringer: 'slett=mdk:noekkelord* ny=mdk:noekkelord*',
    beskrivelseOppdateringer: 'slett=xs:boolean? oppdatering=mdk:beskrivelse?',
    adresseOppdateringer: 'slett=opprett:adresse* ny=opprett:adresse*',
    forfatterOppdateringer: 'slett=mdk:forfatter* ny=mdk:forfatter*',
    klassifikasjonOppdateringer: `
      oppdatering=klassifikasjonOppdatering* slett=klassifikasjonSlett* ny=opprett:klassifikasjon*
    `,
    klassifikasjonOppdatering: 'referanseTilKlassifikasjon tittel? erSkjermet?',
    klassifikasjonSlett: 'referanseTilKlassifikasjon',
    matrikkelnummerOppdateringer: 'ny=opprett:matrikkelnummer* slett=matrikkelnummerSlett*',
    matrikkelnummerSlett: 'kommunenummer gardsnummer bruksnummer festenummer? seksjonsnummer?',
    byggidentOppdateringer: 'Oppdatering=byggidentOppdatering* Slett=byggidentSlett* Ny=opprett:byggident*',
    byggidentOppdatering: `
      opprinneligBygningsnummer=mdk:bygningsnummer bygningsnummer? endringsloepenummer?
    `,
    byggidentSlett: 'bygningsnummer',
    planidentOppdateringer: 'oppdatering=planidentOppdatering* slett=planidentSlett* ny=opprett:planident*',
    planidentOppdatering: 'planidentifikasjon (kommunenummer? | fylkesnummer? | landkode?)?',
    planidentSlett: 'planidentifikasjon',
    moetemappeOppdatering: `
      < mappeOppdatering; moetenummer? utvalg? moetedato? moetested? referanseForrigeMoete?
      referanseNesteMoete? moetedeltakerOppdateringer*
    `,
    moetedeltakerOppdateringer: `
      oppdatering=moetedeltakerOppdatering* slett=moetedeltakerSlett* ny=mdk:moetedeltaker*
    `,
    moetedeltakerOppdatering: `
      personid navn=mdk:moetedeltakerNavn? funksjon=mdk:moetedeltakerFunksjon? representerer?
    `,
    moetedeltakerSlett: 'personid',
    moetesakOppdatering: `
      < registreringOppdatering; moetesakstype? moetesaksaar=mdk:saksaar?
      moetesakssekvensnummer=mdk:sakssekvensnummer? administrativEnhet? utredning=utredningOppdatering?
      innstillingOppdatering? vedtakOppdatering?
    `,
    utredningOppdatering: `
      oppdateringstype=mdk:slettEllerOppdater saksbeskrivelse=mdk:moetesaksBeskrivelse?
      innstilling=mdk:moetesaksBeskrivelse? utredningsdokumenter=opprett:dokumentbeskrivelse*
    `,
    innstillingOppdatering:
      '(oppdateringstype=mdk:slettEllerOppdater | innstilling=mdk:moetesaksBeskrivelse)',
    vedtakOppdatering: `
      (oppdateringstype=mdk:slettEllerOppdater | vedtakstekst=mdk:moetesaksBeskrivelse? |
      votering=opprett:votering* | behandlingsprotokoll? | vedtaksdokumenter=opprett:dokumentbeskrivelse*
      | dato=mdk:vedtaksdato?)
    `,
    virksomhetsspesifikkeMetadataOppdateringer: 'slett=xs:boolean? ny=xs:anyType?',
  },
};

/** Changes to what is archived (fiks-io §5.3). */
export const ARKIV_OPPDATERING: readonly Navnerom[] = [OPPDATER];
