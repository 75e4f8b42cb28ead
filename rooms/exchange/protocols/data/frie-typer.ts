import { SERVERFEIL, TIDSAVBRUDD } from '../../types.ts';
import type { Meldingstype } from '../types.ts';

/** The report of a validator account (ours). */
export const VALIDATOR_RAPPORT = 'no.grunnmur.validator.rapport.v1';

function fri(navn: string, type: Partial<Meldingstype>): Meldingstype {
  return { navn, payload: 'OPTIONAL', erFeilmelding: false, svar: [], filer: [], ...type };
}

/** Types outside every protocol: between bare Fiks IO-kontoer, or from the platform itself (fiks-io §3.6, §5.2, §5.6). */
export const FRIE_MELDINGSTYPER: readonly Meldingstype[] = [
  fri('ping', { svar: ['pong'] }),
  fri('pong', {}),
  fri(TIDSAVBRUDD, { payload: 'NEVER', erFeilmelding: true }),
  // Whether it has a body is not documented, so both are taken.
  fri(SERVERFEIL, { erFeilmelding: true }),
  // Written by receivers in 2021 and 2022, before each protocol had its own error types.
  fri('no.ks.fiks.kvittering.ugyldigforespoersel.v1', { payload: 'REQUIRED', erFeilmelding: true }),
  fri('no.ks.fiks.kvittering.ikkefunnet.v1', { payload: 'REQUIRED', erFeilmelding: true }),
  // The name before Fiks Arkiv, still seen in samples.
  fri('no.ks.fiks.gi.arkivintegrasjon.oppdatering.basis.arkivmelding.v1', {
    payload: 'REQUIRED',
    filer: ['arkivmelding.xml'],
  }),
  fri(VALIDATOR_RAPPORT, { payload: 'REQUIRED', filer: ['rapport.json'] }),
];
