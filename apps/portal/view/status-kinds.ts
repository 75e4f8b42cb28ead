import type { Status } from '@grunnmur/post';

/** The unified states of a letter, the same for every reader of the platform. */
export type LetterState =
  | 'received'
  | 'accepted'
  | 'awaiting_recipient'
  | 'notified'
  | 'delivered_digital'
  | 'in_transit'
  | 'read'
  | 'sent_to_print'
  | 'printed'
  | 'rejected'
  | 'not_delivered'
  | 'handled_manually'
  | 'deleted';

/** How a state is shown: colour and icon follow it, always beside the text. */
export type StateTone = 'moving' | 'good' | 'act' | 'neutral';

const STATES: Readonly<Record<Status, LetterState>> = {
  MOTTATT: 'received',
  AKSEPTERT: 'accepted',
  AVVIST: 'rejected',
  KLAR_FOR_MOTTAK: 'awaiting_recipient',
  VARSLET: 'notified',
  LEST: 'read',
  SENDT_DIGITALT: 'delivered_digital',
  SENDT_SDP: 'in_transit',
  LEVERT_SDP: 'delivered_digital',
  SENDT_PRINT: 'sent_to_print',
  PRINTET: 'printed',
  MANUELT_HANDTERT: 'handled_manually',
  IKKE_LEVERT: 'not_delivered',
  FEILET_UNDER_MOTTAK: 'rejected',
  SENDT_NHN_MOTTAKER: 'in_transit',
  LEVERT_NHN_MOTTAKER: 'delivered_digital',
  SLETTET: 'deleted',
};

const TONES: Readonly<Record<LetterState, StateTone>> = {
  received: 'moving',
  accepted: 'moving',
  awaiting_recipient: 'moving',
  notified: 'moving',
  delivered_digital: 'good',
  in_transit: 'moving',
  read: 'good',
  sent_to_print: 'moving',
  printed: 'good',
  rejected: 'act',
  not_delivered: 'act',
  handled_manually: 'neutral',
  deleted: 'neutral',
};

/** States that say more to a reader than that she has opened the letter. */
const OUTLIVE_OPENING: readonly LetterState[] = ['printed', 'sent_to_print', 'deleted', 'handled_manually'];

/** How a letter stands for its reader: the unified state behind SvarUt's status, or that she has opened it. */
export function letterState(letter: {
  readonly status: Status;
  readonly lestDato: Date | undefined;
}): LetterState {
  const state = STATES[letter.status];
  return letter.lestDato && !OUTLIVE_OPENING.includes(state) ? 'read' : state;
}

export function stateTone(state: LetterState): StateTone {
  return TONES[state];
}
