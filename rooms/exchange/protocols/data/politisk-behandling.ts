import { buildProtokoll, type Filer, TRE_FEIL, type Utveksling } from '../build-protokoll.ts';
import { KLIENT_TIL_TJENER } from './klient-tjener.ts';

const PAYLOAD: Filer = ['payload.json'];

type Retning = Pick<Utveksling, 'fra' | 'til'>;
const TJENER_TIL_KLIENT: Retning = { fra: 'tjener', til: 'klient' };
const TJENER_TIL_EINNSYN: Retning = { fra: 'tjener', til: 'einnsyn' };

function hent(hva: string): Utveksling {
  const type = `${hva}.hent`;
  return {
    ...KLIENT_TIL_TJENER,
    type,
    filer: PAYLOAD,
    svar: { [`${type}.resultat`]: PAYLOAD },
    feil: TRE_FEIL,
  };
}

function send(retning: Retning, hva: string): Utveksling {
  const type = `${hva}.send`;
  return {
    ...retning,
    type,
    filer: PAYLOAD,
    svar: { [`${type}.mottatt`]: null, [`${type}.kvittering`]: null },
    feil: TRE_FEIL,
  };
}

/** Fiks Politisk behandling v1 (fiks-io §5.5). */
export const POLITISK_BEHANDLING_V1 = buildProtokoll({
  navn: 'no.ks.fiks.politisk.behandling',
  versjon: 'v1',
  beskrivelse: 'Saker til politisk behandling, vedtak tilbake, og møteoffentlighet',
  ping: true,
  utvekslinger: [
    hent('moeteplan'),
    hent('utvalg'),
    send(KLIENT_TIL_TJENER, 'utvalgssak'),
    send(KLIENT_TIL_TJENER, 'orienteringssak'),
    send(KLIENT_TIL_TJENER, 'delegertvedtak'),
    send(TJENER_TIL_KLIENT, 'vedtakfrautvalg'),
    // Who sends these is not published. That the meeting system tells eInnsyn is our reading.
    send(TJENER_TIL_EINNSYN, 'einnsyn.moeteplan'),
    send(TJENER_TIL_EINNSYN, 'einnsyn.utvalgssaker'),
    send(TJENER_TIL_EINNSYN, 'einnsyn.vedtak'),
  ],
  // `klient` and `tjener` are the kinds of account that KS' validator knows; `einnsyn` is ours.
  parter: [
    {
      navn: 'klient',
      beskrivelse: 'Sakssystem som melder saker til politisk behandling',
      rolle: 'klient',
      stottedeParter: ['tjener'],
    },
    {
      navn: 'tjener',
      beskrivelse: 'Møtesystem',
      rolle: 'tjener',
      stottedeParter: ['klient', 'einnsyn'],
    },
    {
      navn: 'einnsyn',
      beskrivelse: 'Innsynsløsning som får møteplaner, saker og vedtak',
      rolle: 'einnsyn',
      stottedeParter: ['tjener'],
    },
  ],
});
