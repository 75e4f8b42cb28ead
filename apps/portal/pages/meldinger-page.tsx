import type { Organisation } from '@grunnmur/access';
import type { KontoNavn, KontoStatus, Lest, MeldingPage, MeldingView } from '@grunnmur/exchange';
import { Icon } from '../components/icon.tsx';
import { KontoList } from '../components/konto-list.tsx';
import { MeldingStateBadge } from '../components/melding-state-badge.tsx';
import { MessageFilterForm } from '../components/message-filter-form.tsx';
import { OrganisationChoice } from '../components/organisation-choice.tsx';
import { Page } from '../components/page.tsx';
import { TypeName } from '../components/type-name.tsx';
import { formatMoment } from '../view/format-moment.ts';
import { addressOf, type FilledFilter, type FilterFault, type FilterField } from '../view/message-filter.ts';
import { direction, kontoName } from '../view/message-states.ts';
import type { PageView } from '../view/page-view.ts';

export interface MeldingerPageProps {
  readonly view: PageView;
  readonly organisations: readonly Organisation[];
  readonly organisation: Organisation;
  readonly kontoer: readonly KontoStatus[];
  readonly filled: FilledFilter;
  readonly faults: ReadonlyMap<FilterField, FilterFault>;
  /** Undefined when the filter has faults. */
  readonly found: Lest<MeldingPage> | undefined;
  /** True on the page with the newest messages. */
  readonly first: boolean;
}

/** Where is the message? One search, what it finds right under it, and the organisation's kontoer now. */
export function MeldingerPage(props: MeldingerPageProps) {
  const { view, organisations, organisation, kontoer, filled, faults, found, first } = props;
  const { t } = view;
  const org = organisations.length > 1 ? organisation.orgnr : undefined;
  return (
    <Page view={view} title={t('portal.messages.title')} current="messages" width="wide">
      <h1>{t('portal.messages.title')}</h1>
      <OrganisationChoice view={view} organisations={organisations} current={organisation} />
      <p className="gm-lead">{t('portal.messages.lead')}</p>
      <MessageFilterForm view={view} kontoer={kontoer} filled={filled} faults={faults} org={org} />
      {found && (
        <section aria-labelledby="treff" className="gm-section">
          <h2 id="treff">{t('portal.messages.hits')}</h2>
          <p>{summary(view, found, first, isEmpty(filled))}</p>
          {found.meldinger.length > 0 && <Hits view={view} found={found} org={org} />}
          <Paging {...props} org={org} />
        </section>
      )}
      <KontoList view={view} kontoer={kontoer} org={org} />
    </Page>
  );
}

/** How many are shown, and what to do when there are none. */
function summary(
  { t }: PageView,
  { meldinger, cursor }: MeldingPage,
  first: boolean,
  everything: boolean,
): string {
  if (meldinger.length > 0) return t('portal.messages.shown', { count: meldinger.length });
  if (cursor) return t('portal.messages.none_yet');
  if (!first) return t('portal.messages.no_older');
  return t(everything ? 'portal.messages.none_at_all' : 'portal.messages.none');
}

function isEmpty(filled: FilledFilter): boolean {
  return Object.values(filled).every((value) => value === '');
}

/**
 * Laid out as blocks on narrow screens, a table is none to screen readers any more unless its parts say so themselves.
 */
const ROLES = {
  table: { role: 'table' },
  rowgroup: { role: 'rowgroup' },
  row: { role: 'row' },
  columnheader: { role: 'columnheader' },
  rowheader: { role: 'rowheader' },
  cell: { role: 'cell' },
} as const;

/** A table that becomes labelled values on narrow screens. */
function Hits({ view, found, org }: { view: PageView; found: Lest<MeldingPage>; org: string | undefined }) {
  const { t } = view;
  const columns = ['time', 'type', 'from', 'to', 'state'] as const;
  return (
    <table className="gm-table" {...ROLES.table} aria-labelledby="treff">
      <thead {...ROLES.rowgroup}>
        <tr {...ROLES.row}>
          {columns.map((column) => (
            <th key={column} scope="col" {...ROLES.columnheader}>
              {t(`portal.messages.column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...ROLES.rowgroup}>
        {found.meldinger.map((melding) => (
          <Hit key={melding.id} view={view} melding={melding} kontoer={found.kontoer} org={org} />
        ))}
      </tbody>
    </table>
  );
}

function Hit(props: {
  view: PageView;
  melding: MeldingView;
  kontoer: readonly KontoNavn[];
  org: string | undefined;
}) {
  const { view, melding, kontoer, org } = props;
  const { t } = view;
  return (
    <tr {...ROLES.row}>
      <td {...ROLES.cell} data-label={t('portal.messages.column.time')}>
        <time dateTime={melding.mottatt}>{formatMoment(new Date(melding.mottatt), view.locale)}</time>
      </td>
      <th scope="row" {...ROLES.rowheader} data-label={t('portal.messages.column.type')}>
        <a className="ds-link gm-hit" href={addressOf(`/meldinger/${melding.id}`, { org })}>
          <TypeName name={melding.type} />
        </a>
        <span className="gm-meta">{t(`portal.messages.direction.${direction(kontoer, melding)}`)}</span>
      </th>
      <td {...ROLES.cell} data-label={t('portal.messages.column.from')}>
        {kontoName(view, kontoer, melding.avsenderKontoId)}
      </td>
      <td {...ROLES.cell} data-label={t('portal.messages.column.to')}>
        {kontoName(view, kontoer, melding.mottakerKontoId)}
      </td>
      <td {...ROLES.cell} data-label={t('portal.messages.column.state')}>
        <MeldingStateBadge view={view} state={melding.status} />
      </td>
    </tr>
  );
}

function Paging(props: MeldingerPageProps & { org: string | undefined }) {
  const { view, filled, found, first, org } = props;
  const { t } = view;
  if (first && !found?.cursor) return null;
  return (
    <nav className="gm-paging" aria-label={t('portal.messages.paging')}>
      {!first && (
        <a className="ds-button" data-variant="tertiary" href={addressOf('/meldinger', { org, ...filled })}>
          <Icon name="back" />
          {t('portal.messages.newest')}
        </a>
      )}
      {found?.cursor && (
        <a
          className="ds-button"
          data-variant="secondary"
          href={addressOf('/meldinger', { org, ...filled, etter: found.cursor })}
          rel="next"
        >
          {t('portal.messages.older')}
          <Icon name="forward" />
        </a>
      )}
    </nav>
  );
}
