import { Icon, type IconName } from '../components/icon.tsx';
import { Page } from '../components/page.tsx';
import type { PortalKey } from '../view/messages.ts';
import type { PageView } from '../view/page-view.ts';

export interface MessagePageProps {
  readonly view: PageView;
  readonly icon: IconName;
  readonly heading: PortalKey;
  /** What happened, what was kept, what to do: one paragraph each. */
  readonly texts: readonly PortalKey[];
  readonly action: { readonly href: string; readonly text: PortalKey };
  /** Quoted when asking for help. */
  readonly traceId?: string;
}

/** Errors and other pages that say one thing and offer one way on. */
export function MessagePage({ view, icon, heading, texts, action, traceId }: MessagePageProps) {
  const { t } = view;
  return (
    <Page view={view} title={t(heading)}>
      <div className="gm-message">
        <Icon name={icon} />
        <h1>{t(heading)}</h1>
        {texts.map((text) => (
          <p key={text}>{t(text)}</p>
        ))}
        {traceId && (
          <p>
            {t('portal.error.trace')} <code>{traceId}</code>
          </p>
        )}
        <p>
          <a className="ds-button" href={action.href}>
            {t(action.text)}
          </a>
        </p>
      </div>
    </Page>
  );
}
