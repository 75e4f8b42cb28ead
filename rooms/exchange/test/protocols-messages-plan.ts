import {
  flate,
  type JsonEksempel,
  kode,
  kortFlate,
  matrikkel,
  punkt,
  saksnummer,
} from './protocols-messages-shared.ts';

const planid = {
  administrativEnhet: { type: 'kommunenummer', nummer: '4601' },
  planidentifikasjon: '20240001',
};
const dokument = { tittel: 'Plankart', referanseDokumentfil: 'plankart.pdf', dokumenttype: kode };
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

export const PLAN_INNSYN: Readonly<Record<string, JsonEksempel>> = {
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

export const PLAN_OPPDATERING: Readonly<Record<string, JsonEksempel>> = {
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
