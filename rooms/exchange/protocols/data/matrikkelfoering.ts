import { buildProtokoll, TO_FEIL } from '../build-protokoll.ts';

const TIL_MATRIKKELEN = { fra: 'ebyggesak', til: 'matrikkelklient' } as const;

/** Fiks Matrikkelføring v2 (fiks-io §5.6). Its replies are not named after the request. */
export const MATRIKKELFOERING_V2 = buildProtokoll({
  navn: 'no.ks.fiks.matrikkelfoering',
  versjon: 'v2',
  beskrivelse: 'Grunnlag fra byggesak til føring i matrikkelen',
  feilfil: 'feilmelding.xml',
  ping: true,
  utvekslinger: [
    {
      ...TIL_MATRIKKELEN,
      type: 'grunnlag',
      filer: ['byggesak.xml', 'index.json'],
      svar: { mottatt: null, kvittering: ['kvittering.xml'] },
      feil: TO_FEIL,
    },
    {
      ...TIL_MATRIKKELEN,
      type: 'status',
      filer: ['status.xml'],
      svar: { statussvar: ['statussvar.xml'] },
      feil: TO_FEIL,
    },
  ],
  // KS' documentation speaks of these two kinds of system; as names of parts they are ours.
  parter: [
    {
      navn: 'ebyggesak',
      beskrivelse: 'Byggesakssystem',
      rolle: 'ebyggesak',
      stottedeParter: ['matrikkelklient'],
    },
    {
      navn: 'matrikkelklient',
      beskrivelse: 'Klient som fører matrikkelen',
      rolle: 'matrikkelklient',
      stottedeParter: ['ebyggesak'],
    },
  ],
});
