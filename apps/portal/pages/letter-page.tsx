import { formatDate, formatDateTime, formatDeadline, formatRelativeDay } from '@grunnmur/kernel/i18n';
import type { Letter, Timeline as TimelineData } from '@grunnmur/post';
import { Documents } from '../components/documents.tsx';
import { Fact } from '../components/fact.tsx';
import { Foreign } from '../components/foreign.tsx';
import { Icon } from '../components/icon.tsx';
import { Page } from '../components/page.tsx';
import { TONE_ICONS } from '../components/state-badge.tsx';
import { Timeline } from '../components/timeline.tsx';
import type { PageView } from '../view/page-view.ts';
import { letterState, stateTone } from '../view/status-kinds.ts';
import { isUnread } from './inbox-page.tsx';

export interface LetterPageProps {
  readonly view: PageView;
  readonly letter: Letter;
  readonly timeline: TimelineData;
}

/** One letter: its state in words, its documents, who sent it, and what has happened to it. */
export function LetterPage({ view, letter, timeline }: LetterPageProps) {
  const { t } = view;
  const state = t(`portal.state.${letterState(letter.status)}`);
  return (
    <Page view={view} title={`${letter.tittel} – ${state}`} current="inbox" width="wide">
      <p className="gm-back">
        <a className="ds-link" href="/innboks">
          <Icon name="back" />
          {t('portal.letter.back')}
        </a>
      </p>
      <p className="gm-letter-from">
        {t('portal.letter.from')} <Foreign view={view}>{letter.avsender.navn}</Foreign>
      </p>
      <h1>
        <Foreign view={view}>{letter.tittel}</Foreign>
      </h1>
      <div className="gm-letter-grid">
        <CurrentState view={view} letter={letter} />
        <Documents view={view} letter={letter} />
        {letter.lenker.some(isWebLink) && <Links view={view} letter={letter} />}
        <Facts view={view} letter={letter} />
        <section aria-labelledby="tidslinje" className="gm-panel">
          <h2 id="tidslinje">{t('portal.timeline.heading')}</h2>
          <Timeline view={view} timeline={timeline} />
          <p className="gm-meta gm-no-print">
            <a className="ds-link" href={`/brev/${letter.id}/tidslinje`}>
              {t('portal.timeline.json')}
            </a>
          </p>
        </section>
      </div>
    </Page>
  );
}

function CurrentState({ view, letter }: { view: PageView; letter: Letter }) {
  const { t, locale } = view;
  const state = letterState(letter.status);
  const tone = stateTone(state);
  const deadline = isUnread(letter) && letter.printFrist && letter.printFrist > view.now;
  return (
    <section aria-labelledby="status" className="gm-current" data-tone={tone}>
      <Icon name={TONE_ICONS[tone]} />
      <div>
        <h2 id="status">
          <span className="ds-sr-only">{t('portal.letter.state')}: </span>
          {t(`portal.state.${state}`)}
        </h2>
        <p>{t(`portal.state.${state}.meaning`)}</p>
        {deadline && letter.printFrist && (
          <p className="gm-deadline">
            <Icon name="clock" />
            <span>
              {t('portal.letter.deadline', {
                relative: formatRelativeDay(letter.printFrist, view.now, locale),
                date: formatDeadline(letter.printFrist, locale),
              })}
            </span>
          </p>
        )}
      </div>
    </section>
  );
}

function Links({ view, letter }: { view: PageView; letter: Letter }) {
  return (
    <section aria-labelledby="lenker" className="gm-panel">
      <h2 id="lenker">{view.t('portal.letter.links')}</h2>
      <ul className="gm-links">
        {letter.lenker.filter(isWebLink).map((link) => (
          <li key={`${link.url} ${link.tekst}`}>
            {link.ledetekst && (
              <p>
                <Foreign view={view}>{link.ledetekst}</Foreign>
              </p>
            )}
            <a className="ds-link" href={link.url} rel="noreferrer">
              <Foreign view={view}>{link.tekst}</Foreign>{' '}
              <span className="gm-host">({new URL(link.url).host})</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Senders write addresses; only web addresses become links, never `javascript:` and its like. */
function isWebLink(link: { readonly url: string }): boolean {
  return URL.canParse(link.url) && /^https?:$/.test(new URL(link.url).protocol);
}

function Facts({ view, letter }: { view: PageView; letter: Letter }) {
  const { t, locale } = view;
  const { kontakt } = letter;
  return (
    <section aria-labelledby="om-brevet" className="gm-panel gm-letter-aside">
      <h2 id="om-brevet">{t('portal.letter.about')}</h2>
      <dl className="gm-facts">
        <Fact term={t('portal.letter.sender')}>
          <Foreign view={view}>{letter.avsender.navn}</Foreign>
          <span className="gm-meta">
            {t('portal.letter.orgnr')} {groupOrgnr(letter.avsender.orgnr)}
          </span>
        </Fact>
        {kontakt && (
          <Fact term={t('portal.letter.contact')}>
            <Foreign view={view}>{kontakt.navn}</Foreign>
            {kontakt.adresse && (
              <span className="gm-meta">
                <Foreign view={view}>{kontakt.adresse}</Foreign>
              </span>
            )}
          </Fact>
        )}
        <Fact term={t('portal.letter.reference')}>
          {letter.eksternReferanse ?? t('portal.letter.no_reference')}
        </Fact>
        <Fact term={t('portal.letter.received')}>
          <Time at={letter.mottattDato} text={formatDateTime(letter.mottattDato, locale)} />
        </Fact>
        <Fact term={t('portal.letter.opened')}>
          {letter.lestDato ? (
            <Time at={letter.lestDato} text={formatDateTime(letter.lestDato, locale)} />
          ) : (
            t('portal.letter.not_opened')
          )}
        </Fact>
        {letter.slettesDato && (
          <Fact term={t('portal.letter.deleted_on')}>
            <Time at={letter.slettesDato} text={formatDate(letter.slettesDato, locale)} />
            <span className="gm-meta">{t('portal.letter.save_copy')}</span>
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Time({ at, text }: { at: Date; text: string }) {
  return <time dateTime={at.toISOString()}>{text}</time>;
}

function groupOrgnr(orgnr: string): string {
  return orgnr.replace(/^(\d{3})(\d{3})(\d{3})$/, '$1 $2 $3');
}
