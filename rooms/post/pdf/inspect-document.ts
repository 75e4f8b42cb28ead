import { withDocument } from './open-document.ts';
import { PdfError } from './pdf-error.ts';
import type { PdfInfo } from './pdf-types.ts';
import type { Pdfium } from './pdfium.ts';
import type { RandomAccess } from './random-access.ts';

export interface InspectRules {
  readonly pagesNeeded: readonly number[];
  readonly maxPages: number;
}

/**
 * Opens a document and looks every page up in the page tree; the count in the tree's root alone may lie. Page contents
 * are neither parsed nor decompressed, which keeps a 100 kB letter at some tens of microseconds. Throws PdfError.
 */
export function inspectDocument(pdfium: Pdfium, file: RandomAccess, rules: InspectRules): PdfInfo {
  return withDocument(pdfium, file, ({ handle, repaired }) => {
    const pages = countPages(pdfium, handle, rules.maxPages);
    const firstPage = lookUpPages(pdfium, handle, pages);
    if (file.failure()) throw new PdfError('failed', { reason: 'read' });
    requirePages(rules.pagesNeeded, pages);
    return { pages, firstPage, repaired };
  });
}

/** Errors: `unreadable` when there is none, `too_many_pages`. */
export function countPages(pdfium: Pdfium, handle: number, maxPages: number): number {
  const pages = pdfium.api.FPDF_GetPageCount(handle);
  if (pages < 1) throw new PdfError('unreadable');
  if (pages > maxPages) throw new PdfError('too_many_pages', { limit: maxPages });
  return pages;
}

export function requirePages(needed: readonly number[], pages: number): void {
  const missing = needed.find((page) => !Number.isInteger(page) || page < 1 || page > pages);
  if (missing !== undefined) throw new PdfError('page_missing', { page: missing });
}

/** Every page must be an object that exists. Finding the last page walks the tree anyway, so all cost no more. */
function lookUpPages(pdfium: Pdfium, handle: number, pages: number): PdfInfo['firstPage'] {
  let firstPage = { width: 0, height: 0 };
  for (let page = 0; page < pages; page++) {
    if (!pdfium.api.FPDF_GetPageSizeByIndexF(handle, page, pdfium.scratch)) throw new PdfError('unreadable');
    if (page > 0) continue;
    const [width, height] = pdfium.readFloats(pdfium.scratch, 2);
    firstPage = { width: width!, height: height! };
  }
  return firstPage;
}
