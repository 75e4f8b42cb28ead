/**
 * Why a PDF was not accepted. Everything but `failed` is the document's own fault and stays so on a second try:
 *
 * - `empty`: no bytes
 * - `not_pdf`: no `%PDF-` in the first 1024 bytes
 * - `unreadable`: corrupt, or with pages that cannot be found
 * - `truncated`: cut off: neither end mark nor table
 * - `no_pages`: readable, but without a page
 * - `too_deep`: pages are nested deeper than readers follow
 * - `encrypted`: needs a password to open
 * - `restricted`: opens without one, but carries a permission (owner) password
 * - `page_size`: a page is too small or too large to be fitted on A4; `params.page`, `width` and `height` in millimetres
 * - `portfolio`: a cover page for attached documents
 * - `dynamic_form`: an XFA form that draws itself; its pages only say that another reader is needed
 * - `layers`: layers that are alike but not all shown; a print file could not tell them apart
 * - `too_many_pages`: more pages than the pool's limit; `params.limit`
 * - `page_missing`: a page number asked for does not exist; `params.page`
 * - `too_complex`: needs more memory than a job may use (decompression bombs)
 * - `timeout`: took longer than a job may take
 * - `failed`: not the document's fault (file gone, worker lost, pool closed); may be tried again
 */
export type PdfErrorCode =
  | 'empty'
  | 'not_pdf'
  | 'unreadable'
  | 'truncated'
  | 'no_pages'
  | 'too_deep'
  | 'encrypted'
  | 'restricted'
  | 'page_size'
  | 'portfolio'
  | 'dynamic_form'
  | 'too_many_pages'
  | 'page_missing'
  | 'too_complex'
  | 'timeout'
  | 'layers'
  | 'failed';

export type PdfErrorParams = Readonly<Record<string, number | string>>;

/** The text names code and parameters only; it is safe to log. */
export class PdfError extends Error {
  readonly code: PdfErrorCode;
  readonly params: PdfErrorParams;
  /** May the same call succeed later without a change? */
  readonly retry: boolean;

  constructor(code: PdfErrorCode, params: PdfErrorParams = {}) {
    const details = Object.entries(params).map(([name, value]) => ` ${name}=${value}`);
    super(`pdf ${code}${details.join('')}`);
    this.name = 'PdfError';
    this.code = code;
    this.params = params;
    this.retry = code === 'failed';
  }
}

export function isPdfError(error: unknown): error is PdfError {
  return error instanceof PdfError;
}
