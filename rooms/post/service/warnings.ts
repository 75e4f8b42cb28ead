import type { Warning } from '@grunnmur/kernel/http';
import type { NyHendelse } from '../store/hendelse-store.ts';

/**
 * All that a letter may be accepted with a warning of; each is explained in docs/errors.md and has its text under
 * `post.hendelse.advarsel_<kode>`. They are the sender's matter: a recipient does not see them.
 *
 * @public A test compares them with the documents.
 */
export const ADVARSLER = [
  /** A field that no version of the message has; it was not used. */
  'ukjent_felt',
  /** The same, with the field that was likely meant (`ment`). */
  'feilskrevet_felt',
  /** Unknown fields beyond those that are named (`antall`). */
  'flere_ukjente_felt',
  /** Characters (`tegn`) that the front page's fonts lack were left out there. */
  'tegn_ikke_skrevet',
  /** Pages are not A4 and are made smaller on paper (`antall`, the first is `side`). */
  'pdf_forminsket',
  /** Files attached to the PDF (`antall`) are not on paper. */
  'pdf_vedlegg_ikke_skrevet',
  /** Annotations (`antall`, the first on `side`) are shown on screen, but not marked for print. */
  'pdf_merknad_ikke_skrevet',
  /** On pages (`antall`, the first is `side`) readable text lies under something opaque, and can be copied. */
  'pdf_tekst_under_dekke',
  /** Not for print: a cover page for attached documents. */
  'pdf_portefolje',
  /** Not for print: a form that only some readers show. */
  'pdf_dynamisk_skjema',
  /** Not for print: an owner password restricts what the recipient may do. */
  'pdf_eierpassord',
  /** Not for print: many readers will not open it. */
  'pdf_skadet',
  /** It answers a letter that its sender neither sent nor got (`felt`); the link was not kept. */
  'svar_pa_fremmed',
  /** Nothing but a title: neither a document nor a link. */
  'uten_innhold',
  /** May be printed, and has no document that is: the paper is the front page alone. */
  'bare_forside',
  /** The population register says that the recipient is dead. Found when the channel is chosen, so only in the log. */
  'mottaker_dod',
  /** Warnings beyond those that are kept (`antall`). */
  'flere_advarsler',
] as const;
export type AdvarselKode = (typeof ADVARSLER)[number];

/** One warning of a letter. `felt` is a JSON pointer into the message; `params` go into the text. */
export interface Advarsel extends Warning {
  readonly kode: AdvarselKode;
}

/** Kept of one letter; 500 documents can each give some. */
const MOST_KEPT = 50;
const PREFIX = 'advarsel_';

/** The first of `warnings`, and how many more there were. */
export function keptWarnings(warnings: readonly Advarsel[]): readonly Advarsel[] {
  if (warnings.length <= MOST_KEPT) return warnings;
  const more: Advarsel = { kode: 'flere_advarsler', params: { antall: warnings.length - MOST_KEPT + 1 } };
  return [...warnings.slice(0, MOST_KEPT - 1), more];
}

/** Entries of the letter's event log, one for each warning. */
export function warningEntries(forsendelseId: string, warnings: readonly Advarsel[]): NyHendelse[] {
  return warnings.map(({ kode, felt, params }) => ({
    forsendelseId,
    kode: `${PREFIX}${kode}`,
    params: { ...params, ...(felt === undefined ? {} : { felt }) },
  }));
}

/** Is this entry a warning to the sender? */
export function isWarningEntry({ kode }: { readonly kode: string }): boolean {
  return kode.startsWith(PREFIX);
}

/** The warning that an entry tells; undefined for other entries. */
export function warningOf(entry: {
  readonly kode: string;
  readonly params: Readonly<Record<string, string | number>>;
}): Advarsel | undefined {
  if (!isWarningEntry(entry)) return undefined;
  const { felt, ...params } = entry.params;
  return {
    kode: entry.kode.slice(PREFIX.length) as AdvarselKode,
    ...(felt === undefined ? {} : { felt: String(felt) }),
    params,
  };
}
