import { formatDate, formatDeadline, formatRelativeDay } from '@grunnmur/kernel/i18n';
import type { InboxLetter } from '@grunnmur/post';
import { Foreign } from '../components/foreign.tsx';
import { Icon } from '../components/icon.tsx';
import { Page } from '../components/page.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import type { PageView } from '../view/page-view.ts';

export interface InboxPageProps {
  readonly view: PageView;
  readonly letters: readonly InboxLetter[];
  /** How many letters of the whole inbox wait to be opened. */
  readonly unread: number;
  /** Cursor of the page with older letters. */
  readonly next: string | undefined;
  /** True on the page with the newest letters. */
  readonly first: boolean;
}

/** The reader's letters, newest first. */
export function InboxPage({ view, letters, unread, next, first }: InboxPageProps) {
  const { t } = view;
  return (
    <Page view={view} title={t('portal.inbox.title')} current="inbox" width="wide">
      <h1>{t('portal.inbox.title')}</h1>
      {letters.length === 0 ? (
        <EmptyInbox view={view} first={first} />
      ) : (
        <>
          <p className="gm-lead">{t('portal.inbox.summary', { unread, shown: letters.length })}</p>
          <ul className="gm-letters">
            {letters.map((letter) => (
              <LetterItem key={letter.id} view={view} letter={letter} />
            ))}
          </ul>
        </>
      )}
      {(next !== undefined || !first) && <Paging view={view} next={next} first={first} />}
    </Page>
  );
}

/** Waiting to be opened: not opened, and still possible to open here. */
export function isUnread(letter: InboxLetter): boolean {
  return letter.ulest;
}

function LetterItem({ view, letter }: { view: PageView; letter: InboxLetter }) {
  const { t, locale } = view;
  const unread = isUnread(letter);
  return (
    <li data-unread={unread ? 'true' : undefined}>
      <span className="gm-letter-icon">
        <Icon name={unread ? 'envelope' : 'opened'} />
      </span>
      <div className="gm-letter-body">
        <p className="gm-letter-sender">
          <Foreign view={view}>{letter.avsender.navn}</Foreign>
        </p>
        <h2>
          <a href={`/brev/${letter.id}`}>
            <Foreign view={view}>{letter.tittel}</Foreign>
          </a>
        </h2>
        <p className="gm-letter-facts">
          {unread && <span className="gm-unread">{t('portal.inbox.unread')}</span>}
          <span>
            <span className="ds-sr-only">{t('portal.inbox.received')} </span>
            <time dateTime={letter.mottattDato.toISOString()}>{formatDate(letter.mottattDato, locale)}</time>
          </span>
          <span>{t('portal.inbox.documents', { count: letter.antallDokumenter })}</span>
          {letter.krevNiva4 && (
            <span className="gm-with-icon">
              <Icon name="lock" />
              {t('portal.inbox.level4')}
            </span>
          )}
        </p>
        {unread && letter.printFrist && letter.printFrist > view.now && (
          <p className="gm-deadline">
            <Icon name="clock" />
            <span>
              {t('portal.inbox.deadline', {
                relative: formatRelativeDay(letter.printFrist, view.now, locale),
                date: formatDeadline(letter.printFrist, locale),
              })}
            </span>
          </p>
        )}
      </div>
      <StateBadge view={view} status={letter.status} />
    </li>
  );
}

function EmptyInbox({ view, first }: { view: PageView; first: boolean }) {
  return (
    <div className="gm-empty">
      <Icon name="opened" />
      <p className="gm-lead">{view.t(first ? 'portal.inbox.empty' : 'portal.inbox.no_older')}</p>
      {first && <p>{view.t('portal.inbox.empty_text')}</p>}
    </div>
  );
}

function Paging({ view, next, first }: { view: PageView; next: string | undefined; first: boolean }) {
  const { t } = view;
  return (
    <nav className="gm-paging" aria-label={t('portal.inbox.paging')}>
      {!first && (
        <a className="ds-button" data-variant="tertiary" href="/innboks">
          <Icon name="back" />
          {t('portal.inbox.newest')}
        </a>
      )}
      {next !== undefined && (
        <a
          className="ds-button"
          data-variant="secondary"
          href={`/innboks?etter=${encodeURIComponent(next)}`}
          rel="next"
        >
          {t('portal.inbox.older')}
          <Icon name="forward" />
        </a>
      )}
    </nav>
  );
}
