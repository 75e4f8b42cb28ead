import type { InboxLetter, TimelineEntry } from '@grunnmur/post';
import type { PageView } from './page-view.ts';
import type { StateTone } from './status-kinds.ts';

/** A step of a letter's way, in the reader's words. */
interface LetterStep {
  readonly key: string;
  readonly at: Date;
  readonly text: string;
  readonly tone: StateTone;
}

export interface LetterWay {
  /** What the reader wants to know: sent, delivered, posted, opened; three or four. */
  readonly steps: readonly LetterStep[];
  /** Everything that happened, in the order it did. */
  readonly all: readonly { readonly key: string; readonly text: string; readonly entry: TimelineEntry }[];
}

/** Which part of the way an event belongs to. Of each part the reader is shown one step; the rest is detail. */
type Part = 'sent' | 'delivered' | 'posted' | 'opened' | 'stopped' | 'deleted';

const PARTS: Readonly<Record<string, { readonly part: Part; readonly tone: StateTone }>> = {
  mottatt: { part: 'sent', tone: 'neutral' },
  varslet: { part: 'delivered', tone: 'moving' },
  sendt_digitalt: { part: 'delivered', tone: 'good' },
  levert_sdp: { part: 'delivered', tone: 'good' },
  klar_for_mottak: { part: 'delivered', tone: 'moving' },
  sendt_print: { part: 'posted', tone: 'moving' },
  printet: { part: 'posted', tone: 'good' },
  print_stanset: { part: 'posted', tone: 'neutral' },
  print_retur: { part: 'posted', tone: 'act' },
  lest: { part: 'opened', tone: 'good' },
  lest_eksternt: { part: 'opened', tone: 'good' },
  lest_sdp: { part: 'opened', tone: 'good' },
  ikke_levert: { part: 'stopped', tone: 'act' },
  trukket_tilbake: { part: 'stopped', tone: 'neutral' },
  dokumenter_slettet: { part: 'deleted', tone: 'neutral' },
  slettet_etter_frist: { part: 'deleted', tone: 'neutral' },
};

/** A letter's history for its reader. Events without words for citizens are the sender's business and are left out. */
export function letterWay(
  view: PageView,
  entries: readonly TimelineEntry[],
  letter: Pick<InboxLetter, 'avsender' | 'tilDeg'>,
): LetterWay {
  const all = entries.flatMap((entry, nr) => {
    const text = view.lookUp(`citizen.post.hendelse.${entry.kode}`, {
      ...entry.params,
      avsender: letter.avsender.navn,
      meg: letter.tilDeg ? 'ja' : 'nei',
    });
    return text === undefined ? [] : [{ key: `${nr} ${entry.kode}`, text, entry }];
  });
  const parts = new Map<Part, LetterStep>();
  for (const { key, text, entry } of all) {
    const known = PARTS[entry.kode];
    if (!known) continue;
    // Opened is opened the first time; of everything else the newest holds.
    if (known.part === 'opened' && parts.has('opened')) continue;
    parts.set(known.part, { key, at: entry.tidspunkt, text, tone: known.tone });
  }
  return { steps: [...parts.values()].sort((a, b) => a.at.getTime() - b.at.getTime()), all };
}
