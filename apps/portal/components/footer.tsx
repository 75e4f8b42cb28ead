import type { PageView } from '../view/page-view.ts';

/** Who runs the service, and whose address this is: not that of the letters' senders. */
export function Footer({ view }: { view: PageView }) {
  const { t, operator } = view;
  return (
    <footer className="gm-footer">
      <div className="gm-footer-row">
        <div>
          <p className="gm-footer-name">{t('portal.footer.run_by', { operator: operator.name })}</p>
          {view.reader && <p>{t('portal.footer.letters')}</p>}
          <p>
            {t('portal.footer.questions')}{' '}
            <a className="ds-link" href={`mailto:${operator.contactEmail}`}>
              {operator.contactEmail}
            </a>
          </p>
        </div>
        <ul>
          {view.reader && (
            <li>
              <a className="ds-link" href="/innlogginger">
                {t('portal.nav.sessions')}
              </a>
            </li>
          )}
          <li>
            <a className="ds-link" href="/tilgjengelighet">
              {t('portal.footer.accessibility')}
            </a>
          </li>
          <li>
            <a className="ds-link" href="/personvern">
              {t('portal.footer.privacy')}
            </a>
          </li>
        </ul>
      </div>
    </footer>
  );
}
