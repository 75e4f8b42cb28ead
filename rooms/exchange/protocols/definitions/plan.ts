import {
  boolsk,
  dato,
  en,
  feilmeldinger,
  flate,
  heltall,
  type JsonDefinisjoner,
  kode,
  liste,
  matrikkelnummer,
  medPrefiks,
  objekt,
  posisjon,
  saksnummer,
  tekst,
  uspesifisert,
} from './json.ts';

const PREFIKS = 'no.ks.fiks.plan.v2.';

const nasjonalArealplanId = objekt({
  administrativEnhet: uspesifisert({
    type: en('kommunenummer', 'fylkesnummer', 'landskode'),
    nummer: tekst,
  }),
  planidentifikasjon: tekst,
});
const planen = objekt({ nasjonalArealplanId });

const adresse = objekt(
  { adressenavn: tekst, adressenummer: heltall },
  { adressekode: tekst, adressebokstav: tekst, seksjonsnummer: heltall },
);

const dokument = objekt(
  { tittel: tekst, referanseDokumentfil: tekst, dokumenttype: kode },
  { id: tekst, filnavn: tekst, mimetype: tekst, dokumentsdato: dato, arkivnavn: tekst },
);

const arealplan = objekt(
  { plannavn: tekst },
  {
    nasjonalArealplanId,
    plantype: kode,
    planstatus: kode,
    plandokumentasjonOppdatert: boolsk,
    ubehandletKlage: boolsk,
    ubehandletInnsigelse: boolsk,
    vedtaksdato: dato,
    vedtakEndeligPlanDato: dato,
    lovreferanse: kode,
    forslagstillerType: kode,
    alternativFinnes: boolsk,
  },
);

const planbehandling = objekt(
  { dato, saksnummer, planbehandlingtype: kode, navn: tekst },
  { posisjon, plandokumenter: liste(dokument) },
);

const dispensasjon = objekt(
  {
    dispensasjontype: kode,
    nasjonalArealplanId,
    vedtaksdato: dato,
    innvilgetDispensasjon: boolsk,
    varigDispensasjon: boolsk,
  },
  {
    identifikasjon: tekst,
    dispensasjonFraLovverk: kode,
    dispensasjonFra: tekst,
    begrunnelse: tekst,
    posisjon,
    vertikalnivaa: kode,
    beskrivelse: tekst,
    saksnummer,
    varighetFra: dato,
    varighetTil: dato,
    plandokumenter: liste(dokument),
  },
);

const midlertidigForbud = objekt(
  { omraade: flate, avgjoerelsedato: dato, pblTiltakForbudtype: kode, gyldigTilDato: dato },
  { saksnummer, omraadenavn: tekst },
);

const omraade = objekt({ ytreAvgrensning: flate }, { indreAvgrensninger: liste(flate) });
const vertikalnivaa = en(
  'Under grunnen',
  'På grunnen/vannoverflate',
  'Over grunnen (bru)',
  'På bunnen (vann/sjoe)',
  'I vannsoeylen',
);

function soekekriterier(...felt: readonly string[]) {
  return liste(
    objekt({
      felt: en(...felt),
      operator: en(
        'equal',
        'notequal',
        'between',
        'lessthan',
        'lessequal',
        'greaterthan',
        'greaterequal',
        'inlist',
      ),
      parameterverdier: tekst,
    }),
  );
}

const PLANID_FELT = [
  'nasjonalArealplanId.kommunenummer',
  'nasjonalArealplanId.fylkesnummer',
  'nasjonalArealplanId.landkode',
  'nasjonalArealplanId.planidentifikasjon',
];
const finnArealplaner = objekt({
  soekekriterier: soekekriterier(
    ...PLANID_FELT,
    'plantype.kodeverdi',
    'plannavn',
    'planstatus.kodeverdi',
    'plandokumentasjonOppdatert',
    'ubehandletKlage',
    'ubehandletInnsigelse',
    'vedtakEndeligPlandato',
    'lovreferanse.kodeverdi',
    'forslagstillertype',
  ),
});
const finnDispensasjoner = objekt({
  soekekriterier: soekekriterier(
    'identifikasjon',
    'dispensasjon.kodeverdi',
    ...PLANID_FELT,
    'begrunnelse',
    'vedtaksdato',
    'beskrivelse',
    'innvilgetDispensasjon',
    'saksnummer.saksaar',
    'saksnummer.saksekvensnummer',
  ),
  inkluderPlandokumenter: boolsk,
});

const INNSYN: JsonDefinisjoner = {
  'aktoerer.hent': objekt({}, { saksnummer, nasjonalArealplanId }),
  'aktoerer.hent.resultat': objekt({}, { aktoerer: liste(objekt({}, { rolle: tekst })) }),
  'arealplan.hent': objekt({ nasjonalArealplanId, inkluderPlanbehandlinger: boolsk }),
  'arealplan.hent.resultat': objekt({}, { arealplan, planbehandlinger: liste(planbehandling) }),
  'arealplaner.finn': finnArealplaner,
  'arealplaner.finn.for.adresse': objekt({ adresse }),
  'arealplaner.finn.for.flate': objekt({ flate }),
  'arealplaner.finn.for.matrikkelenhet': objekt({ matrikkelnummer }),
  'arealplaner.finn.resultat': objekt({ arealplaner: liste(arealplan) }),
  'dispensasjoner.finn': finnDispensasjoner,
  'dispensasjoner.finn.for.plan': planen,
  'dispensasjoner.finn.resultat': objekt({}, { dispensasjoner: liste(dispensasjon) }),
  'dokumentfil.hent': objekt({ id: tekst }),
  'gjeldendeplandokumenter.hent': planen,
  'gjeldendeplandokumenter.hent.resultat': objekt({}, { plandokumenter: liste(dokument) }),
  'kodeliste.hent': objekt({ kodelistenavn: tekst }),
  'kodeliste.hent.resultat': objekt(
    { navn: tekst },
    { koder: liste(objekt({ kodeverdi: tekst, kodebeskrivelse: tekst })) },
  ),
  'midlertidigeforbudmottiltak.finn.for.adresse': objekt({ adresse }),
  'midlertidigeforbudmottiltak.finn.for.flate': objekt({ flate }),
  'midlertidigeforbudmottiltak.finn.for.matrikkelenhet': objekt({ matrikkelnummer }),
  'midlertidigeforbudmottiltak.finn.for.plan': planen,
  'midlertidigeforbudmottiltak.finn.resultat': objekt({}, { midlertidigeForbud: liste(midlertidigForbud) }),
  'planbehandlinger.finn': objekt({ nasjonalArealplanId, inkluderPlandokumenter: boolsk }),
  'planbehandlinger.finn.resultat': objekt({}, { planbehandlinger: liste(planbehandling) }),
  'planomraader.hent': planen,
  'planomraader.hent.resultat': objekt({}, { planomraader: liste(objekt({}, { omraade, vertikalnivaa })) }),
  'relaterteplaner.hent': planen,
  'relaterteplaner.hent.resultat': objekt(
    { nasjonalArealplanId },
    {
      planrelasjoner: liste(
        // Published without a type, and with its required fields in the wrong place.
        uspesifisert({
          planforhold: objekt({ kodeverdi: tekst, kodebeskrivelse: tekst }),
          arealplan,
        }),
      ),
    },
  ),
};

const planfelt = {
  ubehandletKlage: boolsk,
  ubehandletInnsigelse: boolsk,
  vedtaksdato: dato,
  vedtakEndeligPlanDato: dato,
};

const OPPDATERING: JsonDefinisjoner = {
  'arealplan.opprett': objekt(
    { plannavn: tekst, plantype: kode, planstatus: kode, lovreferanse: kode, saksnummer },
    { ...planfelt, forslagsstillerType: kode },
  ),
  'arealplan.opprett.kvittering': objekt({ nasjonalArealplanId, saksnummer }),
  'arealplan.oppdater': objekt(
    { nasjonalArealplanId },
    {
      ...planfelt,
      plantype: kode,
      plannavn: tekst,
      planstatus: kode,
      lovreferanse: kode,
      saksnummer,
      forslagstillerType: kode,
      alternativFinnes: boolsk,
    },
  ),
  'dispensasjon.registrer': objekt({ dispensasjon }),
  'dispensasjon.registrer.kvittering': objekt({ identifikasjon: tekst }),
  'dispensasjon.oppdater': objekt(
    {},
    {
      dispensasjon,
      opphevIdentifikasjon: tekst,
      begrunnelse: tekst,
      referanseKlageSaksnummer: saksnummer,
      plandokumenter: liste(dokument),
    },
  ),
  'gjeldendeplandokumenter.registrer': objekt({ nasjonalArealplanId, plandokumenter: liste(dokument) }),
  'midlertidigforbudmottiltak.registrer': objekt({ forbudOmraade: midlertidigForbud }),
  'planavgrensning.registrer': objekt({}, { nasjonalArealplanId, saksnummer, vedlegg: liste(dokument) }),
  'planbehandling.registrer': objekt({ nasjonalArealplanId, planbehandling }, { planstatus: kode }),
  'planendring.registrer': objekt(
    { nasjonalArealplanId },
    {
      identifikasjon: heltall,
      navn: tekst,
      vedtaksdato: dato,
      behandlingstype: kode,
      saksnummer,
      lovreferanse: kode,
      omraade: flate,
      posisjon,
    },
  ),
  'planomraade.registrer': objekt({ nasjonalArealplanId, planomraade: objekt({ omraade, vertikalnivaa }) }),
};

/** Payloads of Fiks Plan v2 (fiks-io §5.4). `plandokumenter.finn` and its result have no published schema. */
export const PLAN_V2_PAYLOADS: JsonDefinisjoner = {
  ...medPrefiks(`${PREFIKS}innsyn.`, INNSYN),
  ...medPrefiks(`${PREFIKS}oppdatering.`, OPPDATERING),
  ...feilmeldinger(PREFIKS),
};
