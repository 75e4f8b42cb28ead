import { PostError } from '../errors.ts';
import type { PdfInfo, PdfNotice } from '../pdf/index.ts';
import type { NyttDokument } from '../types.ts';
import type { PostDeps } from './deps.ts';
import type { Advarsel, AdvarselKode } from './warnings.ts';

interface InspectInput {
  readonly key: string;
  readonly size: number;
  /** The whole document when it is small; else it is read from storage piece by piece. */
  readonly bytes: Uint8Array | undefined;
  /** May the document come on paper? */
  readonly forPrint: boolean;
  /** JSON pointer of the document in the message. */
  readonly felt: string;
}

export interface InspectedPdf {
  /** Undefined for a document that cannot be read, and is not for print. */
  readonly sider: number | undefined;
  readonly advarsler: readonly Advarsel[];
}

/** What is wrong with a PDF, and what its sender does about it. */
const DETAILS: Readonly<Record<string, string>> = {
  empty: 'filen er tom. Hent eller lagre den på nytt',
  not_pdf: 'filen er ikke en PDF. Lagre eller skriv den ut som PDF',
  unreadable: 'PDF-en er skadet. Åpne den i en PDF-leser og lagre den på nytt',
  truncated: 'PDF-en er kuttet: slutten av filen mangler. Hent eller eksporter den på nytt',
  no_pages: 'PDF-en har ingen sider',
  too_deep: 'sidene i PDF-en ligger for dypt i hverandre. Åpne den i en PDF-leser og lagre den på nytt',
  too_many_pages: `PDF-en har flere sider enn grensen ({limit}). Del den opp`,
  too_complex: 'PDF-en krever for mye minne å lese. Lagre den på nytt, for eksempel som PDF/A',
  timeout: 'PDF-en tok for lang tid å lese. Lagre den på nytt, for eksempel som PDF/A',
  page_missing: 'giroarkSider peker på side {page}, som ikke finnes',
  page_size:
    'side {page} er {width} × {height} mm, og kan ikke skrives ut på A4 (hver side må være {leastSideMm} til ' +
    '{mostSideMm} mm, og høyst {mostRatio} ganger så lang som bred). Endre sideformatet, eller send bare digitalt',
  portfolio:
    'PDF-en er en portefølje, og bare omslaget ville komme på papir. Send de vedlagte dokumentene hver for seg, eller bare digitalt',
  dynamic_form:
    'PDF-en er et dynamisk XFA-skjema, som ikke kan skrives ut. Skriv skjemaet ut til en ny PDF, eller send bare digitalt',
  layers:
    'PDF-en har lag med samme navn som er både synlige og skjulte. Slå sammen lagene, eller send bare digitalt',
};
const PROTECTED: Readonly<Record<string, string>> = {
  encrypted: 'PDF-en er beskyttet med passord og kan ikke åpnes uten. Lagre den uten passord',
  restricted:
    'PDF-en har et eierpassord, som begrenser hva den kan brukes til. Lagre den uten sikkerhet, eller send bare digitalt',
};
/** Faults of the file that concern only whoever opens it, when it is not printed. */
const DAMAGE = new Set([
  'unreadable',
  'truncated',
  'no_pages',
  'too_deep',
  'too_complex',
  'timeout',
  'too_many_pages',
]);

const NOTICES: Readonly<Record<PdfNotice['code'], AdvarselKode>> = {
  scaled: 'pdf_forminsket',
  attachments: 'pdf_vedlegg_ikke_skrevet',
  not_printed: 'pdf_merknad_ikke_skrevet',
  portfolio: 'pdf_portefolje',
  dynamic_form: 'pdf_dynamisk_skjema',
  restricted: 'pdf_eierpassord',
  covered_text: 'pdf_tekst_under_dekke',
};

/**
 * Number of pages of a PDF, and what its sender is warned of. One that may come on paper must be readable, free of
 * passwords and such that all of it can be printed; of others only a password is refused (SvarUt 1.11), and a damage
 * is refused when it is to be signed. Throws `post.unreadable_document` or `post.protected_document`.
 */
export async function inspectPdf(
  deps: PostDeps,
  dokument: NyttDokument,
  input: InspectInput,
): Promise<InspectedPdf> {
  try {
    const { pages, notices } = await inspect(deps, dokument, input);
    return { sider: pages, advarsler: notices.map((notice) => warningFor(notice, input.felt)) };
  } catch (error) {
    const { code = '', params = {} } = error as { code?: string; params?: Record<string, string | number> };
    const { filnavn } = dokument;
    if (!input.forPrint && !dokument.skalSigneres && DAMAGE.has(code))
      return { sider: undefined, advarsler: [{ kode: 'pdf_skadet', felt: input.felt, params: {} }] };
    const protection = PROTECTED[code];
    if (protection)
      throw PostError.protectedDocument({ params: { filnavn, detail: protection }, cause: error });
    const known: Readonly<Record<string, unknown>> = { ...deps.pdf.printLimits, ...params };
    const detail = DETAILS[code]?.replace(/\{(\w+)\}/g, (_, name: string) => String(known[name]));
    if (detail) throw PostError.unreadableDocument({ params: { filnavn, detail }, cause: error });
    throw error;
  }
}

async function inspect(deps: PostDeps, dokument: NyttDokument, input: InspectInput): Promise<PdfInfo> {
  const options = { pagesNeeded: dokument.giroarkSider, forPrint: input.forPrint };
  if (input.bytes) return deps.pdf.inspect({ bytes: input.bytes }, options);
  const copy = await deps.storage.localCopy(input.key);
  try {
    return await deps.pdf.inspect(
      { sealedPath: copy.path, dataKey: copy.dataKey, size: input.size },
      options,
    );
  } finally {
    await copy.dispose();
  }
}

function warningFor({ code, page, count }: PdfNotice, felt: string): Advarsel {
  return {
    kode: NOTICES[code],
    felt,
    params: {
      ...(page === undefined ? {} : { side: page }),
      ...(count === undefined ? {} : { antall: count }),
    },
  };
}
