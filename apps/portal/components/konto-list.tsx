import type { KontoStatus } from '@grunnmur/exchange';
import { addressOf } from '../view/message-filter.ts';
import type { PageView } from '../view/page-view.ts';
import { Icon } from './icon.tsx';

export interface KontoListProps {
  readonly view: PageView;
  readonly kontoer: readonly KontoStatus[];
  /** Organisation number for the links. */
  readonly org: string | undefined;
}

/** Counting stops here (the contract's words). */
const MOST_COUNTED = 100_000;
/** More than these are folded away: one looks for a message on this page. */
const SHOWN = 6;

/** The organisation's kontoer with what their queues are like now; first those whose messages nobody fetches. */
export function KontoList({ view, kontoer, org }: KontoListProps) {
  const { t } = view;
  const sorted = [...kontoer].sort((a, b) => Number(isStuck(b)) - Number(isStuck(a)));
  const folded = sorted.slice(SHOWN);
  return (
    <section aria-labelledby="kontoer" className="gm-section">
      <h2 id="kontoer">{t('portal.messages.kontoer')}</h2>
      {sorted.length === 0 && <p>{t('portal.messages.no_kontoer')}</p>}
      <ul className="gm-kontoer">
        {sorted.slice(0, SHOWN).map((konto) => (
          <Konto key={konto.id} view={view} konto={konto} org={org} />
        ))}
      </ul>
      {folded.length > 0 && (
        <details className="gm-details">
          <summary>{t('portal.messages.more_kontoer', { count: folded.length })}</summary>
          <div className="gm-kontoer">
            {folded.map((konto) => (
              <Konto key={konto.id} view={view} konto={konto} org={org} as="div" />
            ))}
          </div>
        </details>
      )}
    </section>
  );
}

/** Something waits, and nobody listens. */
function isStuck({ antallKonsumenter, antallUavhentedeMeldinger }: KontoStatus): boolean {
  return antallKonsumenter === 0 && antallUavhentedeMeldinger > 0;
}

function Konto(props: { view: PageView; konto: KontoStatus; org: string | undefined; as?: 'li' | 'div' }) {
  const { view, konto, org, as: Item = 'li' } = props;
  const { t } = view;
  const { antallKonsumenter: listening, antallUavhentedeMeldinger: waiting } = konto;
  const tone = isStuck(konto) ? 'act' : listening > 0 ? 'good' : 'neutral';
  const waitingText =
    waiting < MOST_COUNTED
      ? t('portal.messages.waiting', { count: waiting })
      : t('portal.messages.waiting_most', { count: MOST_COUNTED });
  return (
    <Item className="gm-konto">
      <h3>{konto.navn}</h3>
      {konto.protokoll && <p className="gm-meta">{konto.protokoll}</p>}
      <p className="gm-konto-facts">
        <span className="gm-state" data-tone={tone}>
          <Icon name={tone === 'act' ? 'alert' : tone === 'good' ? 'check' : 'info'} />
          {konto.aktiv
            ? t('portal.messages.listening', { count: listening })
            : t('portal.messages.konto_inactive')}
        </span>
        {waiting === 0 ? (
          <span className="gm-meta">{waitingText}</span>
        ) : (
          <a className="ds-link" href={addressOf('/meldinger', { org, konto: konto.id, status: 'PAA_KO' })}>
            {waitingText}
          </a>
        )}
      </p>
    </Item>
  );
}
