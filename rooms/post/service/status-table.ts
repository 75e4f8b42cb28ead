import type { Status } from '../types.ts';

/**
 * Which status may follow which (SvarUt: state table; rows marked as inferred there are our choice).
 * PRINTET may still be followed by LEST in the event log only, so it is final here.
 */
const NEXT: Readonly<Record<Status, readonly Status[]>> = {
  MOTTATT: ['AKSEPTERT', 'AVVIST', 'FEILET_UNDER_MOTTAK'],
  AKSEPTERT: [
    'KLAR_FOR_MOTTAK',
    'VARSLET',
    'SENDT_SDP',
    'SENDT_DIGITALT',
    'SENDT_PRINT',
    'SENDT_NHN_MOTTAKER',
    'IKKE_LEVERT',
    'LEST',
    'MANUELT_HANDTERT',
  ],
  KLAR_FOR_MOTTAK: ['LEST', 'VARSLET', 'SENDT_DIGITALT', 'SENDT_PRINT', 'IKKE_LEVERT', 'MANUELT_HANDTERT'],
  // IKKE_LEVERT when paper was refused after nobody opened the notice: somebody must act.
  VARSLET: ['LEST', 'SENDT_PRINT', 'IKKE_LEVERT', 'MANUELT_HANDTERT'],
  SENDT_DIGITALT: ['LEST', 'IKKE_LEVERT', 'MANUELT_HANDTERT'],
  SENDT_SDP: [
    'LEVERT_SDP',
    'VARSLET',
    'SENDT_DIGITALT',
    'SENDT_PRINT',
    'IKKE_LEVERT',
    'LEST',
    'MANUELT_HANDTERT',
  ],
  LEVERT_SDP: ['LEST', 'MANUELT_HANDTERT'],
  SENDT_NHN_MOTTAKER: ['LEVERT_NHN_MOTTAKER', 'IKKE_LEVERT', 'MANUELT_HANDTERT'],
  SENDT_PRINT: ['PRINTET', 'LEST', 'IKKE_LEVERT', 'MANUELT_HANDTERT'],
  LEST: [],
  PRINTET: [],
  LEVERT_NHN_MOTTAKER: [],
  MANUELT_HANDTERT: [],
  IKKE_LEVERT: [],
  AVVIST: [],
  FEILET_UNDER_MOTTAK: [],
  SLETTET: [],
};

export function mayFollow(from: Status, to: Status): boolean {
  return NEXT[from].includes(to);
}

/** Nothing more happens to the letter by itself. */
export function isFinal(status: Status): boolean {
  return NEXT[status].length === 0;
}

/** The statuses that `to` may follow; for `where status = any(…)` in updates. */
export function statusesBefore(to: Status): Status[] {
  return (Object.keys(NEXT) as Status[]).filter((from) => mayFollow(from, to));
}
