import type { BlockOutput } from './block-output.ts';
import { createFileWriter, type FileWriter, type SourceDocument, writePages } from './import-pages.ts';
import { countPages, requirePages } from './inspect-document.ts';
import { withDocument } from './open-document.ts';
import { createPartWriter, type PartWriter } from './part-writer.ts';
import { PdfError } from './pdf-error.ts';
import type { MergeDocument, MergeInput, MergeResult } from './pdf-types.ts';
import type { Pdfium } from './pdfium.ts';
import { readContext } from './prepare-pages.ts';
import { BLANK, type PlanOptions, planPages } from './print-plan.ts';
import { openSource, type RandomAccess } from './random-access.ts';

export interface MergeOptions {
  readonly maxPages: number;
  /** Called when some pages have been written: the job is alive. */
  readonly onProgress: () => void;
  /** Source bytes PDFium copies at a time, default 8 MB; it needs about twice as much memory. */
  readonly partBytes?: number;
}

const PART_BYTES = 8 * 1024 * 1024;
/** A damaged table is rebuilt from the whole file for every part, so there are fewer of them. */
const REPAIRED_FACTOR = 4;
/** A part this many times its share of the source shows that pages share most of what they use. */
const SHARED_FACTOR = 4;
/** Fonts and the like that a small part may carry without the pages being suspected. */
const LEAST_PART_BYTES = 512 * 1024;

/**
 * Merges front page and documents into one file for print. Each document is copied in parts of some pages, each part
 * goes through a fresh PDFium document and straight to the output: memory follows the part, not the letter.
 * Errors: those of inspection, `page_missing` for a giro page; `params.document` counts from 1, the front page is 0.
 */
export async function mergeDocuments(
  pdfium: Pdfium,
  input: MergeInput,
  output: BlockOutput,
  options: MergeOptions,
): Promise<MergeResult> {
  const { doubleSided } = input;
  const duplex = doubleSided ? 'DuplexFlipLongEdge' : 'Simplex';
  const parts = createPartWriter(
    output.write,
    `/ViewerPreferences << /PrintScaling /None /Duplex /${duplex} >>`,
  );
  const writer = createFileWriter(pdfium);
  const context = { pdfium, options, output, parts, writer };
  const documents: { firstPage: number; pages: number }[] = [];
  let pages = 0;
  try {
    for (const [index, document] of [{ bytes: input.frontPage }, ...input.documents].entries()) {
      const file = await openSource(document);
      try {
        const added = addDocument(context, file, {
          doubleSided,
          pagesBefore: pages,
          giroPages: giroPagesOf(document),
        });
        documents.push({ firstPage: pages + added.plan.indexOf(1) + 1, pages: added.pages });
        pages += added.plan.length;
      } catch (error) {
        if (!(error instanceof PdfError)) throw error;
        throw new PdfError(error.code, { ...error.params, document: index });
      } finally {
        file.close();
      }
    }
  } finally {
    writer.close();
  }
  parts.finish(pages);
  output.end();
  return {
    pages,
    blankPages: pages - documents.reduce((sum, document) => sum + document.pages, 0),
    sheets: doubleSided ? Math.ceil(pages / 2) : pages,
    bytes: output.bytesWritten(),
    documents: documents.slice(1),
  };
}

interface Context {
  readonly pdfium: Pdfium;
  readonly options: MergeOptions;
  readonly output: BlockOutput;
  readonly parts: PartWriter;
  readonly writer: FileWriter;
}

function giroPagesOf(document: MergeDocument): readonly number[] {
  return document.giroPages ?? [];
}

function addDocument(context: Context, file: RandomAccess, options: Omit<PlanOptions, 'pages'>) {
  const { pdfium } = context;
  const { pages, repaired } = withDocument(pdfium, file, (document) => {
    if (document.restricted) throw new PdfError('restricted');
    return {
      pages: countPages(pdfium, file, document, context.options.maxPages),
      repaired: document.repaired,
    };
  });
  const source: SourceDocument = { file, context: readContext(file, repaired) };
  requirePages(options.giroPages, pages);
  const plan = planPages({ ...options, pages });
  const partBytes = (context.options.partBytes ?? PART_BYTES) * (repaired ? REPAIRED_FACTOR : 1);
  writeDocument(context, source, plan, { bytesPerPage: file.size / pages, partBytes });
  return { pages, plan };
}

function writeDocument(
  context: Context,
  source: SourceDocument,
  plan: readonly number[],
  { bytesPerPage, partBytes }: { bytesPerPage: number; partBytes: number },
): void {
  let pagesPerPart = Math.max(1, Math.floor(partBytes / bytesPerPage));
  for (let at = 0; at < plan.length; ) {
    const pages = plan.slice(at, at + pagesPerPart);
    const before = context.output.bytesWritten();
    writePart(context, source, pages);
    context.options.onProgress();
    at += pages.length;
    const share = bytesPerPage * Math.max(1, pages.filter((page) => page !== BLANK).length);
    const written = context.output.bytesWritten() - before;
    // Every part carries what its pages share, so the rest goes as one: never more than about twice the source.
    if (written > SHARED_FACTOR * share + LEAST_PART_BYTES) pagesPerPart = plan.length;
  }
}

function writePart(context: Context, source: SourceDocument, pages: readonly number[]): void {
  const part = context.parts.part(source.context.layers);
  context.writer.receiver = part.write;
  writePages(context.pdfium, source, pages, context.writer);
  part.end();
}
