import { formatDateTime, formatDeadline } from '@grunnmur/kernel/i18n';
import type { Timeline as TimelineData, TimelineEntry } from '@grunnmur/post';
import type { PageView } from '../view/page-view.ts';
import { letterState, type StateTone, stateTone } from '../view/status-kinds.ts';
import { TONE_ICONS } from './state-badge.tsx';
import { Step } from './timeline-step.tsx';

/** What has happened to a letter, newest last, and what is expected next. */
export function Timeline({ view, timeline }: { view: PageView; timeline: TimelineData }) {
  return (
    <ol className="gm-timeline">
      {timeline.entries.map((entry, index) => (
        <Entry
          key={`${entry.tidspunkt.toISOString()} ${entry.kode} ${index}`}
          view={view}
          entry={entry}
          past={index < timeline.entries.length - 1}
        />
      ))}
      {!timeline.final && timeline.next && <Expected view={view} next={timeline.next} />}
    </ol>
  );
}

function Entry({ view, entry, past }: { view: PageView; entry: TimelineEntry; past: boolean }) {
  const reached: StateTone = entry.status ? stateTone(letterState(entry.status)) : 'neutral';
  // A step on the way that has been left behind is done; only the newest one is still going on.
  const tone = past && reached === 'moving' ? 'past' : reached;
  const icon = tone === 'past' ? 'check' : entry.status ? TONE_ICONS[tone] : 'dot';
  const event = eventText(view, entry);
  return (
    <Step tone={tone} icon={icon}>
      {entry.status && <h3>{view.t(`portal.state.${letterState(entry.status)}`)}</h3>}
      <p className="gm-timeline-when">
        <time dateTime={entry.tidspunkt.toISOString()}>{formatDateTime(entry.tidspunkt, view.locale)}</time>
        {entry.aktor && (
          <>
            {' · '}
            {entry.aktor}
          </>
        )}
      </p>
      <p lang={event.lang}>{event.text}</p>
      {worthTelling(entry.attempts) && <Attempts view={view} attempts={entry.attempts} />}
    </Step>
  );
}

/** The event in the reader's language when a catalogue has it, else the Norwegian text of the event log. */
function eventText(view: PageView, entry: TimelineEntry): { text: string; lang?: string } {
  const text = view.lookUp(`post.hendelse.${entry.kode}`, entry.params);
  if (text !== undefined) return { text };
  return view.locale === 'nb' ? { text: entry.tekst } : { text: entry.tekst, lang: 'nb' };
}

/** A step that went well at once needs no account of itself; the JSON has it all the same. */
function worthTelling(attempts: TimelineEntry['attempts']): boolean {
  return attempts.length > 1 || attempts.some((attempt) => attempt.outcome !== 'done');
}

/** Outcome and duration in words. The technical detail is for those who read the JSON. */
function Attempts({ view, attempts }: { view: PageView; attempts: TimelineEntry['attempts'] }) {
  const { t, locale } = view;
  return (
    <details className="gm-details">
      <summary>{t('portal.timeline.attempts', { count: attempts.length })}</summary>
      <ul>
        {attempts.map((attempt, index) => (
          <li key={`${attempt.at.toISOString()} ${index}`}>
            <time dateTime={attempt.at.toISOString()}>{formatDateTime(attempt.at, locale)}</time>:{' '}
            {view.lookUp(`portal.attempt.${attempt.outcome}`) ?? attempt.outcome}
            {attempt.ms !== undefined && ` (${t('portal.timeline.ms', { ms: attempt.ms })})`}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Expected({ view, next }: { view: PageView; next: NonNullable<TimelineData['next']> }) {
  const { t, locale } = view;
  const text = view.lookUp(`portal.next.${next.kode}`) ?? t('portal.next.other');
  return (
    <Step tone="expected" icon="clock">
      <h3>{t('portal.timeline.expected')}</h3>
      <p>{text}</p>
      {next.senest && (
        <p className="gm-timeline-when">
          <time dateTime={next.senest.toISOString()}>
            {t('portal.timeline.by', { when: formatDeadline(next.senest, locale) })}
          </time>
        </p>
      )}
    </Step>
  );
}
