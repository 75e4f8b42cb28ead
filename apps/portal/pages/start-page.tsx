import { Icon, type IconName } from '../components/icon.tsx';
import { Page } from '../components/page.tsx';
import type { PortalKey } from '../view/messages.ts';
import type { PageView } from '../view/page-view.ts';

const OFFERS: ReadonlyArray<{ icon: IconName; heading: PortalKey; text: PortalKey }> = [
  { icon: 'envelope', heading: 'portal.start.read.heading', text: 'portal.start.read.text' },
  { icon: 'clock', heading: 'portal.start.follow.heading', text: 'portal.start.follow.text' },
  { icon: 'eye', heading: 'portal.start.insight.heading', text: 'portal.start.insight.text' },
];

/** Who we are and the way in. */
export function StartPage({ view }: { view: PageView }) {
  const { t, operator } = view;
  return (
    <Page view={view} title={t('portal.start.title')} width="wide">
      <div className="gm-hero">
        <div>
          <h1>{t('portal.start.heading')}</h1>
          <p className="gm-lead">{t('portal.start.lead', { operator: operator.name })}</p>
          <p>
            <a className="ds-button" href={view.reader ? '/innboks' : '/logg-inn'}>
              {view.reader ? t('portal.start.to_inbox') : t('portal.start.login')}
              <Icon name="forward" />
            </a>
          </p>
          <p className="gm-meta">
            {t(view.demonstration ? 'portal.start.login_demo' : 'portal.start.login_how')}
          </p>
        </div>
        <HeroDrawing />
      </div>
      <section aria-labelledby="tilbud" className="gm-section">
        <h2 id="tilbud">{t('portal.start.offers')}</h2>
        <ul className="gm-offers">
          {OFFERS.map((offer) => (
            <li key={offer.heading}>
              <Icon name={offer.icon} />
              <h3>{t(offer.heading)}</h3>
              <p>{t(offer.text)}</p>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="hvem" className="gm-section gm-who">
        <h2 id="hvem">{t('portal.start.who.heading')}</h2>
        <p>{t('portal.start.who.text', { operator: operator.name })}</p>
      </section>
    </Page>
  );
}

/** An opened letter on foundation stones; decoration only. */
function HeroDrawing() {
  return (
    <svg className="gm-hero-drawing" viewBox="0 0 320 240" aria-hidden="true" focusable="false">
      <g className="gm-stones">
        <rect x="20" y="196" width="84" height="28" rx="6" />
        <rect x="112" y="196" width="120" height="28" rx="6" />
        <rect x="240" y="196" width="60" height="28" rx="6" />
        <rect x="20" y="160" width="52" height="28" rx="6" />
        <rect x="80" y="160" width="104" height="28" rx="6" />
        <rect x="192" y="160" width="108" height="28" rx="6" />
      </g>
      <path className="gm-envelope" d="M80 84 160 34l80 50v62a6 6 0 0 1-6 6H86a6 6 0 0 1-6-6z" />
      <path className="gm-sheet" d="M98 30h124v74l-62 38-62-38z" />
      <path className="gm-lines" d="M116 52h88M116 68h88M116 84h54" />
      <path className="gm-envelope-front" d="m80 86 80 48 80-48v60a6 6 0 0 1-6 6H86a6 6 0 0 1-6-6z" />
    </svg>
  );
}
