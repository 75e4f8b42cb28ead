import { type Navnerom, UUID } from '../xml/modell.ts';
import { arkivUri } from './arkiv-uri.ts';

const METADATAKATALOG: Navnerom = {
  uri: arkivUri('metadatakatalog'),
  merke: 'mdk',
  verdier: [
    { base: 'xs:string', moenster: UUID, navn: 'ID' },
    {
      base: 'xs:string',
      minst: 1,
      navn: `
        klasseID mappeID registreringsID moetenummer partID fagsystem noekkel tittel beskrivelse
        noekkelord forfatter offentligTittel referanseDokumentfil partNavn journalenhet merknadstekst
        presedensHjemmel rettskildefaktor kommunenummer fylkesnummer planidentifikasjon moetested
        moetedeltakerNavn korrespondansepartNavn postadresse postnummer poststed epostadresse
        telefonnummer kontaktperson personid organisasjonid kassasjonshjemmel skjermingshjemmel
        opprettetAv avsluttetAv arkivertAv merknadRegistrertAv slettetAv konvertertAv tilknyttetAv
        verifisertAv gradertAv nedgradertAv presedensGodkjentAv kassertAv flytTil flytMerknad flytFra
        formatDetaljer sjekksum sjekksumAlgoritme konvertertFraFormat konvertertTilFormat
        konverteringsverktoey konverteringskommentar klassifikasjonssystemID korrespondansepartID
        merknadID punktID klassifikasjonID kryssreferanseID
      `,
    },
    {
      base: 'xs:int',
      navn: `
        versjonsnummer dokumentnummer saksaar sakssekvensnummer journalaar journalsekvensnummer
        journalpostnummer antallVedlegg gardsnummer bruksnummer festenummer seksjonsnummer bygningsnummer
        endringsloepenummer bevaringstid
      `,
    },
    {
      base: 'xs:date',
      navn: `
        saksdato journaldato moetedato dokumentetsDato forfallsdato offentlighetsvurdertDato presedensDato
        kassasjonsdato skjermingOpphoererDato avskrivningsdato verifisertDato
      `,
    },
    {
      base: 'xs:dateTime',
      navn: `
        mottattDato sendtDato vedtaksdato opprettetDato avsluttetDato arkivertDato merknadsdato
        slettetDato konvertertDato tilknyttetDato graderingsdato nedgraderingsdato presedensGodkjentDato
        kassertDato flytMottattDato flytSendtDato
      `,
    },
    { base: 'ID', navn: 'referanseForrigeMoete referanseNesteMoete' },
    { base: 'xs:double', navn: 'x y z' },
    { base: 'xs:string', verdier: ['Ja', 'Nei', 'Blankt'], navn: 'moeteStemme' },
    { base: 'xs:string', verdier: ['Slett', 'Oppdater'], navn: 'slettEllerOppdater' },
    { base: 'xs:boolean', navn: 'erSkjermet erPersonnavn' },
    { base: 'xs:int', fra: 0, navn: 'filstoerrelse' },
  ],
  typer: {
    systemID: '= ID @label',
    referanseTilMappe: 'systemID? mappeID? saksnummer? referanseEksternNoekkel=eksternNoekkel?',
    referanseTilRegistrering: `
      systemID? registreringsID? journalnummer? saksJournalpostnummer?
      referanseEksternNoekkel=eksternNoekkel?
    `,
    referanseTilDokumentbeskrivelse:
      'systemID? referanseEksternNoekkel=eksternNoekkel? journalpostDokumentnummer?',
    referanseTilKlassifikasjon: 'klassifikasjonssystemID klasseID',
    referanseTilJournalpost: `
      systemID? registreringsID? journalnummer? saksJournalpostnummer?
      referanseEksternNoekkel=eksternNoekkel?
    `,
    moetesaksBeskrivelse: 'tekstInnhold=xs:string tekstFormat=kode',
    behandlingsprotokoll: 'tekstInnhold=xs:string tekstFormat=kode',
    moetedeltaker: 'identifikator=identifikatorer? funksjon=moetedeltakerFunksjon? representerer?',
    kode: 'kode=xs:string beskrivelse=xs:string?',
    identifikatorer: 'navn=xs:string? identifikator=xs:string? initialer=xs:string? epostadresse?',
    saksnummer: 'saksaar sakssekvensnummer',
    eksternNoekkel: 'fagsystem noekkel',
    journalnummer: 'journalaar journalsekvensnummer',
    saksJournalpostnummer: '< saksnummer; journalpostnummer',
    journalpostDokumentnummer: 'referanseTilJournalpost dokumentnummer=xs:int',
  },
  /** Names of their own for the same content. */
  avledet: {
    kode: `
      arkivstatus arkivdelstatus saksstatus journalstatus dokumentstatus moeteregistreringsstatus
      presedensStatus journalposttype dokumenttype merknadstype moeteregistreringstype klassifikasjonstype
      korrespondanseparttype moetesakstype slettingstype skjermingOpphoererAksjon
      tilknyttetRegistreringSom dokumentmedium partRolle landkode koordinatsystem moetedeltakerFunksjon
      moetedokumenttype forsendelsesmaate kassasjonsvedtak tilgangsrestriksjon skjermingMetadata
      skjermingDokument grad elektroniskSignaturSikkerhetsnivaa elektroniskSignaturVerifisert
      avskrivningsmaate flytStatus variantformat format
    `,
    identifikatorer: 'administrativEnhet saksansvarlig saksbehandler utvalg representerer',
  },
};

const KODELISTER: Navnerom = {
  uri: arkivUri('kodelister'),
  merke: 'kodelister',
  verdier: [
    {
      base: 'xs:string',
      verdier: [
        'arkivdel',
        'avskrivningsmaate',
        'dokumentmedium',
        'dokumentstatus',
        'dokumenttype',
        'flytsatus',
        'format',
        'forsendelsesmaate',
        'grad',
        'journalposttype',
        'journalstatus',
        'kassasjonsvedtak',
        'klassifikasjonstype',
        'koordinatsystem',
        'korrespondanseparttype',
        'landkode',
        'mappetype',
        'merknadstype',
        'moetedokumenttype',
        'moetesakstype',
        'partrolle',
        'presedensstatus',
        'saksstatus',
        'skjermingopphoereraksjon',
        'tilgangsrestriksjon',
        'tilknyttetregistreringsom',
        'variantformat',
      ],
      navn: 'kodelister',
    },
  ],
};

const FEILMELDING: Navnerom = {
  uri: arkivUri('feil/feilmelding'),
  merke: 'feil',
  bruker: ['mdk'],
  typer: {
    feilmeldingBase: 'feilId=xs:string feilmelding=xs:string',
  },
};

/** Values and shared structures of Fiks Arkiv v1 (fiks-io §5.3). */
export const ARKIV_METADATA: readonly Navnerom[] = [METADATAKATALOG, KODELISTER, FEILMELDING];
