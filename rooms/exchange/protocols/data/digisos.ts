import { buildProtokoll, type Utveksling } from '../build-protokoll.ts';

/** The version ends the name here. The file name of the document is not published, so it is free. */
function digisos(hva: string): Utveksling {
  return {
    fra: 'nav',
    til: 'fagsystem',
    type: `${hva}.v1`,
    filer: [],
    svar: { [`${hva}.mottatt.v1`]: [] },
    feil: [],
  };
}

/** Digisos fagsystem, from the message catalogue of 2020 (fiks-io §5.6). */
export const DIGISOS_FAGSYSTEM_V1 = buildProtokoll({
  navn: 'no.nav.digisos.fagsystem',
  versjon: 'v1',
  beskrivelse: 'Søknader om økonomisk sosialhjelp fra NAV til kommunens fagsystem',
  prefiks: 'no.nav.digisos.',
  utvekslinger: [digisos('soknad'), digisos('ettersendelse')],
  // The names are ours.
  parter: [
    { navn: 'nav', beskrivelse: 'NAV', rolle: 'nav', stottedeParter: ['fagsystem'] },
    {
      navn: 'fagsystem',
      beskrivelse: 'Kommunens fagsystem for sosialtjenesten',
      rolle: 'fagsystem',
      stottedeParter: ['nav'],
    },
  ],
});
