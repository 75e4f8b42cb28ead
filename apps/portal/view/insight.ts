import type { AuditEntryForPerson, AuditMatter } from '@grunnmur/kernel/audit';
import type { LetterName, SenderProfile } from '@grunnmur/post';
import type { PageView } from './page-view.ts';
import { legalBasisOf, purposeOf, type Reason } from './reasons.ts';

/** One use of the reader's information, ready to be shown. */
export interface InsightUse {
  readonly key: string;
  readonly at: Date;
  /** Who did what. */
  readonly sentence: string;
  readonly system: string | undefined;
  /** Kind of information in the reader's language; undefined for a kind that no catalogue names. */
  readonly information: string | undefined;
  readonly purpose: Reason | undefined;
  readonly legalBasis: Reason | undefined;
}

/** All that was done with one letter, or another single use. */
export interface InsightRow {
  readonly key: string;
  readonly at: Date;
  /** The letter it is about, when the reader can see it. */
  readonly letter: { readonly id: string; readonly title: string } | undefined;
  /** Who did what last. */
  readonly sentence: string;
  /** By others, newest first. */
  readonly uses: readonly InsightUse[];
  readonly own: { readonly count: number; readonly last: Date } | undefined;
  readonly more: boolean;
  /** Whom to ask about it, and the e-mail with the entry in it. */
  readonly ask: { readonly who: string; readonly href: string } | undefined;
}

/** What the rooms know of the things and organisations that entries name. */
export interface InsightNames {
  readonly organisations: ReadonlyMap<string, string>;
  readonly profiles: ReadonlyMap<string, SenderProfile>;
  readonly letters: ReadonlyMap<string, LetterName>;
}

/**
 * A matter of the access log in words. Operations and kinds of information are named by the rooms' own catalogues
 * (`audit.<operation>` with `{who}`, `information.<kind>`); what none knows is said in general.
 */
export function describeMatter(
  view: PageView,
  matter: AuditMatter,
  readerFnr: string,
  names: InsightNames,
): InsightRow {
  const isOwn = (entry: AuditEntryForPerson) => entry.actorKind === 'person' && entry.actorId === readerFnr;
  const own = matter.entries.filter(isOwn);
  const others = matter.entries.filter((entry) => !isOwn(entry));
  const uses = others.map((entry) => describeUse(view, entry, names));
  const newest = others[0] ?? own[0]!;
  const letter = matter.object === null ? undefined : names.letters.get(matter.object);
  return {
    key: keyOf(newest),
    at: newest.at,
    letter: letter && matter.object ? { id: matter.object, title: letter.tittel } : undefined,
    sentence: uses[0]?.sentence ?? sentence(view, newest, view.t('portal.insight.you')),
    uses,
    own: own[0] && { count: own.length, last: own[0].at },
    more: matter.more,
    ask: others[0] && askAbout(view, others[0], names),
  };
}

function describeUse(view: PageView, entry: AuditEntryForPerson, names: InsightNames): InsightUse {
  return {
    key: keyOf(entry),
    at: entry.at,
    sentence: sentence(view, entry, whoOf(view, entry, names)),
    system: entry.actorKind === 'system' ? undefined : (entry.actorName ?? undefined),
    information:
      entry.informationKind === null ? undefined : view.lookUp(`information.${entry.informationKind}`),
    purpose: purposeOf(view, entry.purpose),
    legalBasis: legalBasisOf(view, entry.legalBasis),
  };
}

function keyOf({ tenant, chain, seq }: AuditEntryForPerson): string {
  return `${tenant} ${chain} ${seq}`;
}

function whoOf({ t }: PageView, entry: AuditEntryForPerson, { organisations }: InsightNames): string {
  const { tenant, outcome, actorKind } = entry;
  if (tenant !== null) return organisations.get(tenant) ?? t('portal.insight.someone');
  // What is refused stands in the platform's own chain, though others tried.
  if (outcome === 'refused' && actorKind === 'integration') return t('portal.insight.someone');
  if (outcome === 'refused' && actorKind === 'person') return t('portal.insight.another_person');
  return t('portal.insight.platform');
}

function sentence({ t, lookUp }: PageView, { operation, outcome }: AuditEntryForPerson, who: string): string {
  if (outcome === 'refused') return t('portal.insight.refused', { who });
  if (outcome === 'failed') return t('portal.insight.failed', { who });
  return lookUp(`audit.${operation}`, { who }) ?? t('portal.insight.use', { who });
}

/** An e-mail to whoever did it, with what was done and the entry's place in their log. */
function askAbout(view: PageView, entry: AuditEntryForPerson, names: InsightNames): InsightRow['ask'] {
  const { t, operator } = view;
  const who = whoOf(view, entry, names);
  const profile = entry.tenant === null ? undefined : names.profiles.get(entry.tenant);
  const address = profile?.personvernEpost ?? profile?.epost ?? operator.contactEmail;
  const reference = `${entry.chain}-${entry.seq}`;
  const when = entry.at.toISOString();
  const query = new URLSearchParams({
    subject: t('portal.insight.ask_subject', { reference }),
    body: t('portal.insight.ask_body', { sentence: sentence(view, entry, who), when, reference }),
  });
  // A mail address's query is percent-encoded (RFC 6068 §2): a plus would be read as a plus.
  const href = `mailto:${encodeURIComponent(address).replaceAll('%40', '@')}?${query.toString().replaceAll('+', '%20')}`;
  return { who, href };
}
