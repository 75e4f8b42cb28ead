import { lagModell, type Navnerom, UUID } from '../xml/modell.ts';
import type { Rot } from '../xml/rot.ts';

const GEOINTEGRASJON = 'http://rep.geointegrasjon.no';

const KODELISTE: Navnerom = {
  uri: `${GEOINTEGRASJON}/Felles/Kodeliste/xml.schema/2012.01.31`,
  merke: 'kl',
  typer: {
    Kode: 'kodeverdi=xs:string kodebeskrivelse=xs:string? erGyldig=xs:boolean?',
  },
};

const GEOMETRI: Navnerom = {
  uri: `${GEOINTEGRASJON}/Felles/Geometri/xml.schema/2012.01.31`,
  merke: 'geo',
  typer: {
    Flate: '< Geometri; indreAvgrensning=RingListe? ytreAvgrensning=Ring',
    Geometri: 'koordinatsystem=KoordinatsystemKode',
    KoordinatListe: 'liste=Koordinat*',
    Koordinat: 'x=xs:double y=xs:double z=xs:double?',
    Kurve: '< Geometri; linje=KoordinatListe?',
    Punkt: '< Geometri; posisjon=Koordinat',
    RingListe: 'liste=Ring*',
    Ring: 'lukketKurve=KoordinatListe?',
    Bbox: '< Geometri; nedreVenstre=Koordinat oevreHoeyre=Koordinat',
  },
  /** Names of their own for the same content. */
  avledet: {
    'kl:Kode': 'KoordinatsystemKode',
  },
};

const FOERING: Navnerom = {
  uri: `${GEOINTEGRASJON}/Matrikkel/foering/v2`,
  merke: 'mf',
  rot: { Byggesak: 'ByggesakType' },
  verdier: [
    { base: 'xs:string', verdier: ['Eksisterende', 'Ny', 'Endret', 'Fjernet'], navn: 'EndringsstatusType' },
  ],
  typer: {
    AdresseListe: 'adresse=AdresseType*',
    AdresseType: `
      adressekode=xs:string!? adressenavn=xs:string!? adressenummer=xs:string!? adressebokstav=xs:string!?
      undernummer=xs:string!?
    `,
    AvloepstilknytningType: 'kode=xs:string beskrivelse=xs:string?',
    BruksenhetListe: 'bruksenhet=BruksenhetType*',
    BruksenhetType: `
      bruksenhetsnummer=BruksenhetsnummerType? bruksenhetstype=BruksenhetstypeKodeType!
      bruksareal=xs:double!? kjoekkentilgang=KjoekkentilgangKodeType!? antallRom=xs:integer!?
      antallBad=xs:integer!? antallWC=xs:integer!? adresse=AdresseType!?
      matrikkelnummer=MatrikkelnummerType!? endring=EndringsstatusType?
    `,
    BruksenhetsnummerType: 'etasjeplan=EtasjeplanType etasjenummer=xs:integer loepenummer=xs:integer',
    BruksenhetstypeKodeType: 'kode=xs:string beskrivelse=xs:string?',
    ByggesakType: `
      systemId=xs:string!? tittel=xs:string saksnummer=SaksnummerType kategori=ProsesskategoriType
      vedtak=VedtakType!? ansvarligSoeker=PartType!? tiltakshaver=PartType!?
      matrikkelopplysninger=MatrikkelopplysningerType!? adresse=xs:string!?
      referanseAndreSaker=SaksnummerListe!? referanseKlagesaker=SaksnummerListe!?
      registrertDato=xs:dateTime saksbehandler=xs:string!? posisjon=geo:Punkt!?
    `,
    ByggIdentType: 'bygningsnummer=xs:long bygningsloepenummer=xs:integer!?',
    BygningListe: 'bygning=BygningType*',
    BygningType: `
      naeringsgruppe=NaeringsgruppeType!? bebygdAreal=xs:double!? bygningstype=BygningstypeType!?
      bruksenheter=BruksenhetListe!? etasjer=EtasjeListe!? avlop=AvloepstilknytningType!?
      energiforsyning=EnergiforsyningType!? vannforsyning=VanntilknytningType!? harHeis=xs:boolean!?
      endring=EndringsstatusType? representasjonsPunkt=geo:Punkt!? tiltakid=xs:string
      byggIdent=ByggIdentType!?
    `,
    DispensasjonListe: 'dispensasjon=DispensasjonType*',
    DispensasjonType: 'dispensasjonstype=DispensasjonstypeType begrunnelse=xs:string!?',
    DispensasjonstypeType: 'kode=xs:string beskrivelse=xs:string?',
    EnergiforsyningType: `
      varmefordeling=VarmefordelingListe!? energiforsyning=EnergiforsyningTypeListe!?
      relevant=xs:boolean!?
    `,
    EnergiforsyningTypeType: 'kode=xs:string beskrivelse=xs:string?',
    EnkelAdresseType: `
      adresselinje1=xs:string!? adresselinje2=xs:string!? adresselinje3=xs:string!? postnr=xs:string!?
      poststed=xs:string landkode=xs:string!?
    `,
    EtasjeListe: 'etasje=EtasjeType*',
    EtasjeType: `
      etasjenummer=xs:integer etasjeplan=EtasjeplanType antallBoenheter=xs:integer!?
      bruksarealTilAnnet=xs:double!? bruksarealTilBolig=xs:double!? bruksarealTotalt=xs:double!?
      bruttoarealTilBolig=xs:double!? bruttoarealTotalt=xs:double!? bruttoarealTilAnnet=xs:double!?
      endring=EndringsstatusType?
    `,
    EtasjeplanType: 'kode=xs:string beskrivelse=xs:string?',
    KjoekkentilgangKodeType: 'kode=xs:string beskrivelse=xs:string?',
    MatrikkelopplysningerType: `
      eiendomsidentifikasjon=MatrikkelnummerListe!? adresse=AdresseListe!? bygning=BygningListe!?
      oppdatertDato=xs:dateTime!?
    `,
    PartType: `
      partstype=PartstypeType foedselsnummer=xs:string!? organisasjonsnummer=xs:string!? navn=xs:string
      adresse=EnkelAdresseType!? telefonnummer=xs:string!? mobilnummer=xs:string!? epost=xs:string!?
    `,
    PartstypeType: 'kode=xs:string beskrivelse=xs:string?',
    ProsesskategoriType: 'kode=xs:string beskrivelse=xs:string?',
    SaksnummerListe: 'saksnummer=SaksnummerType*',
    SaksnummerType: 'saksaar=xs:integer sakssekvensnummer=xs:integer',
    TiltakListe: 'tiltak=TiltakType*',
    TiltakType: 'tiltakid=xs:string tiltakstype=TiltaktypeType',
    TiltaktypeType: 'kode=xs:string beskrivelse=xs:string?',
    VanntilknytningType: 'kode=xs:string beskrivelse=xs:string?',
    VarmefordelingType: 'kode=xs:string beskrivelse=xs:string?',
    VedtakType: `
      beskrivelse=xs:string!? vedtaksdato=xs:dateTime status=VedtakstypeType tiltak=TiltakListe!?
      dispensasjoner=DispensasjonListe!?
    `,
    VedtakstypeType: 'kode=xs:string beskrivelse=xs:string?',
    BygningstypeType: 'kode=xs:string beskrivelse=xs:string?',
    MatrikkelnummerListe: 'matrikkelnummer=MatrikkelnummerType*',
    MatrikkelnummerType: `
      kommunenummer=xs:string!? gaardsnummer=xs:integer!? bruksnummer=xs:integer!?
      festenummer=xs:integer!? seksjonsnummer=xs:integer!?
    `,
    NaeringsgruppeType: 'kode=xs:string beskrivelse=xs:string?',
    VarmefordelingListe: 'varmefordeling=VarmefordelingType*',
    EnergiforsyningTypeListe: 'energiforsyningType=EnergiforsyningTypeType*',
  },
};

const KVITTERING: Navnerom = {
  uri: `${GEOINTEGRASJON}/Matrikkel/foeringskvittering/v2`,
  merke: 'kvittering',
  rot: { KvitteringMatrikkel: 'KvitteringMatrikkel' },
  verdier: [
    { base: 'xs:string', verdier: ['velykket', 'feilet', 'skalIkkeMatrikkelfoeres'], navn: 'Status' },
    { base: 'xs:string', verdier: ['ok', 'feilet'], navn: 'OverordnetStatus' },
  ],
  typer: {
    KvitteringMatrikkel: `
      saksnummer=Saksnummer status=OverordnetStatus melding=xs:string!? kvitteringer=Kvittering!*
    `,
    Kvittering: `
      status=Status melding=xs:string!? tiltakid=xs:string byggIdent=mf:ByggIdentType!?
    `,
    Saksnummer: 'saksaar=xs:integer sakssekvensnummer=xs:integer',
  },
};

const STATUS: Navnerom = {
  uri: `${GEOINTEGRASJON}/Matrikkel/foeringstatus/v2`,
  merke: 'status',
  rot: { StatusMatrikkel: 'StatusMatrikkelType' },
  verdier: [{ base: 'xs:string', moenster: UUID, navn: 'guid' }],
  typer: {
    StatusMatrikkelType: 'klientMeldingId=guid svarMedKvittering=xs:boolean{false}?',
  },
};

const STATUSSVAR: Navnerom = {
  uri: `${GEOINTEGRASJON}/Matrikkel/foeringstatussvar/v2`,
  merke: 'statussvar',
  rot: { StatusMatrikkelSvar: 'StatusMatrikkelSvar' },
  verdier: [
    { base: 'xs:string', moenster: UUID, navn: 'guid' },
    { base: 'xs:string', verdier: ['IkkeMottatt', 'Mottatt', 'Feil', 'Kvittert'], navn: 'StatusType' },
    { base: 'xs:string', verdier: ['IkkeForespurt', 'Vedlagt', 'Utloept'], navn: 'KvitteringStatus' },
  ],
  typer: {
    StatusMatrikkelSvar: `
      klientMeldingId=guid statusBehandling=StatusType meldingId=guid? statusKvittering=KvitteringStatus?
    `,
  },
};

const FEILMELDING: Navnerom = {
  uri: `${GEOINTEGRASJON}/Matrikkel/feilmelding/feilmeldingbase/v2`,
  merke: 'feil',
  verdier: [{ base: 'xs:string', moenster: UUID, navn: 'id' }],
  typer: {
    feilmelding: 'feilId=id feilmelding=xs:string korrelasjonsid=id?',
  },
};

const UGYLDIGFORESPOERSEL: Navnerom = {
  uri: `${GEOINTEGRASJON}/Matrikkel/feilmelding/ugyldigforespoersel/v2`,
  merke: 'ugyldigforespoersel',
  rot: { ugyldigforespoersel: 'feil:feilmelding' },
};

const SERVERFEIL: Navnerom = {
  uri: `${GEOINTEGRASJON}/Matrikkel/feilmelding/serverfeil/v2`,
  merke: 'serverfeil',
  rot: { serverfeil: 'feil:feilmelding' },
};

/** Structures of Fiks Matrikkelføring v2 (fiks-io §5.6). */
const MATRIKKELFOERING_V2: readonly Navnerom[] = [
  KODELISTE,
  GEOMETRI,
  FOERING,
  KVITTERING,
  STATUS,
  STATUSSVAR,
  FEILMELDING,
  UGYLDIGFORESPOERSEL,
  SERVERFEIL,
];

export const MATRIKKELFOERING_MODELL = lagModell(MATRIKKELFOERING_V2);

const PREFIKS = 'no.ks.fiks.matrikkelfoering.v2.';

export const MATRIKKELFOERING_V2_ROETTER: Readonly<Record<string, Rot>> = {
  [`${PREFIKS}grunnlag`]: { uri: FOERING.uri, navn: 'Byggesak' },
  [`${PREFIKS}kvittering`]: { uri: KVITTERING.uri, navn: 'KvitteringMatrikkel' },
  [`${PREFIKS}status`]: { uri: STATUS.uri, navn: 'StatusMatrikkel' },
  [`${PREFIKS}statussvar`]: { uri: STATUSSVAR.uri, navn: 'StatusMatrikkelSvar' },
  [`${PREFIKS}feilmelding.ugyldigforespoersel`]: {
    uri: UGYLDIGFORESPOERSEL.uri,
    navn: 'ugyldigforespoersel',
  },
  [`${PREFIKS}feilmelding.serverfeil`]: { uri: SERVERFEIL.uri, navn: 'serverfeil' },
};
