import { formatDateTime, INTL_LOCALE } from '@grunnmur/kernel/i18n';
import type { Painter } from '../output/painter.ts';
import type { Texts } from '../output/texts.ts';
import { needsAction, type Timeline, type TimelineEntry } from './timeline.ts';

/** One entry: when, what happened in words, and the protocol's own status where it changed. Failed attempts are folded out. */
export function entryLines(entry: TimelineEntry, { t, has, locale }: Texts, paint: Painter): string {
  const key = `staff.post.hendelse.${entry.kode}`;
  // A server newer than this tool may know entries that it does not.
  const text = has(key) ? t(key, entry.params) : entry.tekst;
  const time = new Date(entry.tidspunkt).toLocaleTimeString(INTL_LOCALE[locale], {
    timeZone: 'Europe/Oslo',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const status = entry.status ? paint.dim(`  ${entry.status}`) : '';
  const failed = entry.attempts.filter((attempt) => attempt.outcome !== 'done');
  const attempts = failed.map((attempt, index) =>
    paint.dim(
      `            ${t('cli.attempt', { number: index + 1, outcome: attempt.outcome, detail: attempt.detail ?? '' })}`,
    ),
  );
  const shown = entry.kode.startsWith('advarsel_') ? paint.warn(text) : text;
  return [`  ${paint.dim(time)}  ${shown}${status}`, ...attempts].join('\n');
}

/** Where the letter stands, and what happens next, at the latest when. */
export function standing(timeline: Timeline, texts: Texts, paint: Painter): string {
  const { t, has } = texts;
  const key = `cli.status.${timeline.status}`;
  const tone = needsAction(timeline) ? paint.bad : timeline.final ? paint.good : paint.strong;
  const state = tone(has(key) ? t(key) : timeline.status);
  return [state, timeline.final ? undefined : expected(timeline, texts)].filter(Boolean).join('. ');
}

function expected({ next }: Timeline, { t, has, locale }: Texts): string | undefined {
  const key = `cli.next.${next?.kode}`;
  if (!next || !has(key)) return undefined;
  const when = next.senest ? formatDateTime(new Date(next.senest), locale) : '';
  return t(key, { when });
}
