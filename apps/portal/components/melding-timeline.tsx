import type { Timeline, TimelineEntry } from '@grunnmur/exchange';
import { formatMoment } from '../view/format-moment.ts';
import { addressOf } from '../view/message-filter.ts';
import { exchangeText, meldingState, stepTone } from '../view/message-states.ts';
import type { PageView } from '../view/page-view.ts';
import { TONE_ICONS } from '../view/tone-icons.ts';
import { Step } from './timeline-step.tsx';

export interface MeldingTimelineProps {
  readonly view: PageView;
  readonly timeline: Timeline;
  readonly oldestFirst: boolean;
  /** Organisation number for the links. */
  readonly org: string | undefined;
}

/** What has happened to a message and what is expected next; for staff the newest first, unless they choose. */
export function MeldingTimeline({ view, timeline, oldestFirst, org }: MeldingTimelineProps) {
  const { entries } = timeline;
  const steps = entries.map((entry, index) => (
    <Entry
      key={`${entry.tidspunkt} ${entry.kode} ${entry.meldingId ?? index}`}
      view={view}
      entry={entry}
      past={index < entries.length - 1}
      org={org}
    />
  ));
  if (timeline.status === 'PAA_KO') steps.push(<Expected key="next" view={view} timeline={timeline} />);
  return (
    <ol className="gm-timeline" reversed={!oldestFirst}>
      {oldestFirst ? steps : steps.reverse()}
    </ol>
  );
}

function Entry(props: { view: PageView; entry: TimelineEntry; past: boolean; org: string | undefined }) {
  const { view, entry, past, org } = props;
  const { t } = view;
  const reached = stepTone(entry.kode);
  // A step on the way that has been left behind is done; only the newest one is still going on.
  const tone = past && reached === 'moving' ? 'past' : reached;
  return (
    <Step tone={tone} icon={tone === 'past' ? 'check' : TONE_ICONS[tone]}>
      <h3>{exchangeText(view, 'hendelse', entry.kode)}</h3>
      <p className="gm-timeline-when">
        <time dateTime={entry.tidspunkt}>{formatMoment(new Date(entry.tidspunkt), view.locale)}</time>
      </p>
      <p>{exchangeText(view, 'hendelse', `${entry.kode}.meaning`)}</p>
      {entry.forbindelse && (
        <p className="gm-meta">{t('portal.message.connection', { name: entry.forbindelse })}</p>
      )}
      {entry.meldingId && (
        <p>
          <a className="ds-link" href={addressOf(`/meldinger/${entry.meldingId}`, { org })}>
            {entry.meldingType ?? t('portal.message.see_notice')}
          </a>
        </p>
      )}
    </Step>
  );
}

function Expected({ view, timeline }: Pick<MeldingTimelineProps, 'view' | 'timeline'>) {
  const { t } = view;
  const out = meldingState(timeline.status, timeline.entries) === 'UTE';
  return (
    <Step tone="expected" icon="clock">
      <h3>{t('portal.timeline.expected')}</h3>
      <p>{t(out ? 'portal.message.next.out' : 'portal.message.next.waiting')}</p>
      {!out && (
        <p className="gm-timeline-when">
          <time dateTime={timeline.utloper}>
            {t('portal.timeline.by', { when: formatMoment(new Date(timeline.utloper), view.locale) })}
          </time>
        </p>
      )}
    </Step>
  );
}
