import type { OwnSession } from '@grunnmur/access';
import { formatDateTime } from '@grunnmur/kernel/i18n';
import { Page } from '../components/page.tsx';
import { deviceNames } from '../http/device.ts';
import type { PageReader, PageView } from '../view/page-view.ts';

interface SessionsPageProps {
  readonly view: PageView;
  readonly sessions: readonly OwnSession[];
}

/** Where one is logged in, and the buttons that end it. */
export function SessionsPage({ view, sessions }: SessionsPageProps) {
  const { t, reader } = view;
  return (
    <Page view={view} title={t('portal.sessions.title')}>
      <h1>{t('portal.sessions.title')}</h1>
      <p>{t('portal.sessions.intro')}</p>
      <ul className="gm-sessions">
        {sessions.map((session) => (
          <li key={session.id}>
            <Login view={view} session={session} reader={reader!} />
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <form method="post" action="/innlogginger/avslutt-andre">
          <input type="hidden" name="csrf" value={reader!.csrfToken} />
          <button type="submit" className="ds-button">
            {t('portal.sessions.end_others')}
          </button>
        </form>
      )}
      <p>{t('portal.sessions.unknown')}</p>
    </Page>
  );
}

function Login({ view, session, reader }: { view: PageView; session: OwnSession; reader: PageReader }) {
  const { t, locale } = view;
  const device = session.device
    ? t('portal.sessions.device', deviceNames(session.device))
    : t('portal.sessions.unknown_device');
  return (
    <>
      <h2>{device}</h2>
      {session.current && <p className="gm-session-current">{t('portal.sessions.current')}</p>}
      <dl>
        <dt>{t('portal.sessions.since')}</dt>
        <dd>{formatDateTime(session.createdAt, locale)}</dd>
        <dt>{t('portal.sessions.used')}</dt>
        <dd>{formatDateTime(session.lastSeenAt, locale)}</dd>
        <dt>{t('portal.sessions.level')}</dt>
        <dd>{t(session.level === 4 ? 'portal.sessions.level4' : 'portal.sessions.level3')}</dd>
      </dl>
      {!session.current && (
        <form method="post" action={`/innlogginger/${session.id}/avslutt`}>
          <input type="hidden" name="csrf" value={reader.csrfToken} />
          <button type="submit" className="ds-button" data-variant="secondary">
            {t('portal.sessions.end_this', { device })}
          </button>
        </form>
      )}
    </>
  );
}
