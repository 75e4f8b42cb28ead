import { addWorkingDays, DAY_MS, HOUR_MS } from '@grunnmur/kernel/time';
import type { LetterKey } from './letter-content.ts';

/**
 * One letter of the demonstration: what, to whom, when, and what became of it. None is older than documents are kept (three
 * months), so that each still has its own.
 */
export interface PlannedLetter {
  readonly letter: LetterKey;
  /** A person's situation and place among those who have it, or an organisation. */
  readonly to: readonly [situation: string, index: number] | { readonly orgnr: string };
  /** `due`: so that the deadline to open it is some hours away. */
  readonly daysAgo: number | 'due';
  /** The recipient opened it so many hours after it came. */
  readonly openedAfterHours?: number;
}

const [TORGEIR, ANNE_MARGRETHE] = [
  ['altinn', 0],
  ['altinn', 1],
] as const;
const [SOLVEIG, AILU] = [
  ['digital-mailbox', 0],
  ['digital-mailbox', 1],
] as const;
const [RAGNHILD, ODD_EINAR] = [
  ['reserved', 0],
  ['reserved', 1],
] as const;
const [GUDBRAND, ANTE] = [
  ['no-contact', 0],
  ['no-contact', 1],
] as const;
const [KRISTINE, HAKON] = [
  ['guardian', 0],
  ['guardian', 1],
] as const;
const [ALFHILD, NORA, TURID] = [
  ['proxy', 0],
  ['protected-address', 0],
  ['sole-proprietor', 0],
] as const;

/** Different for each reader; together each state that a letter can be in, each channel and each kind of letter. */
export const LETTER_PLAN: readonly PlannedLetter[] = [
  // Everything at once: new, near its deadline, opened, printed unread, for the highest level, without a document.
  { letter: 'eiendomsskatt', to: TORGEIR, daysAgo: 70 },
  { letter: 'byggesak', to: TORGEIR, daysAgo: 40, openedAfterHours: 20 },
  { letter: 'foreldrebetaling', to: TORGEIR, daysAgo: 19, openedAfterHours: 3 },
  { letter: 'hoering', to: TORGEIR, daysAgo: 12, openedAfterHours: 30 },
  { letter: 'feiing', to: TORGEIR, daysAgo: 'due' },
  { letter: 'vann', to: TORGEIR, daysAgo: 1 },
  { letter: 'hjemmetjeneste', to: TORGEIR, daysAgo: 0.25 },
  { letter: 'barnehage', to: TORGEIR, daysAgo: 0.1 },

  { letter: 'parkering', to: ANNE_MARGRETHE, daysAgo: 33, openedAfterHours: 5 },
  { letter: 'hytteavlop', to: ANNE_MARGRETHE, daysAgo: 12 },
  { letter: 'kulturskole', to: ANNE_MARGRETHE, daysAgo: 1 },

  // The mailbox has them; she can read them here as well.
  { letter: 'byggesak', to: SOLVEIG, daysAgo: 26, openedAfterHours: 48 },
  { letter: 'foreldrebetaling', to: SOLVEIG, daysAgo: 5 },
  { letter: 'feiing', to: AILU, daysAgo: 19 },

  // Reserved: paper, and what may not be paper is not delivered.
  { letter: 'eiendomsskatt', to: RAGNHILD, daysAgo: 70, openedAfterHours: 26 },
  { letter: 'foreldremote', to: RAGNHILD, daysAgo: 8 },
  { letter: 'helsekontroll', to: RAGNHILD, daysAgo: 1 },
  { letter: 'parkering', to: ODD_EINAR, daysAgo: 26 },

  { letter: 'feiing', to: GUDBRAND, daysAgo: 33 },
  { letter: 'hytteavlop', to: GUDBRAND, daysAgo: 5 },
  { letter: 'eiendomsskatt', to: ANTE, daysAgo: 70 },

  // Parents.
  { letter: 'skoleskyss', to: KRISTINE, daysAgo: 61, openedAfterHours: 9 },
  { letter: 'kulturskole', to: KRISTINE, daysAgo: 47, openedAfterHours: 28 },
  { letter: 'foreldremote', to: KRISTINE, daysAgo: 5, openedAfterHours: 2 },
  { letter: 'helsekontroll', to: KRISTINE, daysAgo: 'due' },
  { letter: 'barnehage', to: KRISTINE, daysAgo: 0.25 },
  { letter: 'barnehage', to: HAKON, daysAgo: 40, openedAfterHours: 1 },
  { letter: 'foreldrebetaling', to: HAKON, daysAgo: 1 },

  { letter: 'hjemmetjeneste', to: ALFHILD, daysAgo: 12, openedAfterHours: 50 },
  { letter: 'foreldremote', to: NORA, daysAgo: 5 },

  { letter: 'skjenking', to: TURID, daysAgo: 47, openedAfterHours: 14 },
  { letter: 'leieavtale', to: TURID, daysAgo: 5 },
  { letter: 'feiing', to: TURID, daysAgo: 1 },

  // Waits since then for the organisation's own system to fetch it.
  { letter: 'uttalelse', to: { orgnr: '310000027' }, daysAgo: 8 },
];

/** Between these hours from now the letters that are `due` reach their deadline. */
const DUE_HOURS = { from: 3, to: 30 };

/** When the letter is sent: in a working day's hours where it is some days old. Letters of one day go together, as in life. */
export function sentAt({ daysAgo }: PlannedLetter, now: Date): Date {
  if (daysAgo === 'due') return dueStart(now);
  const at = new Date(now.getTime() - daysAgo * DAY_MS);
  if (daysAgo < 1) return at;
  const weekday = at.getUTCDay();
  const back = weekday === 0 ? 2 : weekday === 6 ? 1 : 0;
  at.setUTCDate(at.getUTCDate() - back);
  at.setUTCHours(7 + (daysAgo % 7), (daysAgo * 13) % 60, 0, 0);
  return at;
}

/** The moment whose deadline (two working days, SvarUt: print of unread letters) lies soonest, yet some hours, ahead. */
function dueStart(now: Date): Date {
  const from = now.getTime() + DUE_HOURS.from * HOUR_MS;
  const moments = Array.from(
    { length: 14 * 24 },
    (_, hours) => new Date(now.getTime() - (hours + 1) * HOUR_MS),
  );
  const due = moments.filter((at) => {
    const deadline = addWorkingDays(at, 2).getTime();
    return deadline >= from && deadline <= now.getTime() + DUE_HOURS.to * HOUR_MS;
  });
  const byDay = due.filter((at) => at.getUTCHours() >= 7 && at.getUTCHours() < 14);
  return byDay.at(-1) ?? due.at(-1) ?? new Date(now.getTime() - DAY_MS);
}
