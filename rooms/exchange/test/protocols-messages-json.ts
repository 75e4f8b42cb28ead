/** Small messages of our own: a payload that is right, and one that breaks a rule, with the place that is told. */
export interface JsonEksempel {
  readonly riktig: unknown;
  readonly feil: unknown;
  readonly sti: string;
}

const planid = {
  administrativEnhet: { type: 'kommunenummer', nummer: '4601' },
  planidentifikasjon: '20240001',
};
const saksnummer = { saksaar: 2026, sakssekvensnummer: 12 };
const kode = { kodeverdi: '1', kodebeskrivelse: 'Én' };
const euref = { kodeverdi: 'EPSG:25832' };
const punkt = { type: 'Point', koordinater: [60.39, 5.32], koordinatsystem: euref };
const flate = {
  type: 'Polygon',
  koordinater: [
    [0, 0],
    [0, 1],
    [1, 1],
    [0, 0],
  ],
  koordinatsystem: euref,
};
const kortFlate = { ...flate, koordinater: [[0, 0]] };
const dokument = { tittel: 'Plankart', referanseDokumentfil: 'plankart.pdf', dokumenttype: kode };
const matrikkel = { kommunenummer: '4601', gaardsnummer: 1, bruksnummer: 2 };
const adresse = { adressenavn: 'Storgata', adressenummer: 1 };
const dispensasjon = {
  dispensasjontype: kode,
  nasjonalArealplanId: planid,
  vedtaksdato: '2026-01-31',
  innvilgetDispensasjon: true,
  varigDispensasjon: false,
};
const forbud = {
  omraade: flate,
  avgjoerelsedato: '2026-01-31',
  pblTiltakForbudtype: kode,
  gyldigTilDato: '2027-01-31',
};
const planbehandling = { dato: '2026-02-28', saksnummer, planbehandlingtype: kode, navn: 'Høring' };
const feilmelding = { errorId: 'e1', feilmelding: 'Fant ikke planen', correlationId: 'k1' };

const PLAN_INNSYN: Readonly<Record<string, JsonEksempel>> = {
  'aktoerer.hent': {
    riktig: { saksnummer },
    feil: { saksnummer: { saksaar: 2026 } },
    sti: '/saksnummer/sakssekvensnummer',
  },
  'aktoerer.hent.resultat': {
    riktig: { aktoerer: [{ rolle: 'Forslagsstiller' }] },
    feil: { aktoerer: {} },
    sti: '/aktoerer',
  },
  'arealplan.hent': {
    riktig: { nasjonalArealplanId: planid, inkluderPlanbehandlinger: false },
    feil: { nasjonalArealplanId: planid },
    sti: '/inkluderPlanbehandlinger',
  },
  'arealplan.hent.resultat': {
    riktig: { arealplan: { plannavn: 'Sentrum' }, planbehandlinger: [planbehandling] },
    feil: { arealplan: { plannavn: 'Sentrum', vedtaksdato: '31.01.2026' } },
    sti: '/arealplan/vedtaksdato',
  },
  'arealplaner.finn': {
    riktig: { soekekriterier: [{ felt: 'plannavn', operator: 'equal', parameterverdier: 'Sentrum' }] },
    feil: { soekekriterier: [{ felt: 'plannavn', operator: 'like', parameterverdier: 'Sentrum' }] },
    sti: '/soekekriterier/0/operator',
  },
  'arealplaner.finn.for.adresse': {
    riktig: { adresse },
    feil: { adresse: { adressenavn: 'Storgata' } },
    sti: '/adresse/adressenummer',
  },
  'arealplaner.finn.for.flate': { riktig: { flate }, feil: { flate: kortFlate }, sti: '/flate/koordinater' },
  'arealplaner.finn.for.matrikkelenhet': {
    riktig: { matrikkelnummer: matrikkel },
    feil: { matrikkelnummer: { ...matrikkel, bruksnummer: '2' } },
    sti: '/matrikkelnummer/bruksnummer',
  },
  'arealplaner.finn.resultat': { riktig: { arealplaner: [] }, feil: {}, sti: '/arealplaner' },
  'dispensasjoner.finn': {
    riktig: {
      soekekriterier: [{ felt: 'vedtaksdato', operator: 'lessthan', parameterverdier: '2026-01-01' }],
      inkluderPlandokumenter: true,
    },
    feil: {
      soekekriterier: [{ felt: 'farge', operator: 'lessthan', parameterverdier: 'x' }],
      inkluderPlandokumenter: true,
    },
    sti: '/soekekriterier/0/felt',
  },
  'dispensasjoner.finn.for.plan': {
    riktig: { nasjonalArealplanId: planid },
    feil: {},
    sti: '/nasjonalArealplanId',
  },
  'dispensasjoner.finn.resultat': {
    riktig: { dispensasjoner: [dispensasjon] },
    feil: { dispensasjoner: [{ ...dispensasjon, varigDispensasjon: 'nei' }] },
    sti: '/dispensasjoner/0/varigDispensasjon',
  },
  'dokumentfil.hent': { riktig: { id: 'plankart.pdf' }, feil: { id: 7 }, sti: '/id' },
  'gjeldendeplandokumenter.hent': {
    riktig: { nasjonalArealplanId: planid },
    feil: { nasjonalArealplanId: { administrativEnhet: {} } },
    sti: '/nasjonalArealplanId/planidentifikasjon',
  },
  'gjeldendeplandokumenter.hent.resultat': {
    riktig: { plandokumenter: [dokument] },
    feil: { plandokumenter: [{ tittel: 'Plankart', dokumenttype: kode }] },
    sti: '/plandokumenter/0/referanseDokumentfil',
  },
  'kodeliste.hent': { riktig: { kodelistenavn: 'plantyper' }, feil: {}, sti: '/kodelistenavn' },
  'kodeliste.hent.resultat': {
    riktig: { navn: 'plantyper', koder: [kode] },
    feil: { navn: 'plantyper', koder: [{ kodeverdi: '1' }] },
    sti: '/koder/0/kodebeskrivelse',
  },
  'midlertidigeforbudmottiltak.finn.for.adresse': {
    riktig: { adresse },
    feil: { adresse: 'Storgata 1' },
    sti: '/adresse',
  },
  'midlertidigeforbudmottiltak.finn.for.flate': {
    riktig: { flate },
    feil: { flate: { ...flate, type: 'Linje' } },
    sti: '/flate/type',
  },
  'midlertidigeforbudmottiltak.finn.for.matrikkelenhet': {
    riktig: { matrikkelnummer: matrikkel },
    feil: { matrikkelnummer: {} },
    sti: '/matrikkelnummer/kommunenummer',
  },
  'midlertidigeforbudmottiltak.finn.for.plan': {
    riktig: { nasjonalArealplanId: planid },
    feil: [],
    sti: '/',
  },
  'midlertidigeforbudmottiltak.finn.resultat': {
    riktig: { midlertidigeForbud: [forbud] },
    feil: { midlertidigeForbud: [{ ...forbud, gyldigTilDato: '2027-02-30' }] },
    sti: '/midlertidigeForbud/0/gyldigTilDato',
  },
  'planbehandlinger.finn': {
    riktig: { nasjonalArealplanId: planid, inkluderPlandokumenter: true },
    feil: { nasjonalArealplanId: planid, inkluderPlandokumenter: 1 },
    sti: '/inkluderPlandokumenter',
  },
  'planbehandlinger.finn.resultat': {
    riktig: { planbehandlinger: [planbehandling] },
    feil: { planbehandlinger: [{ ...planbehandling, posisjon: { ...punkt, koordinater: [1] } }] },
    sti: '/planbehandlinger/0/posisjon/koordinater',
  },
  'planomraader.hent': { riktig: { nasjonalArealplanId: planid }, feil: {}, sti: '/nasjonalArealplanId' },
  'planomraader.hent.resultat': {
    riktig: { planomraader: [{ omraade: { ytreAvgrensning: flate }, vertikalnivaa: 'Under grunnen' }] },
    feil: { planomraader: [{ omraade: { ytreAvgrensning: flate }, vertikalnivaa: 'Under bakken' }] },
    sti: '/planomraader/0/vertikalnivaa',
  },
  'relaterteplaner.hent': { riktig: { nasjonalArealplanId: planid }, feil: {}, sti: '/nasjonalArealplanId' },
  'relaterteplaner.hent.resultat': {
    riktig: {
      nasjonalArealplanId: planid,
      planrelasjoner: [{ planforhold: kode, arealplan: { plannavn: 'A' } }],
    },
    feil: { nasjonalArealplanId: planid, planrelasjoner: [{ planforhold: { kodeverdi: '1' } }] },
    sti: '/planrelasjoner/0/planforhold/kodebeskrivelse',
  },
};

const nyPlan = { plannavn: 'Sentrum', plantype: kode, planstatus: kode, lovreferanse: kode, saksnummer };

const PLAN_OPPDATERING: Readonly<Record<string, JsonEksempel>> = {
  'arealplan.opprett': { riktig: nyPlan, feil: { ...nyPlan, plannavn: undefined }, sti: '/plannavn' },
  'arealplan.opprett.kvittering': {
    riktig: { nasjonalArealplanId: planid, saksnummer },
    feil: { nasjonalArealplanId: planid },
    sti: '/saksnummer',
  },
  'arealplan.oppdater': {
    riktig: { nasjonalArealplanId: planid, ubehandletKlage: false },
    feil: { nasjonalArealplanId: planid, ubehandletKlage: 'false' },
    sti: '/ubehandletKlage',
  },
  'dispensasjon.registrer': { riktig: { dispensasjon }, feil: {}, sti: '/dispensasjon' },
  'dispensasjon.registrer.kvittering': {
    riktig: { identifikasjon: 'd-1' },
    feil: {},
    sti: '/identifikasjon',
  },
  'dispensasjon.oppdater': {
    riktig: { opphevIdentifikasjon: 'd-1', referanseKlageSaksnummer: saksnummer },
    feil: { referanseKlageSaksnummer: { saksaar: 2026.5, sakssekvensnummer: 1 } },
    sti: '/referanseKlageSaksnummer/saksaar',
  },
  'gjeldendeplandokumenter.registrer': {
    riktig: { nasjonalArealplanId: planid, plandokumenter: [dokument] },
    feil: { nasjonalArealplanId: planid },
    sti: '/plandokumenter',
  },
  'midlertidigforbudmottiltak.registrer': {
    riktig: { forbudOmraade: forbud },
    feil: { forbudOmraade: { ...forbud, omraade: punkt } },
    sti: '/forbudOmraade/omraade/type',
  },
  'planavgrensning.registrer': {
    riktig: { nasjonalArealplanId: planid, vedlegg: [dokument] },
    feil: { vedlegg: [null] },
    sti: '/vedlegg/0',
  },
  'planbehandling.registrer': {
    riktig: { nasjonalArealplanId: planid, planbehandling },
    feil: { nasjonalArealplanId: planid },
    sti: '/planbehandling',
  },
  'planendring.registrer': {
    riktig: { nasjonalArealplanId: planid, identifikasjon: 3, posisjon: punkt },
    feil: { nasjonalArealplanId: planid, identifikasjon: '3' },
    sti: '/identifikasjon',
  },
  'planomraade.registrer': {
    riktig: {
      nasjonalArealplanId: planid,
      planomraade: { omraade: { ytreAvgrensning: flate }, vertikalnivaa: 'I vannsoeylen' },
    },
    feil: { nasjonalArealplanId: planid, planomraade: { omraade: {}, vertikalnivaa: 'I vannsoeylen' } },
    sti: '/planomraade/omraade/ytreAvgrensning',
  },
};

const noekkel = { fagsystem: 'Byggesak', noekkel: 'b-1' };
const sak = {
  referanseEksternNoekkel: noekkel,
  fagsystemetsSaksnummer: saksnummer,
  tittel: 'Ny skole',
  saksansvarlig: 'Sara Saksbehandler',
};
const moete = { moeteid: 'm1', moetedato: '2026-03-01T18:00:00Z', tittel: 'Møte i formannskapet' };
const utvalg = { utvalgId: 'u1', utvalgNavn: 'Formannskapet' };
const stemme = { Ja: {}, Nei: {}, Blankt: {} };
const avsender = { organisasjonsnummer: '310000019' };

const POLITISK: Readonly<Record<string, JsonEksempel>> = {
  'moeteplan.hent': {
    riktig: { utvalgId: 'u1', fraMoetedato: '2026-01-01' },
    feil: { fraMoetedato: '2026' },
    sti: '/fraMoetedato',
  },
  'moeteplan.hent.resultat': {
    riktig: { utvalg: [{ ...utvalg, moete: [moete] }] },
    feil: { utvalg: [{ ...utvalg, moete: [{ ...moete, moetedato: '2026-03-01' }] }] },
    sti: '/utvalg/0/moete/0/moetedato',
  },
  'utvalg.hent': { riktig: {}, feil: 'alle', sti: '/' },
  'utvalg.hent.resultat': {
    riktig: { utvalg: [utvalg] },
    feil: { utvalg: [{ utvalgId: 'u1' }] },
    sti: '/utvalg/0/utvalgNavn',
  },
  'utvalgssak.send': {
    riktig: {
      sak: { ...sak, fagsystemetsReferanse: 'b-1' },
      forslagTilBehandlingsplan: [{ tilUtvalgId: 'u1', tilUtvalgNavn: 'Formannskapet' }],
    },
    feil: { sak: { ...sak, fagsystemetsReferanse: 'b-1' }, forslagTilBehandlingsplan: [] },
    sti: '/forslagTilBehandlingsplan',
  },
  'orienteringssak.send': {
    riktig: { sak },
    feil: { sak: { ...sak, tittel: undefined } },
    sti: '/sak/tittel',
  },
  'delegertvedtak.send': {
    riktig: {
      tilUtvalgId: 'u1',
      tilUtvalgNavn: 'Formannskapet',
      sak: { ...sak, vedtaksdato: '2026-03-01', status: kode, arkivSaksnummer: saksnummer },
    },
    feil: { tilUtvalgId: 'u1', tilUtvalgNavn: 'Formannskapet', sak: { ...sak, vedtaksdato: '2026-03-01' } },
    sti: '/sak/status',
  },
  'vedtakfrautvalg.send': {
    riktig: {
      ...utvalg,
      moeteId: 'm1',
      moetedato: '2026-03-01T18:00:00+01:00',
      erEndeligVedtak: true,
      sak: {
        ...sak,
        utvalgetsSaksnummer: saksnummer,
        vedtaksdato: '2026-03-01',
        votering: [{ moetedeltaker: 'Pia Politiker', representerer: 'Partiet', stemme }],
      },
    },
    feil: { ...utvalg, moeteId: 'm1', moetedato: '2026-03-01T18:00:00Z', erEndeligVedtak: true },
    sti: '/sak',
  },
  'einnsyn.moeteplan.send': {
    riktig: { avsender, utvalg: [{ ...utvalg, medlem: [{ medlemsId: '1', navn: 'Pia', rekkefoelge: 1 }] }] },
    feil: {
      avsender,
      utvalg: [{ ...utvalg, medlem: [{ medlemsId: '1', navn: 'Pia', rekkefoelge: 'først' }] }],
    },
    sti: '/utvalg/0/medlem/0/rekkefoelge',
  },
  'einnsyn.utvalgssaker.send': {
    riktig: { moete, utvalg, avsender },
    feil: { moete, utvalg },
    sti: '/avsender',
  },
  'einnsyn.vedtak.send': {
    riktig: { moete, utvalg, avsender, vedtak: [] },
    feil: { moete: {}, utvalg, avsender },
    sti: '/moete/moeteid',
  },
};

const fase = { faseid: 'f1', fasenavn: 'Søknad', kategori: kode, status: 'UnderArbeid' };

const SAKSFASER: Readonly<Record<string, JsonEksempel>> = {
  'saksfaser.hent': { riktig: { saksnummer }, feil: { saksnummer: '2026/12' }, sti: '/saksnummer' },
  'saksfaser.hent.resultat': {
    riktig: { saksnummer, sakstittel: 'Garasje', saksansvarlig: 'Sara', faser: [fase] },
    feil: {
      saksnummer,
      sakstittel: 'Garasje',
      saksansvarlig: 'Sara',
      faser: [{ ...fase, status: 'Ferdig' }],
    },
    sti: '/faser/0/status',
  },
  'saksfase.hent': { riktig: { faseid: 'f1' }, feil: {}, sti: '/faseid' },
  'saksfase.hent.resultat': {
    riktig: { fase: { ...fase, milepeler: [{ milepelId: 'm', beskrivelse: 'Mottatt', intern: false }] } },
    feil: { fase: { ...fase, milepeler: [{ milepelId: 'm', beskrivelse: 'Mottatt' }] } },
    sti: '/fase/milepeler/0/intern',
  },
};

const sesjon = { sesjonsId: 's1' };

const LINK: Readonly<Record<string, JsonEksempel>> = {
  'flate.hent': { riktig: sesjon, feil: {}, sti: '/sesjonsId' },
  'flate.hent.resultat': {
    riktig: { omraade: flate },
    feil: { omraade: kortFlate },
    sti: '/omraade/koordinater',
  },
  'kartutsnitt.hent': { riktig: sesjon, feil: {}, sti: '/sesjonsId' },
  'kartutsnitt.hent.resultat': { riktig: { filnavn: 'kart.png' }, feil: { filnavn: null }, sti: '/filnavn' },
  'naboliste.hent': {
    riktig: { ...sesjon, inkluderEiere: true, inkluderEiendomadresser: false },
    feil: { ...sesjon, inkluderEiere: true },
    sti: '/inkluderEiendomadresser',
  },
  'naboliste.hent.resultat': {
    riktig: { naboeiendommer: [{ matrikkelnummer: matrikkel, eiere: [{ kontakt: { navn: 'Nils Nabo' } }] }] },
    feil: { naboeiendommer: [{ eiere: [{ kontakt: {} }] }] },
    sti: '/naboeiendommer/0/eiere/0/kontakt/navn',
  },
  'posisjon.hent': { riktig: sesjon, feil: { sesjonsId: 1 }, sti: '/sesjonsId' },
  'posisjon.hent.resultat': { riktig: { punkt }, feil: { punkt: flate }, sti: '/punkt/type' },
};

const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';

const UTEN_PREFIKS: Readonly<Record<string, JsonEksempel>> = {
  'no.nav.digisos.soknad.v1': {
    riktig: { eksternRef: 's1', digisosId: uuid },
    feil: { eksternRef: 's1', digisosId: 's1' },
    sti: '/digisosId',
  },
  'no.nav.digisos.soknad.mottatt.v1': { riktig: {}, feil: [], sti: '/' },
  'no.nav.digisos.ettersendelse.v1': {
    riktig: { eksternRef: 'e1', digisosId: uuid, soknadLeveranseId: { sendtKanal: 'FIKS_IO', id: uuid } },
    feil: { eksternRef: 'e1', digisosId: uuid, soknadLeveranseId: { sendtKanal: 'POST' } },
    sti: '/soknadLeveranseId/sendtKanal',
  },
  'no.nav.digisos.ettersendelse.mottatt.v1': { riktig: {}, feil: 1, sti: '/' },
  'no.ks.svarut.forsendelse.v1': {
    riktig: { forsendelse: { tittel: 'Vedtak', mottaker: { navn: 'Kari' } }, mottakerSystem: 'Arkiv' },
    feil: { forsendelse: { mottaker: { navn: ['Kari'] } } },
    sti: '/forsendelse/mottaker/navn',
  },
  'no.ks.fiks.kvittering.ugyldigforespoersel.v1': { riktig: feilmelding, feil: {}, sti: '/errorId' },
  'no.ks.fiks.kvittering.ikkefunnet.v1': {
    riktig: feilmelding,
    feil: { errorId: 'e1' },
    sti: '/feilmelding',
  },
  'no.grunnmur.validator.rapport.v1': {
    riktig: {
      gyldig: false,
      meldingstype: 'ping',
      funn: [{ alvor: 'feil', sti: 'payload', regel: 'payload-mangler', tekst: 'Mangler' }],
      filer: [],
      meldingId: uuid,
      kontrollert: '2026-03-01T18:00:00.000Z',
    },
    feil: { gyldig: true, meldingstype: 'ping', funn: [], filer: [], meldingId: uuid },
    sti: '/kontrollert',
  },
};

function feilmeldinger(prefiks: string): [string, JsonEksempel][] {
  return ['ugyldigforespoersel', 'serverfeil', 'ikkefunnet'].map((type) => [
    `${prefiks}feilmelding.${type}`,
    {
      riktig: feilmelding,
      feil: { errorId: 'e1', correlationId: 7, feilmelding: 'x' },
      sti: '/correlationId',
    },
  ]);
}

function medPrefiks(
  prefiks: string,
  eksempler: Readonly<Record<string, JsonEksempel>>,
): [string, JsonEksempel][] {
  return Object.entries(eksempler).map(([type, eksempel]) => [prefiks + type, eksempel]);
}

export const JSON_EKSEMPLER: ReadonlyMap<string, JsonEksempel> = new Map([
  ...medPrefiks('no.ks.fiks.plan.v2.innsyn.', PLAN_INNSYN),
  ...medPrefiks('no.ks.fiks.plan.v2.oppdatering.', PLAN_OPPDATERING),
  ...medPrefiks('no.ks.fiks.politisk.behandling.v1.', POLITISK),
  ...medPrefiks('no.ks.fiks.saksfaser.v1.', SAKSFASER),
  ...medPrefiks('no.ks.fiks.link.v1.innsyn.', LINK),
  ...medPrefiks('', UTEN_PREFIKS),
  ...['plan.v2', 'politisk.behandling.v1', 'saksfaser.v1', 'link.v1'].flatMap((protokoll) =>
    feilmeldinger(`no.ks.fiks.${protokoll}.`),
  ),
]);
