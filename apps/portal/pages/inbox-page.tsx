import type { Inbox, InboxLetter } from '@grunnmur/post';
import { Icon } from '../components/icon.tsx';
import { LetterRow } from '../components/letter-row.tsx';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import type { ContactStatus } from '../options.ts';
import { groupLetters } from '../view/inbox-groups.ts';
import { addressOf } from '../view/message-filter.ts';
import type { PageView } from '../view/page-view.ts';

export interface InboxPageProps {
  readonly view: PageView;
  /** Letters that wait to be opened; undefined on pages further back, and for a search, which is one list. */
  readonly unopened: Inbox | undefined;
  /** The others, or what was found. */
  readonly listed: Inbox;
  /** What was looked for; empty when nothing was. */
  readonly search: string;
  /** True on the first page. */
  readonly first: boolean;
  /** Which letters this page goes on with, when it is not the first. */
  readonly which: 'unopened' | 'opened' | undefined;
  /** How the reader hears of new letters, as far as that is known. */
  readonly contact: ContactStatus | undefined;
}

/** From here on a person has at least this many unopened letters (the contract's words). */
const MOST_COUNTED = 999;

/** The reader's letters: what needs something from her, what is new, what was before. */
export function InboxPage(props: InboxPageProps) {
  const { view, unopened, listed, search, first, contact } = props;
  const { t } = view;
  const empty = first && search === '' && listed.letters.length === 0 && !unopened?.letters.length;
  return (
    <Page view={view} title={t('portal.inbox.title')} current="inbox" width="wide">
      <h1>{t('portal.inbox.title')}</h1>
      {empty ? (
        <EmptyInbox view={view} contact={contact} />
      ) : (
        <>
          {search === '' && <p className="gm-lead">{summary(view, listed.ulest)}</p>}
          <Search view={view} search={search} />
          {contact && contact !== 'notified' && first && search === '' && (
            <ContactNotice view={view} contact={contact} />
          )}
          {search === '' ? <Groups {...props} /> : <Found {...props} />}
        </>
      )}
    </Page>
  );
}

function summary({ t }: PageView, unread: number): string {
  return unread < MOST_COUNTED
    ? t('portal.inbox.summary', { unread })
    : t('portal.inbox.summary_most', { unread });
}

function Search({ view, search }: { view: PageView; search: string }) {
  const { t } = view;
  return (
    <search>
      <form method="get" action="/innboks" className="gm-search">
        <label className="ds-sr-only" htmlFor="sok">
          {t('portal.inbox.search')}
        </label>
        <input
          className="ds-input"
          type="search"
          id="sok"
          name="sok"
          maxLength={100}
          defaultValue={search}
          placeholder={t('portal.inbox.search_hint')}
          autoComplete="off"
        />
        <button type="submit" className="ds-button" data-variant="secondary">
          {t('portal.inbox.search_button')}
        </button>
      </form>
    </search>
  );
}

function Groups({ view, unopened, listed, first, which }: InboxPageProps) {
  const { t } = view;
  const groups = groupLetters([...(unopened?.letters ?? []), ...listed.letters], view.now);
  return (
    <>
      <Group view={view} name="act" letters={groups.act} />
      <Group view={view} name="new" letters={groups.new} />
      {unopened?.next && (
        <Onward href={addressOf('/innboks', { vis: 'uleste', etter: unopened.next })}>
          {t('portal.inbox.more_new')}
        </Onward>
      )}
      <Group view={view} name="earlier" letters={groups.earlier} />
      {listed.letters.length === 0 && !first && <p className="gm-empty">{t('portal.inbox.no_older')}</p>}
      <Paging
        view={view}
        back={first ? undefined : '/innboks'}
        next={
          listed.next &&
          addressOf('/innboks', { vis: which === 'unopened' ? 'uleste' : '', etter: listed.next })
        }
      />
    </>
  );
}

function Group(props: { view: PageView; name: 'act' | 'new' | 'earlier'; letters: readonly InboxLetter[] }) {
  const { view, name, letters } = props;
  if (letters.length === 0) return null;
  return (
    <section aria-labelledby={name} className="gm-section">
      <h2 id={name}>{view.t(`portal.inbox.group.${name}`)}</h2>
      <ul className="gm-letters">
        {letters.map((letter) => (
          <LetterRow key={letter.id} view={view} letter={letter} />
        ))}
      </ul>
    </section>
  );
}

function Found({ view, listed, search, first }: InboxPageProps) {
  const { t } = view;
  const { letters, next } = listed;
  const more = next !== undefined || !first;
  return (
    <section aria-labelledby="treff" className="gm-section">
      <h2 id="treff">
        {t(more ? 'portal.inbox.found_more' : 'portal.inbox.found', { count: letters.length, text: search })}
      </h2>
      {letters.length === 0 && <p>{t('portal.inbox.widen')}</p>}
      <ul className="gm-letters">
        {letters.map((letter) => (
          <LetterRow key={letter.id} view={view} letter={letter} />
        ))}
      </ul>
      <Paging
        view={view}
        back="/innboks"
        next={next && addressOf('/innboks', { sok: search, etter: next })}
      />
    </section>
  );
}

/** True whatever we know: a notice is promised only to whom the contact register says can get one. */
function EmptyInbox({ view, contact }: { view: PageView; contact: ContactStatus | undefined }) {
  const { t } = view;
  return (
    <div className="gm-empty">
      <Icon name="opened" />
      <p className="gm-lead">{t('portal.inbox.empty')}</p>
      <p>{t('portal.inbox.empty_text')}</p>
      {contact === 'notified' && <p>{t('portal.inbox.contact.notified')}</p>}
      {contact && contact !== 'notified' && <ContactNotice view={view} contact={contact} />}
    </div>
  );
}

function ContactNotice({ view, contact }: { view: PageView; contact: 'reserved' | 'unreachable' }) {
  const { t } = view;
  return (
    <Notice tone="info">
      <p>{t(`portal.inbox.contact.${contact}`)}</p>
      <p>
        <a className="ds-link" href="https://www.norge.no/nb/oppdater-kontaktinformasjon">
          {t('portal.inbox.contact.change')}
        </a>
      </p>
    </Notice>
  );
}

function Onward({ href, children }: { href: string; children: string }) {
  return (
    <p className="gm-paging">
      <a className="ds-button" data-variant="secondary" href={href}>
        {children}
        <Icon name="forward" />
      </a>
    </p>
  );
}

function Paging({
  view,
  back,
  next,
}: {
  view: PageView;
  back?: string | undefined;
  next?: string | undefined;
}) {
  const { t } = view;
  if (!back && !next) return null;
  return (
    <nav className="gm-paging" aria-label={t('portal.inbox.paging')}>
      {back && (
        <a className="ds-button" data-variant="tertiary" href={back}>
          <Icon name="back" />
          {t('portal.inbox.show_all')}
        </a>
      )}
      {next && (
        <a className="ds-button" data-variant="secondary" href={next} rel="next">
          {t('portal.inbox.older')}
          <Icon name="forward" />
        </a>
      )}
    </nav>
  );
}
