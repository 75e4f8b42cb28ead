import { formatDate, formatDateTime, formatDay } from '@grunnmur/kernel/i18n';
import { Fact } from '../components/fact.tsx';
import { Foreign } from '../components/foreign.tsx';
import { Icon } from '../components/icon.tsx';
import { InsightForm } from '../components/insight-form.tsx';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import type { InsightRow, InsightUse } from '../view/insight.ts';
import {
  type InsightChoices,
  type InsightFault,
  type InsightFilled,
  insightParams,
} from '../view/insight-filter.ts';
import { addressOf } from '../view/message-filter.ts';
import type { PageView } from '../view/page-view.ts';
import type { Reason } from '../view/reasons.ts';

export interface InsightPageProps {
  readonly view: PageView;
  readonly rows: readonly InsightRow[];
  readonly from: Date;
  /** An instant on the last day covered. */
  readonly lastDay: Date;
  /** What was written in the form, kept when it could not be understood. */
  readonly filled: InsightFilled;
  readonly fault: InsightFault | undefined;
  readonly choices: InsightChoices;
  readonly next: string | undefined;
}

/** "Who has used my information": one row for each matter, its uses folded under it in sentences. */
export function InsightPage(props: InsightPageProps) {
  const { view, rows, from, lastDay, filled, next, fault } = props;
  const { t, locale } = view;
  return (
    <Page view={view} title={t('portal.insight.title')} current="insight" width="wide">
      <h1>{t('portal.insight.heading')}</h1>
      <p className="gm-lead">{t('portal.insight.lead')}</p>
      <InsightForm {...props} />
      {fault === undefined && (
        <>
          <p className="gm-covered">
            {t('portal.insight.covered', {
              from: formatDate(from, locale),
              to: formatDate(lastDay, locale),
            })}
          </p>
          <OwnVisits view={view} filled={filled} />
          {rows.length === 0 ? (
            <p className="gm-empty">{emptyText(view, filled)}</p>
          ) : (
            <ol className="gm-uses">
              {rows.map((row) => (
                <Row key={row.key} view={view} row={row} />
              ))}
            </ol>
          )}
          {next !== undefined && <Older view={view} filled={filled} next={next} />}
        </>
      )}
      <Notice tone="info">
        <p>{t('portal.insight.not_shown')}</p>
      </Notice>
    </Page>
  );
}

function emptyText({ t }: PageView, { body, kind }: InsightFilled): string {
  return t(body || kind ? 'portal.insight.empty_filtered' : 'portal.insight.empty');
}

function OwnVisits({ view, filled }: { view: PageView; filled: InsightFilled }) {
  const { t } = view;
  if (filled.own) return null;
  return (
    <p className="gm-meta gm-own-visits">
      {t('portal.insight.own_hidden')}{' '}
      <a className="ds-link" href={addressOf('/innsyn', insightParams({ ...filled, own: true }))}>
        {t('portal.insight.own_show')}
      </a>
    </p>
  );
}

function Row({ view, row }: { view: PageView; row: InsightRow }) {
  const { t, locale } = view;
  const newest = row.uses[0];
  return (
    <li>
      <h2>
        {row.letter ? (
          <a className="ds-link" href={`/brev/${row.letter.id}`}>
            {t('portal.insight.letter')} <Foreign view={view}>{row.letter.title}</Foreign>
          </a>
        ) : (
          row.sentence
        )}
      </h2>
      <p className="gm-meta">
        <time dateTime={row.at.toISOString()}>{formatDay(row.at, view.now, locale)}</time>
        {row.letter && newest && <> · {newest.sentence}</>}
        {newest?.purpose && (
          <>
            {' · '}
            <ReasonText view={view} reason={newest.purpose} />
          </>
        )}
      </p>
      {row.own && (newest === undefined || row.letter !== undefined) && (
        <p className="gm-meta">
          {t('portal.insight.own_visits', {
            count: row.own.count,
            when: formatDateTime(row.own.last, locale),
          })}
        </p>
      )}
      {newest && <Uses view={view} row={row} />}
    </li>
  );
}

function Uses({ view, row }: { view: PageView; row: InsightRow }) {
  const { t, locale } = view;
  return (
    <details className="gm-details">
      <summary>{t('portal.insight.details', { count: row.uses.length })}</summary>
      <ol className="gm-use-list">
        {row.uses.map((use) => (
          <li key={use.key}>
            <p className="gm-meta">
              <time dateTime={use.at.toISOString()}>{formatDateTime(use.at, locale)}</time>
            </p>
            <p>{use.sentence}</p>
            <UseFacts view={view} use={use} />
          </li>
        ))}
      </ol>
      {row.more && <p>{t('portal.insight.more_uses')}</p>}
      {row.ask && (
        <p>
          <a className="ds-link" href={row.ask.href}>
            {t('portal.insight.ask', { who: row.ask.who })}
          </a>
        </p>
      )}
    </details>
  );
}

function UseFacts({ view, use }: { view: PageView; use: InsightUse }) {
  const { t } = view;
  return (
    <dl className="gm-facts">
      <Fact term={t('portal.insight.why')}>
        {use.purpose ? <ReasonText view={view} reason={use.purpose} /> : t('portal.insight.no_purpose')}
      </Fact>
      {use.legalBasis && (
        <Fact term={t('portal.insight.basis')}>
          <ReasonText view={view} reason={use.legalBasis} />
        </Fact>
      )}
      {use.information && <Fact term={t('portal.insight.what')}>{use.information}</Fact>}
      {use.system && (
        <Fact term={t('portal.insight.system')}>
          <Foreign view={view}>{use.system}</Foreign>
        </Fact>
      )}
    </dl>
  );
}

function ReasonText({ view, reason }: { view: PageView; reason: Reason }) {
  return reason.foreign ? <Foreign view={view}>{reason.text}</Foreign> : reason.text;
}

function Older({ view, filled, next }: { view: PageView; filled: InsightFilled; next: string }) {
  return (
    <nav className="gm-paging" aria-label={view.t('portal.insight.paging')}>
      <a
        className="ds-button"
        data-variant="secondary"
        href={addressOf('/innsyn', { ...insightParams(filled), etter: next })}
        rel="next"
      >
        {view.t('portal.insight.older')}
        <Icon name="forward" />
      </a>
    </nav>
  );
}
