import type { Navnerom } from '../xml/modell.ts';
import { arkivUri } from './arkiv-uri.ts';

const MAPPE_HENT: Navnerom = {
  uri: arkivUri('mappe/hent'),
  merke: 'mappeHent',
  bruker: ['mdk'],
  rot: { mappeHent: 'mappeHent' },
  verdier: [
    {
      base: 'xs:string',
      verdier: ['merknad', 'noekkelord', 'kryssreferanse', 'klasse', 'part', 'presedens', 'moetedeltaker'],
      navn: 'inkluder',
    },
  ],
  typer: {
    mappeHent: 'system=xs:string referanseTilMappe inkluder* spraak=xs:string?',
  },
};

const MAPPE: Navnerom = {
  uri: arkivUri('mappe/hent/resultat'),
  merke: 'mappe',
  bruker: ['struktur'],
  rot: { mappeHentResultat: 'mappeHentResultat' },
  typer: {
    mappeHentResultat: 'mappe? saksmappe?',
  },
};

const REGISTRERING_HENT: Navnerom = {
  uri: arkivUri('registrering/hent'),
  merke: 'registreringHent',
  bruker: ['mdk'],
  rot: { registreringHent: 'registreringHent' },
  verdier: [
    {
      base: 'xs:string',
      verdier: [
        'merknad',
        'noekkelord',
        'kryssreferanse',
        'dokumentbeskrivelse',
        'korrespondansepart',
        'avskrivning',
        'dokumentflyt',
        'dokumentobjekt',
      ],
      navn: 'inkluder',
    },
  ],
  typer: {
    registreringHent: 'system=xs:string referanseTilRegistrering inkluder* spraak=xs:string?',
  },
};

const REGISTRERING: Navnerom = {
  uri: arkivUri('registrering/hent/resultat'),
  merke: 'registrering',
  bruker: ['struktur'],
  rot: { registreringHentResultat: 'registreringHentResultat' },
  typer: {
    registreringHentResultat: 'registrering? journalpost?',
  },
};

const DOKUMENTFIL_HENT: Navnerom = {
  uri: arkivUri('dokumentfil/hent'),
  merke: 'dokumentfilHent',
  bruker: ['mdk'],
  rot: { dokumentfilHent: 'dokumentfilHent' },
  typer: {
    dokumentfilHent: 'system=xs:string dokumentfilNoekkel',
    dokumentfilNoekkel: 'systemID',
  },
};

const KODELISTE_HENT: Navnerom = {
  uri: arkivUri('kodeliste/hent'),
  merke: 'kodelisteHent',
  rot: { HentKodeliste: 'HentKodeliste' },
  typer: {
    HentKodeliste: 'kodelistenavn=kodelister:kodelister?',
  },
};

const KODELISTE: Navnerom = {
  uri: arkivUri('kodeliste/hent/resultat'),
  merke: 'kodeliste',
  rot: { KodeListe: 'KodeListe' },
  typer: {
    KodeListe: 'liste=mdk:kode+',
  },
};

const UGYLDIGFORESPOERSEL: Navnerom = {
  uri: arkivUri('feil/ugyldigforespoersel'),
  merke: 'ugyldigforespoersel',
  rot: { ugyldigforespoersel: 'feil:feilmeldingBase' },
};

const SERVERFEIL: Navnerom = {
  uri: arkivUri('feil/serverfeil'),
  merke: 'serverfeil',
  rot: { serverfeil: 'feil:feilmeldingBase' },
};

const IKKEFUNNET: Navnerom = {
  uri: arkivUri('feil/ikkefunnet'),
  merke: 'ikkefunnet',
  rot: { ikkefunnet: 'feil:feilmeldingBase' },
};

/** Fetching by identity, code lists, and errors (fiks-io §5.3). */
export const ARKIV_INNSYN: readonly Navnerom[] = [
  MAPPE_HENT,
  MAPPE,
  REGISTRERING_HENT,
  REGISTRERING,
  DOKUMENTFIL_HENT,
  KODELISTE_HENT,
  KODELISTE,
  UGYLDIGFORESPOERSEL,
  SERVERFEIL,
  IKKEFUNNET,
];
