import { pagesWithCoveredText } from './covered-text.ts';
import { heightOf, isPaper, type PageBoxes, pageBoxes, scaleOnPaper, widthOf } from './fit-page.ts';
import { type OpenDocument, withDocument } from './open-document.ts';
import { PdfError } from './pdf-error.ts';
import type { PdfInfo, PdfNotice } from './pdf-types.ts';
import type { Pdfium } from './pdfium.ts';
import { type DocumentContext, readContext } from './prepare-pages.ts';
import { isPrintableSize, millimetres, type PrintLimits } from './print-limits.ts';
import type { RandomAccess } from './random-access.ts';
import { isArray, isDictionary, type RawValue } from './raw-syntax.ts';

export interface InspectRules {
  readonly pagesNeeded: readonly number[];
  readonly maxPages: number;
  /** Refuse what cannot be printed; else it is a notice. */
  readonly forPrint: boolean;
  readonly limits: PrintLimits;
}

/** FPDF_GetFormType: a form whose pages are made by a reader that runs it. */
const FORMTYPE_XFA_FULL = 2;
/** Readers follow no deeper page tree. */
const DEEPEST_TREE = 1000;
/** FPDF_ANNOT_LINK, _POPUP and _WIDGET. */
const LINK = 2;
const POPUP = 16;
const WIDGET = 20;
/** Bits of an annotation's flags (ISO 32000-1, 12.5.3): Invisible, Hidden, Print, NoView. */
const UNSEEN = 1 | 2 | 32;
const PRINT = 4;

/**
 * Opens a document and looks every page up in the page tree; the count in the tree's root alone may lie. Contents are
 * parsed of the first pages only, for text that is covered and not removed. Throws PdfError.
 */
export function inspectDocument(pdfium: Pdfium, file: RandomAccess, rules: InspectRules): PdfInfo {
  return withDocument(pdfium, file, (document) => {
    const { handle, repaired, restricted } = document;
    if (restricted && rules.forPrint) throw new PdfError('restricted');
    const pages = countPages(pdfium, file, document, rules.maxPages);
    const found = lookUpPages(pdfium, file, document, pages);
    if (file.failure()) throw new PdfError('failed', { reason: 'read' });
    requirePages(rules.pagesNeeded, pages);
    const notices = [
      // What is encrypted cannot be read beside PDFium.
      ...(restricted ? [{ code: 'restricted' } as const] : whatIsNotPages(pdfium, file, document, rules)),
      ...(rules.forPrint ? whatPaperChanges(pdfium, handle, found.boxes, rules.limits) : []),
      ...noticeOf('covered_text', pagesWithCoveredText(pdfium, handle, pages)),
    ];
    return { pages, firstPage: found.firstPage, repaired, notices };
  });
}

/** Errors: `no_pages`, `too_many_pages`. */
export function countPages(
  pdfium: Pdfium,
  file: RandomAccess,
  document: OpenDocument,
  maxPages: number,
): number {
  const pages = pdfium.api.FPDF_GetPageCount(document.handle);
  if (pages < 1) throw new PdfError((depthOfTree(file, document) ?? 2) < 2 ? 'no_pages' : 'unreadable');
  if (pages > maxPages) throw new PdfError('too_many_pages', { limit: maxPages });
  return pages;
}

export function requirePages(needed: readonly number[], pages: number): void {
  const missing = needed.find((page) => !Number.isInteger(page) || page < 1 || page > pages);
  if (missing !== undefined) throw new PdfError('page_missing', { page: missing });
}

interface FoundPages {
  readonly firstPage: PdfInfo['firstPage'];
  readonly boxes: readonly PageBoxes[];
}

/** Every page must be an object that exists. Finding the last page walks the tree anyway, so all cost no more. */
function lookUpPages(pdfium: Pdfium, file: RandomAccess, document: OpenDocument, pages: number): FoundPages {
  let firstPage = { width: 0, height: 0 };
  const boxes: PageBoxes[] = [];
  for (let page = 0; page < pages; page++) {
    if (!pdfium.api.FPDF_GetPageSizeByIndexF(document.handle, page, pdfium.scratch))
      throw new PdfError((depthOfTree(file, document) ?? 0) > DEEPEST_TREE ? 'too_deep' : 'unreadable');
    const [width, height] = pdfium.readFloats(pdfium.scratch, 2);
    if (page === 0) firstPage = { width: width!, height: height! };
    boxes.push(pageBoxes(pdfium, document.handle, page + 1));
  }
  return { firstPage, boxes };
}

/** A way down the page tree, in objects' numbers; undefined when there is no tree. */
function depthOfTree(file: RandomAccess, { repaired, restricted }: OpenDocument): number | undefined {
  const context = restricted || file.failure() ? undefined : readContextIfAny(file, repaired);
  if (!context) return undefined;
  const { raw } = context;
  const seen = new Set<RawValue>();
  let node: RawValue = raw.resolve(raw.catalog.get('Pages'));
  while (isDictionary(node)) {
    if (seen.has(node)) return undefined;
    seen.add(node);
    const kids: RawValue = raw.resolve(node.get('Kids'));
    node = isArray(kids) ? raw.resolve(kids[0]) : null;
  }
  return seen.size;
}

/** What pages do not tell: forms that draw themselves, attached files, layers. */
function whatIsNotPages(
  pdfium: Pdfium,
  file: RandomAccess,
  { handle, repaired }: OpenDocument,
  { forPrint }: InspectRules,
): PdfNotice[] {
  const context = forPrint ? readContext(file, repaired) : readContextIfAny(file, repaired);
  if (forPrint && context?.layers?.ambiguous) throw new PdfError('layers');
  const notices: PdfNotice[] = [];
  const unprintable = (code: 'portfolio' | 'dynamic_form') => {
    if (forPrint) throw new PdfError(code);
    notices.push({ code });
  };
  if (pdfium.api.FPDF_GetFormType(handle) === FORMTYPE_XFA_FULL) unprintable('dynamic_form');
  if (isDictionary(context?.raw.resolve(context.raw.catalog.get('Collection')))) unprintable('portfolio');
  const count = forPrint ? pdfium.api.FPDFDoc_GetAttachmentCount(handle) : 0;
  if (count > 0) notices.push({ code: 'attachments', count });
  return notices;
}

/** A document that is not printed may have a catalog that cannot be read beside PDFium. */
function readContextIfAny(file: RandomAccess, repaired: boolean): DocumentContext | undefined {
  try {
    return readContext(file, repaired);
  } catch (error) {
    if (error instanceof PdfError) return undefined;
    throw error;
  }
}

/** Error: `page_size`. */
function whatPaperChanges(
  pdfium: Pdfium,
  handle: number,
  boxes: readonly PageBoxes[],
  limits: PrintLimits,
): PdfNotice[] {
  const scaled: number[] = [];
  const unprinted: number[] = [];
  for (const [index, box] of boxes.entries()) {
    const page = index + 1;
    if (!isPaper(box)) {
      requireSize(box, page, limits);
      if (scaleOnPaper(box) < 1) scaled.push(page);
    }
    const annotations = pdfium.api.EPDFPage_GetAnnotCountRaw(handle, page - 1);
    for (let number = 0; number < annotations; number++) {
      if (isShownButNotPrinted(pdfium, handle, page, number)) unprinted.push(page);
    }
  }
  return [noticeOf('scaled', scaled), noticeOf('not_printed', unprinted)].flat();
}

function noticeOf(code: 'scaled' | 'not_printed' | 'covered_text', pages: readonly number[]): PdfNotice[] {
  return pages.length === 0 ? [] : [{ code, page: pages[0]!, count: pages.length }];
}

function requireSize({ shown }: PageBoxes, page: number, limits: PrintLimits): void {
  const [width, height] = [widthOf(shown), heightOf(shown)];
  if (isPrintableSize(limits, width, height)) return;
  throw new PdfError('page_size', { page, width: millimetres(width), height: millimetres(height) });
}

/** Links mark a place and pop-ups belong to another annotation; fields without the flag are buttons as a rule. */
function isShownButNotPrinted(pdfium: Pdfium, handle: number, page: number, index: number): boolean {
  const { api } = pdfium;
  const annotation = api.EPDFPage_GetAnnotRaw(handle, page - 1, index);
  if (annotation === 0) return false;
  const subtype = api.FPDFAnnot_GetSubtype(annotation);
  const flags = api.FPDFAnnot_GetFlags(annotation);
  const written = subtype !== WIDGET || api.FPDFAnnot_HasKey(annotation, 'V');
  api.FPDFPage_CloseAnnot(annotation);
  return subtype !== LINK && subtype !== POPUP && written && (flags & (UNSEEN | PRINT)) === 0;
}
