import { formatDate, formatDateTime, isoDate } from '@grunnmur/kernel/i18n';
import { Fact } from '../components/fact.tsx';
import { Foreign } from '../components/foreign.tsx';
import { Icon } from '../components/icon.tsx';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import type { InsightEntry, InsightPeriod } from '../view/insight.ts';
import type { PageView } from '../view/page-view.ts';

export interface InsightPageProps {
  readonly view: PageView;
  readonly entries: readonly InsightEntry[];
  readonly period: InsightPeriod;
  /** What was written in the period form, kept when it could not be understood. */
  readonly filled: { readonly from: string; readonly to: string };
  readonly error: 'date' | 'order' | undefined;
  readonly next: string | undefined;
}

/** "Who has used my information": every use of the reader's data, in sentences. */
export function InsightPage(props: InsightPageProps) {
  const { view, entries, period, next, error } = props;
  const { t, locale } = view;
  return (
    <Page view={view} title={t('portal.insight.title')} current="insight" width="wide">
      <h1>{t('portal.insight.heading')}</h1>
      <p className="gm-lead">{t('portal.insight.lead')}</p>
      <PeriodForm {...props} />
      {error === undefined && (
        <>
          <p className="gm-covered">
            {t('portal.insight.covered', {
              from: formatDate(period.from, locale),
              to: formatDate(period.lastDay, locale),
            })}
          </p>
          {entries.length === 0 ? (
            <p className="gm-empty">{t('portal.insight.empty')}</p>
          ) : (
            <ol className="gm-uses">
              {entries.map((entry) => (
                <Use key={entry.key} view={view} entry={entry} />
              ))}
            </ol>
          )}
          {next !== undefined && <Older view={view} period={period} next={next} />}
        </>
      )}
      <Notice tone="info">
        <p>{t('portal.insight.not_shown')}</p>
      </Notice>
    </Page>
  );
}

function PeriodForm({ view, filled, error }: InsightPageProps) {
  const { t } = view;
  const errorId = error ? 'periode-feil' : undefined;
  return (
    <form method="get" action="/innsyn" className="gm-period">
      <fieldset aria-describedby={errorId}>
        <legend>{t('portal.insight.period')}</legend>
        {error && (
          <p id="periode-feil" className="gm-field-error">
            <Icon name="alert" />
            {t(`portal.insight.error.${error}`)}
          </p>
        )}
        <div className="gm-fields">
          <DateField
            id="fra"
            label={t('portal.insight.from')}
            value={filled.from}
            errorId={errorId}
            view={view}
          />
          <DateField
            id="til"
            label={t('portal.insight.to')}
            value={filled.to}
            errorId={errorId}
            view={view}
          />
          <button type="submit" className="ds-button" data-variant="secondary">
            {t('portal.insight.show')}
          </button>
        </div>
      </fieldset>
    </form>
  );
}

function DateField(props: {
  view: PageView;
  id: string;
  label: string;
  value: string;
  errorId: string | undefined;
}) {
  const { id, label, value, errorId, view } = props;
  return (
    <div className="gm-field">
      <label className="ds-label" htmlFor={id}>
        {label}
      </label>
      <input
        className="ds-input"
        id={id}
        name={id}
        type="date"
        defaultValue={value}
        max={isoDate(view.now)}
        aria-invalid={errorId ? 'true' : undefined}
        aria-describedby={errorId}
      />
    </div>
  );
}

function Use({ view, entry }: { view: PageView; entry: InsightEntry }) {
  const { t } = view;
  return (
    <li>
      <p className="gm-meta">
        <time dateTime={entry.at.toISOString()}>{formatDateTime(entry.at, view.locale)}</time>
      </p>
      <h2>{entry.sentence}</h2>
      {/* Of one's own use the sentence says it all. */}
      {!entry.byReader && (
        <dl className="gm-facts">
          {entry.system && (
            <Fact term={t('portal.insight.system')}>
              <Foreign view={view}>{entry.system}</Foreign>
            </Fact>
          )}
          {entry.information && <Fact term={t('portal.insight.what')}>{entry.information}</Fact>}
          <Fact term={t('portal.insight.why')}>
            {entry.purpose ? <Foreign view={view}>{entry.purpose}</Foreign> : t('portal.insight.no_purpose')}
          </Fact>
          {entry.legalBasis && (
            <Fact term={t('portal.insight.basis')}>
              <Foreign view={view}>{entry.legalBasis}</Foreign>
            </Fact>
          )}
        </dl>
      )}
    </li>
  );
}

function Older({ view, period, next }: { view: PageView; period: InsightPeriod; next: string }) {
  const query = new URLSearchParams({ fra: isoDate(period.from), til: isoDate(period.lastDay), etter: next });
  return (
    <nav className="gm-paging" aria-label={view.t('portal.insight.paging')}>
      <a className="ds-button" data-variant="secondary" href={`/innsyn?${query}`} rel="next">
        {view.t('portal.insight.older')}
        <Icon name="forward" />
      </a>
    </nav>
  );
}
