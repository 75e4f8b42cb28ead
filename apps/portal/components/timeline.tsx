import { formatDateTime, formatDeadline } from '@grunnmur/kernel/i18n';
import type { Letter, Timeline as TimelineData, TimelineEntry } from '@grunnmur/post';
import { type LetterWay, letterWay } from '../view/letter-steps.ts';
import type { PageView } from '../view/page-view.ts';
import { TONE_ICONS } from '../view/tone-icons.ts';
import { Step } from './timeline-step.tsx';

export interface TimelineProps {
  readonly view: PageView;
  readonly letter: Letter;
  readonly timeline: TimelineData;
}

/** A letter's way in a few steps, newest last, with what is expected next; everything that happened is folded under it. */
export function Timeline({ view, letter, timeline }: TimelineProps) {
  const way = letterWay(view, timeline.entries, letter);
  const last = way.steps.length - 1;
  return (
    <>
      <ol className="gm-timeline">
        {way.steps.map((step, index) => {
          // A step on the way that has been left behind is done; only the newest one is still going on.
          const tone = index < last && step.tone === 'moving' ? 'past' : step.tone;
          return (
            <Step key={step.key} tone={tone} icon={tone === 'past' ? 'check' : TONE_ICONS[tone]}>
              <h3>{step.text}</h3>
              <p className="gm-timeline-when">
                <Moment view={view} at={step.at} />
              </p>
            </Step>
          );
        })}
        {!timeline.final && timeline.next && <Expected view={view} next={timeline.next} />}
      </ol>
      <AllDetails view={view} way={way} />
    </>
  );
}

function Moment({ view, at }: { view: PageView; at: Date }) {
  return <time dateTime={at.toISOString()}>{formatDateTime(at, view.locale)}</time>;
}

function AllDetails({ view, way }: { view: PageView; way: LetterWay }) {
  if (way.all.length === 0) return null;
  return (
    <details className="gm-details gm-all-details">
      <summary>{view.t('portal.timeline.all')}</summary>
      <ol>
        {way.all.map(({ key, text, entry }) => (
          <li key={key}>
            <span className="gm-timeline-when">
              <Moment view={view} at={entry.tidspunkt} />
            </span>
            <br />
            {text}
            {worthTelling(entry.attempts) && <Attempts view={view} attempts={entry.attempts} />}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** A step that went well at once needs no account of itself; the JSON has it all the same. */
function worthTelling(attempts: TimelineEntry['attempts']): boolean {
  return attempts.length > 1 || attempts.some((attempt) => attempt.outcome !== 'done');
}

/** When it was tried and how that went. Durations and technical detail are for those who read the JSON. */
function Attempts({ view, attempts }: { view: PageView; attempts: TimelineEntry['attempts'] }) {
  return (
    <ul>
      {attempts.map((attempt, index) => (
        <li key={`${attempt.at.toISOString()} ${index}`}>
          {view.t('portal.timeline.attempt')} <Moment view={view} at={attempt.at} />:{' '}
          {view.lookUp(`citizen.attempt.${attempt.outcome}`) ?? view.t('portal.timeline.attempt_other')}
        </li>
      ))}
    </ul>
  );
}

function Expected({ view, next }: { view: PageView; next: NonNullable<TimelineData['next']> }) {
  const { t, locale } = view;
  return (
    <Step tone="expected" icon="clock">
      <h3>{t('portal.timeline.expected')}</h3>
      <p>{view.lookUp(`citizen.next.${next.kode}`) ?? t('portal.next.other')}</p>
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
