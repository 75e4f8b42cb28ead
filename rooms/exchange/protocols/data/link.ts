import { buildProtokoll, TRE_FEIL } from '../build-protokoll.ts';
import { KLIENT_TIL_TJENER, klientOgTjener } from './klient-tjener.ts';

/**
 * The published list and the published schemas name different things (fiks-io §5.1); only `naboliste` is in both. A sender may
 * have read either, so all are known.
 */
const I_LISTEN = ['dokument', 'omraade', 'punkt'];
const I_SKJEMAENE = ['flate', 'kartutsnitt', 'posisjon'];

/** Fiks Link v1 (fiks-io §5.6). */
export const LINK_V1 = buildProtokoll({
  navn: 'no.ks.fiks.link',
  versjon: 'v1',
  beskrivelse: 'Oppslag i kart, eiendommer og nabolister',
  ping: true,
  utvekslinger: ['naboliste', ...I_SKJEMAENE, ...I_LISTEN]
    .map((hva) => `innsyn.${hva}.hent`)
    .map((type) => ({
      ...KLIENT_TIL_TJENER,
      type,
      filer: ['payload.json'],
      svar: { [`${type}.resultat`]: ['payload.json'] },
      feil: TRE_FEIL,
    })),
  parter: klientOgTjener('Fagsystem som slår opp', 'Kart- og eiendomssystem'),
});
