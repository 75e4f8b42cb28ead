import {
  boolsk,
  dato,
  eksternNoekkel,
  feilmeldinger,
  fritt,
  heltall,
  hvaSomHelst,
  type JsonDefinisjoner,
  journalnummer,
  kode,
  liste,
  medPrefiks,
  objekt,
  saksnummer,
  tekst,
  tidspunkt,
} from './json.ts';

const PREFIKS = 'no.ks.fiks.politisk.behandling.v1.';

const beskrivelse = objekt({}, { tekstInnhold: tekst, tekstFormat: kode });
const moete = objekt({ moeteid: tekst }, { moetedato: tidspunkt, tittel: tekst });
const skjerming = objekt(
  { skjermingshjemmel: tekst, tilgangsrestriksjon: kode },
  { skjermingsvarighet: heltall, skjermingOpphoererDato: dato },
);

const utvalgsmedlem = objekt(
  { medlemsId: tekst, navn: tekst, rekkefoelge: heltall },
  { representerer: tekst, funksjon: tekst, fraDato: dato, tilDato: dato, epost: tekst },
);
const utvalg = objekt(
  { utvalgId: tekst, utvalgNavn: tekst },
  { moete: liste(moete), medlem: liste(utvalgsmedlem) },
);

const votering = objekt({
  moetedeltaker: tekst,
  representerer: tekst,
  stemme: objekt({ Ja: fritt, Nei: fritt, Blankt: fritt }),
});

/** Where the case and its record are in the archive. */
const arkivreferanser = {
  referanseForelderMappeEksternNoekkel: eksternNoekkel,
  arkivSaksnummer: saksnummer,
  referanseRegistreringEksternNoekkel: eksternNoekkel,
  arkivJournalnummer: journalnummer,
  arkivJournalpostnummer: heltall,
};

const behandlingsplan = objekt(
  { tilUtvalgId: tekst, tilUtvalgNavn: tekst },
  { tilMoeteId: tekst, tilMoetedato: tidspunkt, rekkefoelge: heltall },
);

const tilPolitiskBehandling = {
  referanseEksternNoekkel: eksternNoekkel,
  fagsystemetsSaksnummer: saksnummer,
  tittel: tekst,
  saksansvarlig: tekst,
};

const utvalgssak = objekt(
  {
    sak: objekt(
      // Required, though the published schema does not say what it is.
      { ...tilPolitiskBehandling, fagsystemetsReferanse: hvaSomHelst },
      {
        fagsystemetsReferanseEksternNoekkel: eksternNoekkel,
        saksbeskrivelse: beskrivelse,
        forslagTilVedtak: beskrivelse,
        skjerming,
        posisjon: fritt,
        ...arkivreferanser,
      },
    ),
    forslagTilBehandlingsplan: liste(behandlingsplan, 1),
  },
  {},
);

const orienteringssak = objekt(
  {
    sak: objekt(tilPolitiskBehandling, {
      fagsystemetsReferanseEksternNoekkel: eksternNoekkel,
      saksbeskrivelse: beskrivelse,
      skjerming,
      posisjon: fritt,
      ...arkivreferanser,
    }),
  },
  { forslagTilBehandlingsplan: liste(behandlingsplan) },
);

const delegertVedtak = objekt({
  tilUtvalgId: tekst,
  tilUtvalgNavn: tekst,
  sak: objekt(
    {
      referanseEksternNoekkel: eksternNoekkel,
      // As above.
      fagsystemetsSaksnummer: hvaSomHelst,
      tittel: tekst,
      vedtaksdato: dato,
      status: kode,
      saksansvarlig: tekst,
    },
    {
      fagsystemetsReferanseEksternNoekkel: eksternNoekkel,
      utvalgetsSaksnummer: saksnummer,
      vedtak: beskrivelse,
      skjerming,
      posisjon: fritt,
      ...arkivreferanser,
    },
  ),
});

const vedtakFraUtvalg = objekt({
  utvalgId: tekst,
  utvalgNavn: tekst,
  moeteId: tekst,
  moetedato: tidspunkt,
  erEndeligVedtak: boolsk,
  sak: objekt(
    { ...tilPolitiskBehandling, utvalgetsSaksnummer: saksnummer, vedtaksdato: dato },
    {
      fagsystemetsReferanseEksternNoekkel: eksternNoekkel,
      status: kode,
      vedtak: beskrivelse,
      skjerming,
      posisjon: fritt,
      votering: liste(votering),
      ...arkivreferanser,
    },
  ),
});

const avsender = objekt({ organisasjonsnummer: tekst }, { kommunenummer: tekst, navn: tekst });

const einnsynSak = {
  referanseEksternNoekkel: eksternNoekkel,
  utvalgetsSaksnummer: saksnummer,
  tittel: tekst,
  saksansvarlig: tekst,
};
const einnsynUtvalgssak = objekt(einnsynSak, {
  saksbeskrivelse: beskrivelse,
  forslagTilVedtak: beskrivelse,
  skjerming,
  posisjon: fritt,
});
const einnsynVedtak = objekt(
  { ...einnsynSak, vedtaksdato: dato },
  {
    arkivetsSaksnummer: saksnummer,
    status: kode,
    vedtak: beskrivelse,
    skjerming,
    posisjon: fritt,
    votering: liste(votering),
  },
);

/** Payloads of Fiks Politisk behandling v1 (fiks-io §5.5). */
export const POLITISK_BEHANDLING_V1_PAYLOADS: JsonDefinisjoner = {
  ...medPrefiks(PREFIKS, {
    'moeteplan.hent': objekt(
      {},
      { utvalgId: tekst, utvalgNavn: tekst, fraMoetedato: dato, tilMoetedato: dato },
    ),
    'moeteplan.hent.resultat': objekt(
      {},
      { utvalg: liste(objekt({ utvalgId: tekst, utvalgNavn: tekst }, { moete: liste(moete) })) },
    ),
    'utvalg.hent': fritt,
    'utvalg.hent.resultat': objekt({}, { utvalg: liste(objekt({ utvalgId: tekst, utvalgNavn: tekst })) }),
    'utvalgssak.send': utvalgssak,
    'orienteringssak.send': orienteringssak,
    'delegertvedtak.send': delegertVedtak,
    'vedtakfrautvalg.send': vedtakFraUtvalg,
    'einnsyn.moeteplan.send': objekt({ avsender }, { utvalg: liste(utvalg) }),
    'einnsyn.utvalgssaker.send': objekt({ moete, utvalg, avsender }, { sak: liste(einnsynUtvalgssak) }),
    'einnsyn.vedtak.send': objekt({ moete, utvalg, avsender }, { vedtak: liste(einnsynVedtak) }),
  }),
  ...feilmeldinger(PREFIKS),
};
