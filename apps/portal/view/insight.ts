import type { AuditEntryForPerson } from '@grunnmur/kernel/audit';
import type { PageView } from './page-view.ts';

/** One use of the reader's information, ready to be shown. */
export interface InsightEntry {
  readonly key: string;
  readonly at: Date;
  /** Who did what, as a heading. */
  readonly sentence: string;
  /** The reader's own use. */
  readonly byReader: boolean;
  readonly system: string | undefined;
  /** Kind of information in the reader's language; undefined for a kind that no catalogue names. */
  readonly information: string | undefined;
  readonly purpose: string | undefined;
  readonly legalBasis: string | undefined;
}

export interface InsightPeriod {
  readonly from: Date;
  /** Exclusive end. */
  readonly to: Date;
  /** An instant on the last day covered. */
  readonly lastDay: Date;
}

/**
 * An entry of the access log in words. Operations and kinds of information are named by the rooms' own catalogues
 * (`audit.<operation>` with `{who}`, `information.<kind>`) or by the portal's; what neither knows is said in general.
 */
export function describeUse(
  view: PageView,
  record: AuditEntryForPerson,
  readerFnr: string,
  organisations: ReadonlyMap<string, string>,
): InsightEntry {
  const byReader = record.actorKind === 'person' && record.actorId === readerFnr;
  const organisation = record.tenant === null ? undefined : organisations.get(record.tenant);
  return {
    key: `${record.tenant} ${record.chain} ${record.seq}`,
    at: record.at,
    sentence: sentence(view, record, byReader, organisation),
    byReader,
    system: systemName(view, record),
    information: record.informationKind === null ? undefined : informationName(view, record.informationKind),
    purpose: record.purpose ?? undefined,
    legalBasis: record.legalBasis ?? undefined,
  };
}

function sentence(
  view: PageView,
  record: AuditEntryForPerson,
  byReader: boolean,
  organisation: string | undefined,
): string {
  const { t, lookUp } = view;
  const who = byReader
    ? t('portal.insight.you')
    : (organisation ?? t(record.tenant === null ? 'portal.insight.platform' : 'portal.insight.someone'));
  if (record.outcome === 'refused') return t('portal.insight.refused', { who });
  if (record.outcome === 'failed') return t('portal.insight.failed', { who });
  const { operation } = record;
  return (
    lookUp(`audit.${operation}`, { who }) ??
    lookUp(`portal.use.${operation}`, { who }) ??
    t('portal.insight.use', { who })
  );
}

function systemName(view: PageView, record: AuditEntryForPerson): string | undefined {
  if (record.actorKind === 'system') return view.t('portal.insight.platform');
  return record.actorName ?? undefined;
}

function informationName(view: PageView, kind: string): string | undefined {
  return view.lookUp(`information.${kind}`) ?? view.lookUp(`portal.information.${kind}`);
}
