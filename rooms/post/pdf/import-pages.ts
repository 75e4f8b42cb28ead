import { withDocument } from './open-document.ts';
import { PdfError } from './pdf-error.ts';
import type { Pdfium } from './pdfium.ts';
import { type DocumentContext, finishPages, preparePages } from './prepare-pages.ts';
import { A4 } from './print-limits.ts';
import { BLANK } from './print-plan.ts';
import type { RandomAccess } from './random-access.ts';

/** FPDF_SaveAsCopy: write a whole new file. */
const NO_INCREMENTAL = 2;

/** A function of ours that PDFium calls with the bytes of a file it writes. */
export interface FileWriter {
  /** FPDF_FILEWRITE */
  readonly address: number;
  /** Where the next file goes. */
  receiver: (piece: Uint8Array) => void;
  /** What the receiver threw, if anything. */
  error(): unknown;
  close(): void;
}

/** FPDF_FILEWRITE: { int version; int (*WriteBlock)(self, data, size) }. */
export function createFileWriter(pdfium: Pdfium): FileWriter {
  const module = pdfium.api.pdfium;
  let error: unknown;
  const writeBlock = module.addFunction((_self: number, data: number, size: number) => {
    try {
      writer.receiver(pdfium.heap().subarray(data >>> 0, (data >>> 0) + (size >>> 0)));
      return 1;
    } catch (thrown) {
      error ??= thrown;
      return 0;
    }
  }, 'iiii');
  const writer: FileWriter = {
    address: pdfium.alloc(8),
    receiver: () => undefined,
    error: () => error,
    close: () => {
      module.removeFunction(writeBlock);
      pdfium.free(writer.address);
    },
  };
  pdfium.writeNumbers(writer.address, [1, writeBlock]);
  return writer;
}

/** A document to be printed. */
export interface SourceDocument {
  readonly file: RandomAccess;
  readonly context: DocumentContext;
}

/**
 * Copies some pages of a document, with blank A4 pages where the plan says so, into a document of its own and writes
 * that one out. What PDFium holds at a time is these pages' content, not the document.
 */
export function writePages(
  pdfium: Pdfium,
  { file, context }: SourceDocument,
  plan: readonly number[],
  writer: FileWriter,
): void {
  withNewDocument(pdfium, (copy) => {
    const wanted = plan.filter((page) => page !== BLANK);
    withDocument(pdfium, file, (source) => {
      const prepared = preparePages(pdfium, source, wanted, context);
      if (wanted.length > 0 && !importByNumber(pdfium, copy, source.handle, wanted))
        throw new PdfError('unreadable');
      finishPages(pdfium, copy, prepared);
    });
    if (file.failure()) throw new PdfError('failed', { reason: 'read' });
    for (const [index, page] of plan.entries()) {
      if (page === BLANK)
        pdfium.api.FPDF_ClosePage(pdfium.api.FPDFPage_New(copy, index, A4.width, A4.height));
    }
    const written = pdfium.api.FPDF_SaveAsCopy(copy, writer.address, NO_INCREMENTAL);
    const error = writer.error();
    if (error) throw error;
    if (!written) throw new PdfError('unreadable');
  });
}

/** As `withDocument`, nothing is closed after an abort inside PDFium. */
function withNewDocument(pdfium: Pdfium, use: (copy: number) => void): void {
  const copy = pdfium.api.FPDF_CreateNewDocument();
  try {
    use(copy);
  } catch (error) {
    if (error instanceof PdfError) pdfium.api.FPDF_CloseDocument(copy);
    throw error;
  }
  pdfium.api.FPDF_CloseDocument(copy);
}

function importByNumber(pdfium: Pdfium, to: number, from: number, pages: readonly number[]): boolean {
  const list = pdfium.alloc(pages.length * 4);
  pdfium.writeNumbers(
    list,
    pages.map((page) => page - 1),
  );
  const done = pdfium.api.FPDF_ImportPagesByIndex(to, from, list, pages.length, 0);
  pdfium.free(list);
  return done;
}
