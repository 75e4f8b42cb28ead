import { buildProtokoll } from '../build-protokoll.ts';

/** SvarInn 2: letters from SvarUt as messages, never answered (fiks-io §5.6). Name, version and parts are ours. */
export const SVARUT_FORSENDELSE_V1 = buildProtokoll({
  navn: 'no.ks.svarut.forsendelse',
  versjon: 'v1',
  beskrivelse: 'Forsendelser fra SvarUt til et mottakersystem (SvarInn 2)',
  prefiks: 'no.ks.svarut.',
  utvekslinger: [
    { fra: 'svarut', til: 'mottakersystem', type: 'forsendelse.v1', filer: [], svar: {}, feil: [] },
  ],
  parter: [
    { navn: 'svarut', beskrivelse: 'SvarUt', rolle: 'svarut', stottedeParter: ['mottakersystem'] },
    {
      navn: 'mottakersystem',
      beskrivelse: 'System som tar imot forsendelser',
      rolle: 'mottakersystem',
      stottedeParter: ['svarut'],
    },
  ],
});
