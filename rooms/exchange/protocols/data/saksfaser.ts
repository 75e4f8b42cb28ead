import { buildProtokoll, TRE_FEIL } from '../build-protokoll.ts';
import { KLIENT_TIL_TJENER, klientOgTjener } from './klient-tjener.ts';

/** Fiks Saksfaser v1. The published list is empty: the types are those of the schemas (fiks-io §5.1, §5.6). */
export const SAKSFASER_V1 = buildProtokoll({
  navn: 'no.ks.fiks.saksfaser',
  versjon: 'v1',
  beskrivelse: 'Innsyn i en saks faser og milepæler',
  ping: true,
  utvekslinger: ['saksfaser.hent', 'saksfase.hent'].map((type) => ({
    ...KLIENT_TIL_TJENER,
    type,
    filer: ['payload.json'],
    svar: { [`${type}.resultat`]: ['payload.json'] },
    feil: TRE_FEIL,
  })),
  parter: klientOgTjener('System som viser hvor en sak er', 'Sakssystem'),
});
