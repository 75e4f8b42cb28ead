import type { Locale } from '@grunnmur/kernel/i18n';
import type { PageView } from '../view/page-view.ts';
import { Icon } from './icon.tsx';
import type { PageProps } from './page.tsx';

const LANGUAGES: ReadonlyArray<readonly [Locale, string, string]> = [
  ['nb', 'Bokmål', 'BM'],
  ['nn', 'Nynorsk', 'NN'],
  ['en', 'English', 'EN'],
];

/** The service's own name, no sender's: letters of many organisations lie here. */
export function Header({ view, current }: { view: PageView; current: PageProps['current'] }) {
  return (
    <header className="gm-header">
      {view.demonstration && (
        <p className="gm-demo">
          <strong>{view.t('portal.demo.label')}</strong> <span>{view.t('portal.demo.text')}</span>
        </p>
      )}
      <div className="gm-header-row">
        <a className="gm-brand" href={view.reader ? '/innboks' : '/'}>
          <Mark />
          <span className="gm-brand-name">{view.t('portal.brand')}</span>
        </a>
        <LanguageChoice view={view} />
      </div>
      {view.reader && <ReaderBar view={view} current={current} />}
    </header>
  );
}

/** A wall of foundation stones. */
function Mark() {
  return (
    <svg className="gm-mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
      <rect x="2" y="26" width="17" height="10" rx="2.5" />
      <rect x="21" y="26" width="17" height="10" rx="2.5" />
      <rect x="2" y="14" width="10" height="10" rx="2.5" />
      <rect x="14" y="14" width="24" height="10" rx="2.5" />
      <path d="M20 2.5 35 12H5z" />
    </svg>
  );
}

function LanguageChoice({ view }: { view: PageView }) {
  return (
    <nav className="gm-languages" aria-label={view.t('portal.language.label')}>
      <ul>
        {LANGUAGES.map(([locale, name, short]) => (
          <li key={locale}>
            <a
              href={`/sprak/${locale}?til=${encodeURIComponent(view.path)}`}
              lang={locale}
              hrefLang={locale}
              aria-current={locale === view.locale ? 'true' : undefined}
            >
              <span className="gm-language-name">{name}</span>
              <span className="gm-language-short">{short}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function ReaderBar({ view, current }: { view: PageView; current: PageProps['current'] }) {
  const { t, reader } = view;
  if (!reader) return null;
  return (
    <div className="gm-reader">
      {reader.name && (
        <p className="gm-reader-name">
          <span className="ds-sr-only">{t('portal.reader.logged_in_as')} </span>
          {reader.name}
        </p>
      )}
      <nav aria-label={t('portal.nav.label')}>
        <ul>
          <li>
            <a href="/innboks" aria-current={current === 'inbox' ? 'page' : undefined}>
              <Icon name="envelope" />
              {t('portal.nav.inbox')}
            </a>
          </li>
          <li>
            <a href="/innsyn" aria-current={current === 'insight' ? 'page' : undefined}>
              <Icon name="eye" />
              {t('portal.nav.insight')}
            </a>
          </li>
          {reader.staff && (
            <li>
              <a href="/meldinger" aria-current={current === 'messages' ? 'page' : undefined}>
                <Icon name="exchange" />
                {t('portal.nav.messages')}
              </a>
            </li>
          )}
        </ul>
      </nav>
      <form method="post" action="/logg-ut" className="gm-logout">
        <input type="hidden" name="csrf" value={reader.csrfToken} />
        <button type="submit" className="ds-button" data-variant="tertiary">
          {t('portal.logout.button')}
        </button>
      </form>
    </div>
  );
}
