import type { PageView } from './page-view.ts';

/**
 * Texts that stood in the log before reasons became codes. What is written there is never changed, so they are
 * translated where they are shown.
 */
const FORMER_PURPOSES: Readonly<Record<string, string>> = {
  'Sende brev til mottakeren': 'post.sende_brev',
  'Levere brev til mottakeren': 'post.levere_brev',
  'Velge kanal for brev': 'post.velge_maate',
};
const FORMER_BASES: Readonly<Record<string, string>> = {
  'personvernforordningen artikkel 6 nr. 1 bokstav e': 'gdpr_6_1_e',
  'eForvaltningsforskriften § 8': 'eforvaltning_8',
};

/** A reason in the reader's language, or as somebody wrote it. */
export interface Reason {
  readonly text: string;
  /** Written by the organisation, in Norwegian. */
  readonly foreign: boolean;
}

/** Why information was used. */
export function purposeOf(view: PageView, stored: string | null): Reason | undefined {
  return reason(stored, (code) => view.lookUp(`purpose.${FORMER_PURPOSES[code] ?? code}`));
}

/** What allowed it. */
export function legalBasisOf(view: PageView, stored: string | null): Reason | undefined {
  return reason(stored, (code) => view.lookUp(`basis.${FORMER_BASES[code] ?? code}`));
}

function reason(stored: string | null, known: (code: string) => string | undefined): Reason | undefined {
  if (stored === null) return undefined;
  const text = known(stored);
  return text === undefined ? { text: stored, foreign: true } : { text, foreign: false };
}
