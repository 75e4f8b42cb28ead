/** Small messages of our own in XML: one that is right, and a change that breaks a rule, with rule and place that are told. */
export interface XmlEksempel {
  readonly riktig: string;
  readonly bytt: readonly [string, string];
  readonly regel: string;
  readonly sti: string;
}

const ARKIV = 'https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv';
const MATRIKKEL = 'http://rep.geointegrasjon.no/Matrikkel';
const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';

/** `m:` is the shared values, `a:` what an archive answers with. */
function arkiv(del: string, rot: string, innhold: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<${rot} xmlns="${ARKIV}/${del}/v1" xmlns:m="${ARKIV}/metadatakatalog/v1" xmlns:a="${ARKIV}/arkivstruktur/v1"
  xmlns:n="${ARKIV}/arkivstruktur/minimum/v1" xmlns:k="${ARKIV}/arkivstruktur/noekler/v1"
  xmlns:o="${ARKIV}/arkivmelding/opprett/v1" xmlns:f="${ARKIV}/feil/feilmelding/v1"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${innhold}</${rot}>`;
}

function matrikkel(del: string, rot: string, innhold: string): string {
  return `<${rot} xmlns="${MATRIKKEL}/${del}/v2" xmlns:b="${MATRIKKEL}/feilmelding/feilmeldingbase/v2"
  xmlns:g="${MATRIKKEL}/foering/v2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${innhold}</${rot}>`;
}

const kode = (navn: string, verdi: string) => `<${navn}><m:kode>${verdi}</m:kode></${navn}>`;
const mappeRef = `<referanseTilMappe><m:systemID label="Sak">${ID}</m:systemID></referanseTilMappe>`;
const registreringRef = `<referanseTilRegistrering><m:systemID>${ID}</m:systemID></referanseTilRegistrering>`;
const journalpostRef = `<referanseTilJournalpost><m:registreringsID>2026-1</m:registreringsID></referanseTilJournalpost>`;
const dokumentRef = `<referanseTilDokumentbeskrivelse><m:systemID>${ID}</m:systemID></referanseTilDokumentbeskrivelse>`;
const treff = (type: string, innhold: string) =>
  `<system>Test</system><take>10</take><skip>0</skip><count>1</count><resultattype>${type}</resultattype>${innhold}`;

const ARKIV_EKSEMPLER: Readonly<Record<string, XmlEksempel>> = {
  'arkivering.arkivmelding.opprett': {
    riktig: arkiv(
      'arkivmelding/opprett',
      'arkivmelding',
      `<system>Test</system><antallFiler>1</antallFiler><registrering xsi:type="journalpost">
        <arkivdel><m:kode>A</m:kode></arkivdel>
        <dokumentbeskrivelse><tittel>Søknad</tittel>${kode('tilknyttetRegistreringSom', 'H')}
          <dokumentobjekt><filnavn>soknad.pdf</filnavn><referanseDokumentfil>soknad.pdf</referanseDokumentfil></dokumentobjekt>
        </dokumentbeskrivelse>
        <tittel>Søknad om garasje</tittel>
        <virksomhetsspesifikkeMetadata><eget xmlns="urn:eksempel">x</eget></virksomhetsspesifikkeMetadata>
        <journalaar>2026</journalaar>${kode('journalposttype', 'I')}<journaldato>2026-02-28</journaldato>
      </registrering>`,
    ),
    bytt: ['2026-02-28', '2026-02-29'],
    regel: 'verdi',
    sti: '/arkivmelding/registrering/journaldato',
  },
  'arkivering.arkivmelding.opprett.kvittering': {
    riktig: arkiv(
      'arkivmelding/opprett/kvittering',
      'arkivmeldingKvittering',
      `<registreringFeilet><f:feilId>1</f:feilId><f:feilmelding>Stengt</f:feilmelding></registreringFeilet>`,
    ),
    bytt: ['<f:feilId>1</f:feilId>', ''],
    regel: 'rekkefolge',
    sti: '/arkivmeldingKvittering/registreringFeilet/feilmelding',
  },
  'arkivering.arkivmelding.oppdater': {
    riktig: arkiv(
      'arkivmelding/oppdater',
      'arkivmeldingOppdatering',
      `<mappeOppdateringer>${mappeRef}<tittel>Ny tittel</tittel></mappeOppdateringer>`,
    ),
    bytt: ['</arkivmeldingOppdatering>', '<registreringOppdateringer/></arkivmeldingOppdatering>'],
    regel: 'rekkefolge',
    sti: '/arkivmeldingOppdatering/registreringOppdateringer',
  },
  'arkivering.dokumentobjekt.opprett': {
    riktig: arkiv(
      'dokumentobjekt/opprett',
      'dokumentobjektOpprett',
      `${dokumentRef}<dokumentobjekt><o:filnavn>a.pdf</o:filnavn><o:referanseDokumentfil>a.pdf</o:referanseDokumentfil></dokumentobjekt>`,
    ),
    bytt: ['<o:referanseDokumentfil>a.pdf</o:referanseDokumentfil>', '<o:referanseDokumentfil/>'],
    regel: 'verdi',
    sti: '/dokumentobjektOpprett/dokumentobjekt/referanseDokumentfil',
  },
  'arkivering.dokumentobjekt.opprett.kvittering': {
    riktig: arkiv(
      'dokumentobjekt/opprett/kvittering',
      'dokumentobjektOpprettKvittering',
      `<systemID>${ID}</systemID>`,
    ),
    bytt: [ID, '12'],
    regel: 'verdi',
    sti: '/dokumentobjektOpprettKvittering/systemID',
  },
  'arkivering.avskrivning.opprett': {
    riktig: arkiv(
      'avskrivning/opprett',
      'nyAvskrivning',
      `<avskrivning><avskrivningsdato>2026-01-31</avskrivningsdato><avskrevetAv><m:navn>Sara</m:navn></avskrevetAv>
        ${kode('avskrivningsmaate', 'TE')}</avskrivning>${journalpostRef}<korrespondansepartID>1</korrespondansepartID>`,
    ),
    bytt: ['<korrespondansepartID>1</korrespondansepartID>', ''],
    regel: 'mangler',
    sti: '/nyAvskrivning',
  },
  'arkivering.avskrivning.slett': {
    riktig: arkiv(
      'avskrivning/slett',
      'slettAvskrivning',
      `${journalpostRef}<korrespondansepartID>1</korrespondansepartID>`,
    ),
    bytt: ['<m:registreringsID>', '<m:registreringsID nr="1">'],
    regel: 'ukjent',
    sti: '/slettAvskrivning/referanseTilJournalpost/registreringsID/@nr',
  },
  'innsyn.mappe.hent': {
    riktig: arkiv('mappe/hent', 'mappeHent', `<system>Test</system>${mappeRef}<inkluder>merknad</inkluder>`),
    bytt: ['>merknad<', '>alt<'],
    regel: 'verdi',
    sti: '/mappeHent/inkluder',
  },
  'innsyn.mappe.hent.resultat': {
    riktig: arkiv(
      'mappe/hent/resultat',
      'mappeHentResultat',
      `<mappe><a:systemID>${ID}</a:systemID><a:mappeID>2026/1</a:mappeID><a:tittel>Sak</a:tittel>
        <a:opprettetDato>2026-01-31T10:00:00</a:opprettetDato><a:opprettetAv>Sara</a:opprettetAv></mappe>`,
    ),
    bytt: ['T10:00:00', ''],
    regel: 'verdi',
    sti: '/mappeHentResultat/mappe/opprettetDato',
  },
  'innsyn.registrering.hent': {
    riktig: arkiv('registrering/hent', 'registreringHent', `<system>Test</system>${registreringRef}`),
    bytt: ['<system>Test</system>', ''],
    regel: 'rekkefolge',
    sti: '/registreringHent/referanseTilRegistrering',
  },
  'innsyn.registrering.hent.resultat': {
    riktig: arkiv('registrering/hent/resultat', 'registreringHentResultat', ''),
    bytt: ['></registreringHentResultat>', '>tomt</registreringHentResultat>'],
    regel: 'innhold',
    sti: '/registreringHentResultat',
  },
  'innsyn.dokumentfil.hent': {
    riktig: arkiv(
      'dokumentfil/hent',
      'dokumentfilHent',
      `<system>Test</system><dokumentfilNoekkel><systemID>${ID}</systemID></dokumentfilNoekkel>`,
    ),
    bytt: [`<systemID>${ID}</systemID>`, `<m:systemID>${ID}</m:systemID>`],
    regel: 'navnerom',
    sti: '/dokumentfilHent/dokumentfilNoekkel/systemID',
  },
  'innsyn.sok': {
    riktig: arkiv(
      'sok',
      'sok',
      `<system>Test</system><take>10</take><skip>0</skip><sokdefinisjon xsi:type="mappeFritekstSokdefinisjon">
        <responstype/><soketekst>garasje</soketekst></sokdefinisjon>`,
    ),
    bytt: [' xsi:type="mappeFritekstSokdefinisjon"', ''],
    regel: 'xsi:type',
    sti: '/sok/sokdefinisjon',
  },
  'innsyn.sok.resultat.utvidet': {
    riktig: arkiv('sokeresultat/utvidet', 'sokeresultat', treff('mappe', '<resultatListe/>')),
    bytt: ['<count>1', '<count>én'],
    regel: 'verdi',
    sti: '/sokeresultat/count',
  },
  'innsyn.sok.resultat.minimum': {
    riktig: arkiv(
      'sokeresultat/minimum',
      'sokeresultatMinimum',
      treff(
        'mappe',
        `<resultatListe><resultatMinimum><mappe><n:systemID>${ID}</n:systemID><n:mappeID>1</n:mappeID>
          <n:tittel>Sak</n:tittel></mappe></resultatMinimum></resultatListe>`,
      ),
    ),
    bytt: ['<n:tittel>Sak</n:tittel>', ''],
    regel: 'mangler',
    sti: '/sokeresultatMinimum/resultatListe/resultatMinimum/mappe',
  },
  'innsyn.sok.resultat.noekler': {
    riktig: arkiv(
      'sokeresultat/noekler',
      'sokeresultatNoekler',
      treff(
        'mappe',
        '<resultatListe><resultatNoekler><mappe><k:mappeID>1</k:mappeID></mappe></resultatNoekler></resultatListe>',
      ),
    ),
    bytt: ['<k:mappeID>1</k:mappeID>', '<k:mappeID>1</k:mappeID><k:mappeID>2</k:mappeID>'],
    regel: 'rekkefolge',
    sti: '/sokeresultatNoekler/resultatListe/resultatNoekler/mappe/mappeID[2]',
  },
  'innsyn.kodeliste.hent': {
    riktig: arkiv('kodeliste/hent', 'HentKodeliste', '<kodelistenavn>saksstatus</kodelistenavn>'),
    bytt: ['saksstatus', 'saksfarge'],
    regel: 'verdi',
    sti: '/HentKodeliste/kodelistenavn',
  },
  'innsyn.kodeliste.hent.resultat': {
    riktig: arkiv('kodeliste/hent/resultat', 'KodeListe', kode('liste', 'A')),
    bytt: [kode('liste', 'A'), ''],
    regel: 'mangler',
    sti: '/KodeListe',
  },
  ...Object.fromEntries(
    ['ugyldigforespoersel', 'serverfeil', 'ikkefunnet'].map((feil) => [
      `feilmelding.${feil}`,
      {
        riktig: arkiv(`feil/${feil}`, feil, '<f:feilId>1</f:feilId><f:feilmelding>Nei</f:feilmelding>'),
        bytt: ['<f:feilmelding>Nei</f:feilmelding>', '<feilmelding>Nei</feilmelding>'] as const,
        regel: 'navnerom',
        sti: `/${feil}/feilmelding`,
      },
    ]),
  ),
};

const MATRIKKEL_EKSEMPLER: Readonly<Record<string, XmlEksempel>> = {
  grunnlag: {
    riktig: matrikkel(
      'foering',
      'Byggesak',
      `<systemId xsi:nil="true"/><tittel>Garasje</tittel>
        <saksnummer><saksaar>2026</saksaar><sakssekvensnummer>1</sakssekvensnummer></saksnummer>
        <kategori><kode>ET</kode></kategori><registrertDato>2026-01-31T10:00:00Z</registrertDato>`,
    ),
    bytt: ['<systemId xsi:nil="true"/>', '<systemId xsi:nil="true">1</systemId>'],
    regel: 'nil',
    sti: '/Byggesak/systemId',
  },
  kvittering: {
    riktig: matrikkel(
      'foeringskvittering',
      'KvitteringMatrikkel',
      `<saksnummer><saksaar>2026</saksaar><sakssekvensnummer>1</sakssekvensnummer></saksnummer><status>ok</status>
        <kvitteringer><status>velykket</status><tiltakid>t1</tiltakid>
        <byggIdent><g:bygningsnummer>300000000</g:bygningsnummer></byggIdent></kvitteringer>`,
    ),
    bytt: ['velykket', 'vellykket'],
    regel: 'verdi',
    sti: '/KvitteringMatrikkel/kvitteringer/status',
  },
  status: {
    riktig: matrikkel('foeringstatus', 'StatusMatrikkel', `<klientMeldingId>${ID}</klientMeldingId>`),
    bytt: ['</StatusMatrikkel>', '<svarMedKvittering>ja</svarMedKvittering></StatusMatrikkel>'],
    regel: 'verdi',
    sti: '/StatusMatrikkel/svarMedKvittering',
  },
  statussvar: {
    riktig: matrikkel(
      'foeringstatussvar',
      'StatusMatrikkelSvar',
      `<klientMeldingId>${ID}</klientMeldingId><statusBehandling>Mottatt</statusBehandling>`,
    ),
    bytt: ['<statusBehandling>Mottatt</statusBehandling>', ''],
    regel: 'mangler',
    sti: '/StatusMatrikkelSvar',
  },
  ...Object.fromEntries(
    ['ugyldigforespoersel', 'serverfeil'].map((feil) => [
      `feilmelding.${feil}`,
      {
        riktig: matrikkel(
          `feilmelding/${feil}`,
          feil,
          `<b:feilId>${ID}</b:feilId><b:feilmelding>Nei</b:feilmelding>`,
        ),
        bytt: [ID, 'nr-1'] as const,
        regel: 'verdi',
        sti: `/${feil}/feilId`,
      },
    ]),
  ),
};

export const XML_EKSEMPLER: ReadonlyMap<string, XmlEksempel> = new Map([
  ...Object.entries(ARKIV_EKSEMPLER).map(
    ([type, eksempel]) => [`no.ks.fiks.arkiv.v1.${type}`, eksempel] as const,
  ),
  ...Object.entries(MATRIKKEL_EKSEMPLER).map(
    ([type, eksempel]) => [`no.ks.fiks.matrikkelfoering.v2.${type}`, eksempel] as const,
  ),
]);
