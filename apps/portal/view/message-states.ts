import type { HendelseKode, KontoNavn, MeldingStatus, MeldingView, TimelineEntry } from '@grunnmur/exchange';
import type { PageView } from './page-view.ts';
import type { StateTone } from './status-kinds.ts';

/** `UTE` is a message that waits on the queue and is with a consumer which has not answered. */
export type MeldingState = MeldingStatus | 'UTE';

const TONES: Readonly<Record<MeldingState, StateTone>> = {
  PAA_KO: 'moving',
  UTE: 'moving',
  KVITTERT: 'good',
  AVVIST: 'act',
  FEILET: 'act',
  UTLOPT: 'act',
};

export function meldingTone(state: MeldingState): StateTone {
  return TONES[state];
}

/** The state of a message whose timeline is known. */
export function meldingState(status: MeldingStatus, entries: readonly TimelineEntry[]): MeldingState {
  const last = entries.findLast(({ kode }) => kode !== 'BESVART');
  return status === 'PAA_KO' && last?.kode === 'UTLEVERT' ? 'UTE' : status;
}

const STEP_TONES: Partial<Readonly<Record<HendelseKode, StateTone>>> = {
  MOTTATT: 'moving',
  UTLEVERT: 'moving',
  KVITTERT: 'good',
  BESVART: 'good',
  AVVIST: 'act',
  FEILET: 'act',
  UTLOPT: 'act',
};

export function stepTone(kode: HendelseKode): StateTone {
  return STEP_TONES[kode] ?? 'neutral';
}

/** Text of the exchange room's catalogue for a state or a step. */
export function exchangeText(view: PageView, kind: 'status' | 'hendelse', key: string): string {
  return view.staffText(`exchange.${kind}.${key}`) ?? key;
}

/** Name of one of a message's kontoer, with its organisation when that is another one than the reader's. */
export function kontoName(view: PageView, kontoer: readonly KontoNavn[], id: string): string {
  const konto = kontoer.find((each) => each.id === id);
  if (!konto) return view.t('portal.message.unknown_konto');
  const plain = konto.egen || konto.organisasjon === undefined || konto.navn.includes(konto.organisasjon);
  return plain ? konto.navn : `${konto.navn} (${konto.organisasjon})`;
}

/** Did the organisation send it, receive it, or both? */
export function direction(kontoer: readonly KontoNavn[], melding: MeldingView): 'out' | 'in' | 'internal' {
  const own = (id: string) => kontoer.some((konto) => konto.id === id && konto.egen);
  if (!own(melding.avsenderKontoId)) return 'in';
  return own(melding.mottakerKontoId) ? 'internal' : 'out';
}
