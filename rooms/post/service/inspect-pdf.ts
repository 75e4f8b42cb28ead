import { PostError } from '../errors.ts';
import type { NyttDokument } from '../types.ts';
import type { PostDeps } from './deps.ts';

interface InspectInput {
  readonly key: string;
  readonly size: number;
  /** The whole document when it is small; else it is read from storage piece by piece. */
  readonly bytes: Uint8Array | undefined;
}

const DETAILS: Readonly<Record<string, string>> = {
  empty: 'filen er tom',
  not_pdf: 'filen er ikke en PDF',
  unreadable: 'PDF-en er skadet',
  too_many_pages: 'PDF-en har for mange sider',
  too_complex: 'PDF-en krever for mye minne å lese',
  timeout: 'PDF-en tok for lang tid å lese',
  page_missing: 'giroarkSider peker på en side som ikke finnes',
};

/**
 * Number of pages of a PDF that can be printed: readable, not protected by a password (SvarUt's most common cause
 * of rejection), giro pages present. Throws `post.unreadable_document` or `post.protected_document`.
 */
export async function inspectPdf(
  deps: PostDeps,
  dokument: NyttDokument,
  input: InspectInput,
): Promise<number> {
  const options = { pagesNeeded: dokument.giroarkSider };
  try {
    if (input.bytes) return (await deps.pdf.inspect({ bytes: input.bytes }, options)).pages;
    const copy = await deps.storage.localCopy(input.key);
    try {
      const source = { sealedPath: copy.path, dataKey: copy.dataKey, size: input.size };
      return (await deps.pdf.inspect(source, options)).pages;
    } finally {
      await copy.dispose();
    }
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    const filnavn = dokument.filnavn;
    if (code === 'encrypted') throw PostError.protectedDocument({ params: { filnavn }, cause: error });
    const detail = DETAILS[code];
    if (detail) throw PostError.unreadableDocument({ params: { filnavn, detail }, cause: error });
    throw error;
  }
}
