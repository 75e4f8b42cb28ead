import {
  buildProtokoll,
  type Feil,
  type Filer,
  TO_FEIL,
  TRE_FEIL,
  type Utveksling,
} from '../build-protokoll.ts';
import { KLIENT_TIL_TJENER, klientOgTjener } from './klient-tjener.ts';

const PAYLOAD: Filer = ['payload.json'];

function hent(hva: string, resultat: Filer = PAYLOAD): Utveksling {
  const type = `innsyn.${hva}.hent`;
  return {
    ...KLIENT_TIL_TJENER,
    type,
    filer: PAYLOAD,
    svar: { [`${type}.resultat`]: resultat },
    feil: TRE_FEIL,
  };
}

/** Searches: several ways to ask, one kind of answer. */
function finn(hva: string, etter: readonly string[]): Utveksling[] {
  const finn = `innsyn.${hva}.finn`;
  return etter.map((maate) => ({
    ...KLIENT_TIL_TJENER,
    type: finn + maate,
    filer: PAYLOAD,
    svar: { [`${finn}.resultat`]: PAYLOAD },
    feil: TO_FEIL,
  }));
}

function oppdater(hva: string, feil: readonly Feil[] = TO_FEIL, kvittering: Filer = null): Utveksling {
  const type = `oppdatering.${hva}`;
  return {
    ...KLIENT_TIL_TJENER,
    type,
    filer: PAYLOAD,
    svar: { [`${type}.mottatt`]: null, [`${type}.kvittering`]: kvittering },
    feil,
  };
}

const FORBUD = 'midlertidigeforbudmottiltak';
/** The published list says `forbud` in the singular, schemas and libraries the plural (fiks-io §5.1). */
const FORBUD_I_LISTEN = 'midlertidigforbudmottiltak';
const FORBUD_ETTER = ['.for.flate', '.for.adresse', '.for.plan', '.for.matrikkelenhet'];

/** Fiks Plan v2 (fiks-io §5.4). */
export const PLAN_V2 = buildProtokoll({
  navn: 'no.ks.fiks.plan',
  versjon: 'v2',
  beskrivelse: 'Innsyn i og oppdatering av planregister',
  ping: true,
  utvekslinger: [
    hent('aktoerer'),
    hent('arealplan'),
    hent('gjeldendeplandokumenter'),
    hent('kodeliste'),
    hent('planomraader'),
    hent('relaterteplaner'),
    // The file that was asked for, under its own name.
    hent('dokumentfil', []),
    ...finn('arealplaner', ['', '.for.adresse', '.for.matrikkelenhet', '.for.flate']),
    // `.for.plan` has a schema, but is missing from the published list.
    ...finn('dispensasjoner', ['', '.for.plan']),
    ...finn(FORBUD, FORBUD_ETTER),
    ...finn('planbehandlinger', ['']),
    ...finn('plandokumenter', ['']),
    oppdater('arealplan.opprett', TO_FEIL, PAYLOAD),
    oppdater('arealplan.oppdater', TRE_FEIL),
    oppdater('dispensasjon.registrer', TO_FEIL, PAYLOAD),
    oppdater('dispensasjon.oppdater'),
    oppdater('midlertidigforbudmottiltak.registrer'),
    oppdater('planavgrensning.registrer'),
    oppdater('planbehandling.registrer'),
    oppdater('planomraade.registrer'),
    oppdater('planendring.registrer'),
    oppdater('gjeldendeplandokumenter.registrer', TRE_FEIL),
  ],
  varianter: {
    ...Object.fromEntries(
      [...FORBUD_ETTER, '.resultat'].map((slutt) => [
        `innsyn.${FORBUD_I_LISTEN}.finn${slutt}`,
        `innsyn.${FORBUD}.finn${slutt}`,
      ]),
    ),
    // A slip of the list's, which a client that reads its types from there would send.
    'innsyn.dipsensasjoner.finn.resultat': 'innsyn.dispensasjoner.finn.resultat',
    'oppdatering.plenendring.registrer': 'oppdatering.planendring.registrer',
    'innsyn.gjeldendeplandokumenter.registrer.mottatt':
      'oppdatering.gjeldendeplandokumenter.registrer.mottatt',
    'innsyn.gjeldendeplandokumenter.registrer.kvittering':
      'oppdatering.gjeldendeplandokumenter.registrer.kvittering',
  },
  parter: klientOgTjener('Fagsystem som spør etter eller oppdaterer planer', 'Planregister'),
});
