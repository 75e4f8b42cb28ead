import type { ReactNode } from 'react';
import { Page } from '../components/page.tsx';
import type { PortalKey } from '../view/messages.ts';
import type { PageView } from '../view/page-view.ts';

function Section({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <section className="gm-section">
      <h2>{heading}</h2>
      {children}
    </section>
  );
}

/** What the law asks every public site to say (forskrift om universell utforming av IKT § 4 b). */
export function AccessibilityPage({ view }: { view: PageView }) {
  const { t, operator } = view;
  return (
    <Page view={view} title={t('portal.accessibility.title')}>
      <h1>{t('portal.accessibility.title')}</h1>
      <p className="gm-lead">{t('portal.accessibility.lead', { operator: operator.name })}</p>
      <Section heading={t('portal.accessibility.status.heading')}>
        <p>{t('portal.accessibility.status.text')}</p>
        <p>{t('portal.accessibility.limits.text')}</p>
        {operator.accessibilityStatementUrl && (
          <p>
            <a className="ds-link" href={operator.accessibilityStatementUrl}>
              {t('portal.accessibility.statement')}
            </a>
          </p>
        )}
      </Section>
      <Section heading={t('portal.accessibility.feedback.heading')}>
        <p>{t('portal.accessibility.feedback.text')}</p>
        <p>
          <a className="ds-link" href={`mailto:${operator.contactEmail}`}>
            {operator.contactEmail}
          </a>
        </p>
      </Section>
      <Section heading={t('portal.accessibility.complaint.heading')}>
        <p>
          {t('portal.accessibility.complaint.text')}{' '}
          <a className="ds-link" href="https://www.uutilsynet.no/">
            uutilsynet.no
          </a>
        </p>
      </Section>
    </Page>
  );
}

const PRIVACY: ReadonlyArray<readonly [PortalKey, PortalKey]> = [
  ['portal.privacy.stored.heading', 'portal.privacy.stored.text'],
  ['portal.privacy.log.heading', 'portal.privacy.log.text'],
  ['portal.privacy.cookies.heading', 'portal.privacy.cookies.text'],
];

export function PrivacyPage({ view }: { view: PageView }) {
  const { t, operator } = view;
  return (
    <Page view={view} title={t('portal.privacy.title')}>
      <h1>{t('portal.privacy.title')}</h1>
      <p className="gm-lead">{t('portal.privacy.lead', { operator: operator.name })}</p>
      {PRIVACY.map(([heading, text]) => (
        <Section key={heading} heading={t(heading)}>
          <p>{t(text)}</p>
        </Section>
      ))}
      <Section heading={t('portal.privacy.rights.heading')}>
        <p>{t('portal.privacy.rights.text')}</p>
        <p>
          <a className="ds-link" href={`mailto:${operator.contactEmail}`}>
            {operator.contactEmail}
          </a>
        </p>
      </Section>
    </Page>
  );
}
