import { fitOnPaper, isPaper, type PageBoxes, pageBoxes, setBoxes } from './fit-page.ts';
import { type Layers, readLayers } from './layers.ts';
import { completeAppearance, prepareAppearance } from './missing-appearances.ts';
import type { OpenDocument } from './open-document.ts';
import { PdfError } from './pdf-error.ts';
import type { Pdfium } from './pdfium.ts';
import type { RandomAccess } from './random-access.ts';
import { openRawFile, type RawFile } from './raw-file.ts';
import { isArray, isDictionary, RawRef, RawSyntaxError } from './raw-syntax.ts';

/** What a document says outside of its pages about what they show. */
export interface DocumentContext {
  readonly raw: RawFile;
  readonly layers: Layers | undefined;
}

/** Reads the catalog. Error: `unreadable` when it cannot be found. */
export function readContext(file: RandomAccess, repaired: boolean): DocumentContext {
  try {
    const raw = openRawFile(file, repaired);
    return { raw, layers: readLayers(raw) };
  } catch (error) {
    if (error instanceof RawSyntaxError) throw new PdfError('unreadable');
    throw error;
  }
}

/** FPDFPage_Flatten: what is meant for print. */
const FLATTEN_FOR_PRINT = 1;

/** A page that is ready to be copied, and then to be finished. */
export interface PreparedPage {
  readonly boxes: PageBoxes;
  /** Annotations stand beside its content. */
  readonly annotated: boolean;
}

/**
 * Gives fields with their values, and annotations without an appearance of their own, the one that PDFium's form
 * environment shows. It is done in the document itself, where the form is; what it takes to finish a copy is returned.
 */
export function preparePages(
  pdfium: Pdfium,
  document: Pick<OpenDocument, 'handle'>,
  pages: readonly number[],
  context: DocumentContext,
): PreparedPage[] {
  const { api } = pdfium;
  const { handle } = document;
  const prepared = pages.map((page) => ({
    boxes: pageBoxes(pdfium, handle, page),
    annotated: api.EPDFPage_GetAnnotCountRaw(handle, page - 1) > 0,
  }));
  if (prepared.some(({ annotated }) => annotated))
    withForm(pdfium, handle, (form) => {
      for (const [index, page] of pages.entries()) {
        if (prepared[index]!.annotated) drawAppearances(pdfium, { handle, form, page, context });
      }
    });
  return prepared;
}

/**
 * Draws all that stands on a copied page beside its content into the content, since a print file has no form and
 * printers disagree on what they show without it; then fits pages of other sizes on the paper. In the copy each page has
 * its resources itself: PDFium would leave inherited ones behind, and with them fonts and patterns.
 */
export function finishPages(pdfium: Pdfium, copy: number, pages: readonly PreparedPage[]): void {
  for (const [index, { boxes, annotated }] of pages.entries()) {
    const page = index + 1;
    // What cannot be drawn stays an annotation: it is then the printer that shows it or not.
    if (annotated)
      withPage(pdfium, copy, page, (loaded) => pdfium.api.FPDFPage_Flatten(loaded, FLATTEN_FOR_PRINT));
    if (!isPaper(boxes)) withPage(pdfium, copy, page, (loaded) => fitOnPaper(pdfium, loaded, boxes));
    // Drawing an annotation that reaches beyond the page makes PDFium enlarge the page's boxes.
    else if (annotated) withPage(pdfium, copy, page, (loaded) => setBoxes(pdfium, loaded, boxes.shown));
  }
}

function withForm(pdfium: Pdfium, handle: number, use: (form: number) => void): void {
  const info = pdfium.api.PDFiumExt_OpenFormFillInfo();
  const form = pdfium.api.PDFiumExt_InitFormFillEnvironment(handle, info);
  use(form);
  pdfium.api.PDFiumExt_ExitFormFillEnvironment(form);
  pdfium.api.PDFiumExt_CloseFormFillInfo(info);
}

function withPage(pdfium: Pdfium, handle: number, page: number, use: (loaded: number) => void): void {
  const loaded = pdfium.api.FPDF_LoadPage(handle, page - 1);
  if (loaded === 0) throw new PdfError('unreadable');
  use(loaded);
  pdfium.api.FPDF_ClosePage(loaded);
}

interface AnnotatedPage {
  readonly handle: number;
  readonly form: number;
  /** From 1. */
  readonly page: number;
  readonly context: DocumentContext;
}

function drawAppearances(pdfium: Pdfium, { handle, form, page, context }: AnnotatedPage): void {
  const { api } = pdfium;
  const hidden = hiddenByLayer(api.EPDFDoc_GetPageObjectNumberByIndex(handle, page - 1), context);
  withPage(pdfium, handle, page, (loaded) => {
    // From the last, so that the numbers of those before stay.
    for (const index of hidden.reverse()) api.FPDFPage_RemoveAnnot(loaded, index);
    const on = { document: handle, page: loaded, form };
    forEachAnnotation(pdfium, loaded, (annotation) => prepareAppearance(pdfium, on, annotation));
    api.FORM_OnAfterLoadPage(loaded, form);
    forEachAnnotation(pdfium, loaded, (annotation) => completeAppearance(pdfium, on, annotation));
    api.FORM_OnBeforeClosePage(loaded, form);
  });
}

/** PDFium itself draws annotations whatever their layer says. */
function hiddenByLayer(pageObject: number, { raw, layers }: DocumentContext): number[] {
  if (!layers) return [];
  const page = raw.resolve(new RawRef(pageObject));
  const list = isDictionary(page) ? raw.resolve(page.get('Annots')) : null;
  if (!isArray(list)) return [];
  return list.flatMap((entry, index) => {
    const annotation = raw.resolve(entry);
    return isDictionary(annotation) && !layers.shows(annotation.get('OC')) ? [index] : [];
  });
}

/** From the last, so that one may be removed. */
function forEachAnnotation(pdfium: Pdfium, page: number, use: (annotation: number) => void): void {
  for (let index = pdfium.api.FPDFPage_GetAnnotCount(page) - 1; index >= 0; index--) {
    const annotation = pdfium.api.FPDFPage_GetAnnot(page, index);
    if (annotation === 0) continue;
    use(annotation);
    pdfium.api.FPDFPage_CloseAnnot(annotation);
  }
}
