import { PLAN_INNSYN, PLAN_OPPDATERING } from './protocols-messages-plan.ts';
import {
  flate,
  type JsonEksempel,
  kode,
  kortFlate,
  matrikkel,
  punkt,
  saksnummer,
} from './protocols-messages-shared.ts';

const feilmelding = { errorId: 'e1', feilmelding: 'Fant ikke planen', correlationId: 'k1' };
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
