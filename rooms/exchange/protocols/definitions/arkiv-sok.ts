import type { Navnerom } from '../xml/modell.ts';
import { arkivUri } from './arkiv-uri.ts';

const SOK: Navnerom = {
  uri: arkivUri('sok'),
  merke: 'sok',
  bruker: ['mdk'],
  rot: { sok: 'sok' },
  verdier: [
    {
      base: 'xs:string',
      verdier: [
        'equal',
        'notequal',
        'between',
        'lessthan',
        'lessequal',
        'greaterthan',
        'greaterequal',
        'inlist',
        'wildcardquery',
      ],
      navn: 'operatorType',
    },
    {
      base: 'xs:string',
      verdier: [
        'mappeEksternNoekkel',
        'mappeTittel',
        'mappeOpprettetDato',
        'mappeBeskrivelse',
        'mappeNoekkelord',
        'mappeAvsluttetDato',
        'mappeArkivdel',
        'mappeEndretDato',
        'mappeMappetype',
        'mappeKlasseKlassifikasjonssystemID',
        'mappeKlasseKlasseID',
        'mappeKlasseTittel',
        'mappeKlasseBeskrivelse',
        'mappeKlassifikasjon',
        'mappePartPartNavn',
        'mappePartPartRolle',
        'mappePartPostadresse',
        'mappePartPostnummer',
        'mappePartPoststed',
        'mappePartEpostadresse',
        'mappePartOrganisasjonsid',
        'mappePartPersonid',
        'mappeSkjermingTilgangsrestriksjon',
        'mappeSkjermingSkjermingshjemmel',
        'mappeSkjermingSkjermingsvarighet',
        'mappeSkjermingSkjermingOpphoererDato',
      ],
      navn: 'mappeSokefelt',
    },
    {
      base: 'xs:string',
      verdier: [
        'mappeEksternNoekkel',
        'mappeTittel',
        'mappeOpprettetDato',
        'mappeBeskrivelse',
        'mappeNoekkelord',
        'mappeAvsluttetDato',
        'mappeArkivdel',
        'mappeEndretDato',
        'mappeMappetype',
        'mappeKlasseKlassifikasjonssystemID',
        'mappeKlasseKlasseID',
        'mappeKlasseTittel',
        'mappeKlasseBeskrivelse',
        'mappePartPartNavn',
        'mappePartPartRolle',
        'mappePartPostadresse',
        'mappePartPostnummer',
        'mappePartPoststed',
        'mappePartEpostadresse',
        'mappePartOrganisasjonsid',
        'mappePartPersonid',
        'mappeSkjermingTilgangsrestriksjon',
        'mappeSkjermingSkjermingshjemmel',
        'mappeSkjermingSkjermingsvarighet',
        'mappeSkjermingSkjermingOpphoererDato',
        'sakSaksdato',
        'sakSaksaar',
        'sakSaksekvensnummer',
        'sakSaksstatus',
        'sakAdministrativenhet',
        'sakSaksansvarlig',
        'sakMatrikkelnummerKommunenummer',
        'sakMatrikkelnummerGaardsnummer',
        'sakMatrikkelnummerBruksnummer',
        'sakMatrikkelnummerFestenummer',
        'sakMatrikkelnummerSeksjonsnummer',
        'sakByggidentBygningsnummer',
        'sakByggidentEndringsloepenummer',
        'sakPlanidentStatLandkode',
        'sakPlanidentFylkeFylkesnummer',
        'sakPlanidentKommuneKommunenummer',
        'sakPlanidentPlanidentifikasjon',
        'sakBbox',
      ],
      navn: 'saksmappeSokefelt',
    },
    {
      base: 'xs:string',
      verdier: [
        'registreringEksternId',
        'registreringOpprettetDato',
        'registreringTittel',
        'registreringAdministrativenhet',
        'registreringJournalpostansvarlig',
        'registreringEndretDato',
        'registreringPartPartNavn',
        'registreringPartPartRolle',
        'registreringPartPostadresse',
        'registreringPartPostnummer',
        'registreringPartPoststed',
        'registreringPartEpostadresse',
        'registreringSkjermingTilgangsrestriksjon',
        'registreringSkjermingSkjermingshjemmel',
        'registreringSkjermingSkjermingsvarighet',
        'registreringSkjermingSkjermingOpphoererDato',
        'registreringKorrespondansepartKorrespondanseparttype',
        'registreringKorrespondansepartKorrespondansepartNavn',
        'registreringKorrespondansepartPostadresse',
        'registreringKorrespondansepartPostnummer',
        'registreringKorrespondansepartPoststed',
        'registreringKorrespondansepartEpostadresse',
        'registreringKorrespondansepartOrganisasjonsid',
        'registreringKorrespondansepartPersonid',
        'registreringKorrespondansepartForsendelsesmaate',
        'registreringKorrespondansepartDeresReferanse',
        'registreringKorrespondansepartAdministrativEnhet',
        'registreringKorrespondansepartSaksbehandler',
      ],
      navn: 'registreringSokefelt',
    },
    {
      base: 'xs:string',
      verdier: [
        'registreringEksternId',
        'registreringOpprettetDato',
        'registreringTittel',
        'registreringAdministrativenhet',
        'registreringJournalpostansvarlig',
        'registreringEndretDato',
        'registreringPartPartNavn',
        'registreringPartPartRolle',
        'registreringPartPostadresse',
        'registreringPartPostnummer',
        'registreringPartPoststed',
        'registreringPartEpostadresse',
        'registreringSkjermingTilgangsrestriksjon',
        'registreringSkjermingSkjermingshjemmel',
        'registreringSkjermingSkjermingsvarighet',
        'registreringSkjermingSkjermingOpphoererDato',
        'journalpostJournalaar',
        'journalpostJournalsekvensnummer',
        'journalpostSaksaar',
        'journalpostSakssekvensnummer',
        'journalpostJournalpostnummer',
        'journalpostJournalposttype',
        'journalpostJournalstatus',
        'journalpostJournaldato',
        'journalpostDokumentetsdato',
        'journalpostForfallsdato',
      ],
      navn: 'journalpostSokefelt',
    },
    {
      base: 'xs:string',
      verdier: [
        'dokumentbeskrivelseEksternId',
        'dokumentbeskrivelseOpprettetDato',
        'dokumentbeskrivelseTittel',
        'dokumentbeskrivelseDokumenttype',
        'dokumentbeskrivelseDokumentstatus',
        'dokumentbeskrivelseSkjermingTilgangsrestriksjon',
        'dokumentbeskrivelseSkjermingSkjermingshjemmel',
        'dokumentbeskrivelseSkjermingSkjermingsvarighet',
        'dokumentbeskrivelseSkjermingSkjermingOpphoererDato',
      ],
      navn: 'dokumentbeskrivelseSokefelt',
    },
    {
      base: 'xs:string',
      verdier: ['noekkelord', 'kryssreferanse', 'part', 'merknad'],
      navn: 'mappeInkluder',
    },
    {
      base: 'xs:string',
      verdier: ['noekkelord', 'kryssreferanse', 'part', 'merknad', 'presedens'],
      navn: 'saksmappeInkluder',
    },
    {
      base: 'xs:string',
      verdier: [
        'noekkelord',
        'kryssreferanse',
        'part',
        'merknad',
        'dokumentbeskrivelse',
        'korrespondansepart',
      ],
      navn: 'registreringInkluder',
    },
    {
      base: 'xs:string',
      verdier: [
        'noekkelord',
        'kryssreferanse',
        'part',
        'merknad',
        'dokumentbeskrivelse',
        'korrespondansepart',
        'avskrivning',
        'dokumentflyt',
      ],
      navn: 'journalpostInkluder',
    },
    { base: 'xs:string', verdier: ['dokumentobjekt'], navn: 'dokumentbeskrivelseInkluder' },
    { base: 'xs:string', verdier: ['synkende', 'stigende'], navn: 'sorteringType' },
    { base: 'xs:string', verdier: ['mappeOpprettetDato'], navn: 'mappeSorteringsfelt' },
    {
      base: 'xs:string',
      verdier: ['mappeOpprettetDato', 'sakSaksaar-saksekvensnummer'],
      navn: 'saksmappeSorteringsfelt',
    },
    { base: 'xs:string', verdier: ['registreringOpprettetDato'], navn: 'registreringSorteringsfelt' },
    {
      base: 'xs:string',
      verdier: [
        'registreringOpprettetDato',
        'journalpostJournaldato',
        'journalpostJournalaar-journalsekvensnummer',
        'journalpostJournalpostnummer',
      ],
      navn: 'journalpostSorteringsfelt',
    },
    { base: 'xs:string', verdier: ['opprettetDato'], navn: 'dokumentbeskrivelseSorteringsfelt' },
  ],
  typer: {
    sok: 'system=xs:string take=xs:int skip=xs:int sokdefinisjon spraak=xs:string?',
    sokdefinisjon: 'abstrakt responstype=struktur:responstype{minimum}',
    mappeSokdefinisjon: `
      < sokdefinisjon; inkluder=mappeInkluder* parametere=mappeParameter+ sortering=mappeSortering*
    `,
    mappeFritekstSokdefinisjon: '< sokdefinisjon; inkluder=mappeInkluder* soketekst=xs:string',
    saksmappeSokdefinisjon: `
      < sokdefinisjon; inkluder=saksmappeInkluder* parametere=saksmappeParameter+
      sortering=saksmappeSortering*
    `,
    saksmappeFritekstSokdefinisjon: '< sokdefinisjon; inkluder=saksmappeInkluder* soketekst=xs:string',
    registreringSokdefinisjon: `
      < sokdefinisjon; inkluder=registreringInkluder* parametere=registreringParameter+
      sortering=registreringSortering*
    `,
    registreringFritekstSokdefinisjon: '< sokdefinisjon; inkluder=registreringInkluder* soketekst=xs:string',
    journalpostSokdefinisjon: `
      < sokdefinisjon; inkluder=journalpostInkluder* parametere=journalpostParameter+
      sortering=journalpostSortering*
    `,
    journalpostFritekstSokdefinisjon: '< sokdefinisjon; inkluder=journalpostInkluder* soketekst=xs:string',
    journalpostMedSaksmappeSokdefinisjon: `
      < sokdefinisjon; inkluder=journalpostInkluder* parametere=journalpostParameter+
      sortering=journalpostSortering*
    `,
    journalpostMedSaksmappeFritekstSokdefinisjon:
      '< sokdefinisjon; inkluder=journalpostInkluder* soketekst=xs:string',
    dokumentbeskrivelseSokdefinisjon: `
      < sokdefinisjon; inkluder=dokumentbeskrivelseInkluder* parametere=dokumentbeskrivelseParameter+
      sortering=dokumentbeskrivelseSortering*
    `,
    dokumentbeskrivelseFritekstSokdefinisjon:
      '< sokdefinisjon; inkluder=dokumentbeskrivelseInkluder* soketekst=xs:string',
    parameter: 'abstrakt operator=operatorType sokVerdier',
    mappeParameter: '< parameter; felt=mappeSokefelt',
    saksmappeParameter: '< parameter; felt=saksmappeSokefelt',
    registreringParameter: '< parameter; felt=registreringSokefelt',
    journalpostParameter: '< parameter; felt=journalpostSokefelt',
    dokumentbeskrivelseParameter: '< parameter; felt=dokumentbeskrivelseSokefelt',
    sokVerdier: `
      (stringvalues | datevalues | intvalues | eksternNoekkel | mappeKlassifikasjon | bbox)?
    `,
    stringvalues: '(value=xs:string)*',
    datevalues: '(value=xs:dateTime)*',
    intvalues: '(value=xs:int)*',
    mappeKlassifikasjon: '(klassifikasjonssystemID=xs:string? klasseID=xs:string?)+',
    eksternNoekkel: 'fagsystem=xs:string noekkel=xs:string',
    bbox: 'koordinatsystem nedreVenstre=bboxKoordinater oevreHoeyre=bboxKoordinater',
    bboxKoordinater: 'x y',
    mappeSortering: 'felt=mappeSorteringsfelt type=sorteringType',
    saksmappeSortering: 'felt=saksmappeSorteringsfelt type=sorteringType',
    registreringSortering: 'felt=registreringSorteringsfelt type=sorteringType',
    journalpostSortering: 'felt=journalpostSorteringsfelt type=sorteringType',
    dokumentbeskrivelseSortering: 'felt=dokumentbeskrivelseSorteringsfelt type=sorteringType',
  },
};

const RESULTAT: Navnerom = {
  uri: arkivUri('sokeresultat/utvidet'),
  merke: 'resultat',
  bruker: ['struktur'],
  rot: { sokeresultat: 'sokeresultat' },
  verdier: [
    {
      base: 'xs:string',
      verdier: [
        'mappe',
        'saksmappe',
        'registrering',
        'journalpost',
        'journalpostMedSaksmappe',
        'dokumentbeskrivelse',
      ],
      navn: 'resultatType',
    },
  ],
  typer: {
    sokeresultat: `
      system=xs:string take=xs:int skip=xs:int count=xs:int resultattype=resultatType resultatListe
    `,
    resultatListe: 'resultat*',
    resultat: `
      (mappe | saksmappe | registrering | journalpost | journalpostMedSaksmappe | dokumentbeskrivelse)
    `,
  },
};

const RESULTAT_MINIMUM: Navnerom = {
  uri: arkivUri('sokeresultat/minimum'),
  merke: 'resultatMinimum',
  bruker: ['minimum'],
  rot: { sokeresultatMinimum: 'sokeresultatMinimum' },
  verdier: [
    {
      base: 'xs:string',
      verdier: [
        'mappe',
        'saksmappe',
        'registrering',
        'journalpost',
        'journalpostMedSaksmappe',
        'dokumentbeskrivelse',
      ],
      navn: 'resultatTypeMinimum',
    },
  ],
  typer: {
    sokeresultatMinimum: `
      system=xs:string take=xs:int skip=xs:int count=xs:int resultattype=resultatTypeMinimum
      resultatListe=resultatListeMinimum
    `,
    resultatListeMinimum: 'resultatMinimum*',
    resultatMinimum: `
      (mappe=minimum:mappeMinimum | saksmappe=minimum:saksmappeMinimum |
      registrering=minimum:registreringMinimum | journalpost=minimum:journalpostMinimum |
      journalpostMedSaksmappe=minimum:journalpostMedSaksmappeMinimum |
      dokumentbeskrivelse=minimum:dokumentbeskrivelseMinimum)
    `,
  },
};

const RESULTAT_NOEKLER: Navnerom = {
  uri: arkivUri('sokeresultat/noekler'),
  merke: 'resultatNoekler',
  bruker: ['noekler'],
  rot: { sokeresultatNoekler: 'sokeresultatNoekler' },
  verdier: [
    {
      base: 'xs:string',
      verdier: ['mappe', 'saksmappe', 'registrering', 'journalpost', 'dokumentbeskrivelse'],
      navn: 'resultatTypeNoekler',
    },
  ],
  typer: {
    sokeresultatNoekler: `
      system=xs:string take=xs:int skip=xs:int count=xs:int resultattype=resultatTypeNoekler
      resultatListe=resultatListeNoekler
    `,
    resultatListeNoekler: 'resultatNoekler*',
    resultatNoekler: `
      (mappe=noekler:mappeNoekler | saksmappe=noekler:saksmappeNoekler |
      registrering=noekler:registreringNoekler | journalpost=noekler:journalpostNoekler |
      dokumentbeskrivelse=noekler:dokumentbeskrivelseNoekler)
    `,
  },
};

/** Searches and their results (fiks-io §5.3). */
export const ARKIV_SOK: readonly Navnerom[] = [SOK, RESULTAT, RESULTAT_MINIMUM, RESULTAT_NOEKLER];
