import type { Organisation } from '@grunnmur/access';
import type { Lest, MeldingView, Timeline } from '@grunnmur/exchange';
import { Fact } from '../components/fact.tsx';
import { Icon } from '../components/icon.tsx';
import { MeldingStateBadge } from '../components/melding-state-badge.tsx';
import { MeldingTimeline } from '../components/melding-timeline.tsx';
import { Page } from '../components/page.tsx';
import { TypeName } from '../components/type-name.tsx';
import { formatMoment } from '../view/format-moment.ts';
import { formatSize } from '../view/format-size.ts';
import { addressOf } from '../view/message-filter.ts';
import { direction, exchangeText, kontoName, meldingState, meldingTone } from '../view/message-states.ts';
import type { PageView } from '../view/page-view.ts';
import { TONE_ICONS } from '../view/tone-icons.ts';

export interface MeldingPageProps {
  readonly view: PageView;
  readonly organisations: readonly Organisation[];
  readonly organisation: Organisation;
  readonly timeline: Lest<Timeline>;
  readonly conversation: Lest<{ readonly meldinger: readonly MeldingView[] }>;
  readonly oldestFirst: boolean;
}

/** One message: where it is, in words; what has happened to it; what it answers and what answers it. */
export function MeldingPage(props: MeldingPageProps) {
  const { view, organisations, organisation, timeline, conversation } = props;
  const { t } = view;
  const state = meldingState(timeline.status, timeline.entries);
  const tone = meldingTone(state);
  const heading = exchangeText(view, 'status', state);
  const org = organisations.length > 1 ? organisation.orgnr : undefined;
  return (
    <Page view={view} title={`${heading} – ${timeline.type}`} current="messages" width="wide">
      <p className="gm-back">
        <a className="ds-link" href={addressOf('/meldinger', { org })}>
          <Icon name="back" />
          {t('portal.message.back')}
        </a>
      </p>
      <p className="gm-letter-from">
        {organisation.name} · {t(`portal.messages.direction.${direction(timeline.kontoer, timeline)}`)}
      </p>
      <div className="gm-current gm-message-state" data-tone={tone}>
        <Icon name={TONE_ICONS[tone]} />
        <div>
          <h1>{heading}</h1>
          <p>{exchangeText(view, 'status', `${state}.meaning`)}</p>
        </div>
      </div>
      <div className="gm-letter-grid gm-message-grid">
        <TimelinePanel {...props} org={org} />
        <Facts view={view} timeline={timeline} />
        {conversation.meldinger.length > 1 && <Conversation {...props} org={org} />}
      </div>
    </Page>
  );
}

function TimelinePanel(props: MeldingPageProps & { org: string | undefined }) {
  const { view, timeline, oldestFirst, org } = props;
  const { t } = view;
  const here = `/meldinger/${timeline.id}`;
  return (
    <section aria-labelledby="tidslinje" className="gm-panel">
      <h2 id="tidslinje">{t('portal.message.timeline')}</h2>
      <p className="gm-order gm-no-print">
        <a className="ds-link" href={addressOf(here, { org, rekkefolge: oldestFirst ? '' : 'eldst' })}>
          {t(oldestFirst ? 'portal.message.newest_first' : 'portal.message.oldest_first')}
        </a>
      </p>
      <MeldingTimeline view={view} timeline={timeline} oldestFirst={oldestFirst} org={org} />
      <p className="gm-meta gm-no-print">
        <a className="ds-link" href={addressOf(`${here}/tidslinje`, { org })}>
          {t('portal.message.json')}
        </a>
      </p>
    </section>
  );
}

function Facts({ view, timeline }: Pick<MeldingPageProps, 'view' | 'timeline'>) {
  const { t, locale } = view;
  const { kontoer } = timeline;
  return (
    <section aria-labelledby="om-meldingen" className="gm-panel gm-letter-aside">
      <h2 id="om-meldingen">{t('portal.message.about')}</h2>
      <dl className="gm-facts">
        <Fact term={t('portal.messages.column.type')}>
          <TypeName name={timeline.type} />
        </Fact>
        <Fact term={t('portal.messages.column.from')}>
          {kontoName(view, kontoer, timeline.avsenderKontoId)}
        </Fact>
        <Fact term={t('portal.messages.column.to')}>
          {kontoName(view, kontoer, timeline.mottakerKontoId)}
        </Fact>
        <Fact term={t('portal.messages.column.time')}>
          <Moment view={view} at={timeline.mottatt} />
        </Fact>
        <Fact term={t('portal.message.expires')}>
          <Moment view={view} at={timeline.utloper} />
        </Fact>
        {timeline.avsluttet && (
          <Fact term={t('portal.message.ended')}>
            <Moment view={view} at={timeline.avsluttet} />
          </Fact>
        )}
        <Fact term={t('portal.message.content')}>
          {timeline.storrelse === 0 ? t('portal.message.no_content') : formatSize(timeline.storrelse, locale)}
          {timeline.storrelse > 0 && <span className="gm-meta">{t('portal.message.unreadable')}</span>}
        </Fact>
        <Fact term={t('portal.message.id')}>
          <code>{timeline.id}</code>
        </Fact>
        {timeline.klientMeldingId && (
          <Fact term={t('portal.message.client_id')}>
            <code>{timeline.klientMeldingId}</code>
          </Fact>
        )}
        {timeline.klientKorrelasjonsId && (
          <Fact term={t('portal.message.correlation_id')}>
            <code>{timeline.klientKorrelasjonsId}</code>
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Moment({ view, at }: { view: PageView; at: string }) {
  return <time dateTime={at}>{formatMoment(new Date(at), view.locale)}</time>;
}

/** All messages of the exchange, the oldest first; this one is marked. */
function Conversation(props: MeldingPageProps & { org: string | undefined }) {
  const { view, timeline, conversation, org } = props;
  const { t } = view;
  const answered = conversation.meldinger.find(({ id }) => id === timeline.svarTil);
  return (
    <section aria-labelledby="samtale" className="gm-panel">
      <h2 id="samtale">{t('portal.message.conversation')}</h2>
      <ol className="gm-conversation">
        {conversation.meldinger.map((melding) => {
          const here = melding.id === timeline.id;
          return (
            <li key={melding.id} aria-current={here ? 'true' : undefined}>
              <p className="gm-meta">
                <Moment view={view} at={melding.mottatt} />
                {here && ` · ${t('portal.message.this')}`}
                {melding === answered && ` · ${t('portal.message.answers_this')}`}
                {melding.svarTil === timeline.id && !here && ` · ${t('portal.message.answer')}`}
              </p>
              <p>
                {here ? (
                  <strong>
                    <TypeName name={melding.type} />
                  </strong>
                ) : (
                  <a className="ds-link" href={addressOf(`/meldinger/${melding.id}`, { org })}>
                    <TypeName name={melding.type} />
                  </a>
                )}
              </p>
              <p className="gm-meta">
                {kontoName(view, conversation.kontoer, melding.avsenderKontoId)}
                {' → '}
                {kontoName(view, conversation.kontoer, melding.mottakerKontoId)}
              </p>
              <MeldingStateBadge view={view} state={melding.status} />
            </li>
          );
        })}
      </ol>
    </section>
  );
}
