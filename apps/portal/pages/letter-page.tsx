import { formatDate, formatDateTime, formatDeadline, formatRelativeDay } from '@grunnmur/kernel/i18n';
import type { Letter, LetterDocument } from '@grunnmur/post';
import { Documents } from '../components/documents.tsx';
import { Fact } from '../components/fact.tsx';
import { Foreign } from '../components/foreign.tsx';
import { Icon } from '../components/icon.tsx';
import { Page } from '../components/page.tsx';
import { SenderMark } from '../components/sender-mark.tsx';
import { Timeline } from '../components/timeline.tsx';
import { wants } from '../view/inbox-groups.ts';
import type { PageView } from '../view/page-view.ts';
import { letterState, stateTone } from '../view/status-kinds.ts';
import { TONE_ICONS } from '../view/tone-icons.ts';

export interface LetterPageProps {
  readonly view: PageView;
  readonly letter: Letter;
  /** The document that is shown on the page, where the browser can. */
  readonly shown: LetterDocument | undefined;
}

/** One letter: the letter itself first, then how it stands, what has happened to it and whom to ask. */
export function LetterPage({ view, letter, shown }: LetterPageProps) {
  const { t } = view;
  const state = t(`portal.state.${letterState(letter)}`);
  return (
    <Page view={view} title={`${letter.tittel} – ${state}`} current="inbox" width="wide">
      <p className="gm-back">
        <a className="ds-link" href="/innboks">
          <Icon name="back" />
          {t('portal.letter.back')}
        </a>
      </p>
      <div className="gm-letter-head" data-farge={letter.avsender.farge ?? 'standard'}>
        <SenderMark sender={letter.avsender} />
        <div>
          <p className="gm-letter-from">
            {t('portal.letter.from')} <Foreign view={view}>{letter.avsender.navn}</Foreign>
          </p>
          <h1>
            <Foreign view={view}>{letter.tittel}</Foreign>
          </h1>
          <Wanted view={view} letter={letter} />
        </div>
      </div>
      <div className="gm-letter-grid">
        <Documents view={view} letter={letter} shown={shown} />
        {letter.lenker.some(isWebLink) && <Links view={view} letter={letter} />}
        <section aria-labelledby="tidslinje" className="gm-panel">
          <h2 id="tidslinje">{t('portal.timeline.heading')}</h2>
          <CurrentState view={view} letter={letter} />
          <Timeline view={view} letter={letter} timeline={letter.tidslinje} />
        </section>
        <aside className="gm-letter-aside">
          <Questions view={view} letter={letter} />
          <Facts view={view} letter={letter} />
        </aside>
      </div>
    </Page>
  );
}

/** What the letter wants of its reader, and by when. */
function Wanted({ view, letter }: { view: PageView; letter: Letter }) {
  const { t, locale, now } = view;
  return wants(letter, now).map(({ kind, by }) => (
    <p key={kind} className="gm-deadline">
      <Icon name={by ? 'clock' : 'forward'} />
      <span>
        {by
          ? t(kind === 'open_by' ? 'portal.letter.deadline' : 'portal.letter.sign_by', {
              relative: formatRelativeDay(by, now, locale),
              date: formatDeadline(by, locale),
            })
          : t('portal.inbox.answer')}
      </span>
    </p>
  ));
}

function CurrentState({ view, letter }: { view: PageView; letter: Letter }) {
  const { t, locale } = view;
  const state = letterState(letter);
  const tone = stateTone(state);
  return (
    <div className="gm-current" data-tone={tone}>
      <Icon name={TONE_ICONS[tone]} />
      <div>
        <h3>
          <span className="ds-sr-only">{t('portal.letter.state')}: </span>
          {t(`portal.state.${state}`)}
        </h3>
        <p>{t(`portal.state.${state}.meaning`)}</p>
        {letter.lestDato && state !== 'read' && (
          <p>{t('portal.letter.you_opened', { when: formatDateTime(letter.lestDato, locale) })}</p>
        )}
      </div>
    </div>
  );
}

/** Whom to ask about the letter: always the sender, by what the letter or the sender's own profile says. */
function Questions({ view, letter }: { view: PageView; letter: Letter }) {
  const { t } = view;
  const { navn, adresse, epost, telefon, nettsted } = letter.kontakt;
  const reference = letter.saksnummer ?? letter.eksternReferanse;
  return (
    <section aria-labelledby="kontakt" className="gm-panel">
      <h2 id="kontakt">{t('portal.letter.questions')}</h2>
      <p>
        {t('portal.letter.contact_sender', { name: navn })}
        {reference && ` ${t('portal.letter.quote', { reference })}`}
      </p>
      <ul className="gm-contact">
        {telefon && (
          <li>
            <a className="ds-link" href={`tel:${telefon.replace(/[^+\d]/g, '')}`}>
              {telefon}
            </a>
          </li>
        )}
        {epost && (
          <li>
            <a className="ds-link" href={`mailto:${encodeURIComponent(epost).replaceAll('%40', '@')}`}>
              {epost}
            </a>
          </li>
        )}
        {nettsted && isWebLink({ url: nettsted }) && (
          <li>
            <a className="ds-link" href={nettsted} rel="noreferrer">
              {new URL(nettsted).host}
            </a>
          </li>
        )}
        {adresse && (
          <li>
            <Foreign view={view}>{adresse}</Foreign>
          </li>
        )}
      </ul>
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
  return (
    <section aria-labelledby="om-brevet" className="gm-panel">
      <h2 id="om-brevet">{t('portal.letter.about')}</h2>
      <dl className="gm-facts">
        <Fact term={t('portal.letter.sender')}>
          <Foreign view={view}>{letter.avsender.navn}</Foreign>
          <span className="gm-meta">
            {t('portal.letter.orgnr')} {groupOrgnr(letter.avsender.orgnr)}
          </span>
        </Fact>
        {letter.saksnummer && <Fact term={t('portal.letter.case')}>{letter.saksnummer}</Fact>}
        {letter.eksternReferanse && (
          <Fact term={t('portal.letter.reference')}>{letter.eksternReferanse}</Fact>
        )}
        <Fact term={t('portal.letter.received')}>
          <Time at={letter.mottattDato} text={formatDateTime(letter.mottattDato, locale)} />
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
