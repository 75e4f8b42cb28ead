import type { FrontPageInput } from './front-page.ts';
import type { PdfErrorCode, PdfErrorParams } from './pdf-error.ts';
import type { PrintLimits } from './print-limits.ts';

/** A document in memory. The worker gets a copy; the caller keeps its bytes and must not change them meanwhile. */
interface PdfBytes {
  readonly bytes: Uint8Array;
}

/** An encrypted local file, read piecewise by the worker: memory does not grow with its size. */
interface PdfSealedFile {
  readonly sealedPath: string;
  readonly dataKey: Uint8Array;
  /** Plaintext bytes; used for limits of time and for choosing where a merge runs. */
  readonly size: number;
}

export type PdfSource = PdfBytes | PdfSealedFile;

export interface InspectOptions {
  /** Page numbers (from 1) that must exist: giro pages. */
  readonly pagesNeeded?: readonly number[];
  /** Refuse what cannot be printed; else it is a notice. */
  readonly forPrint?: boolean;
}

/**
 * What an accepted document's sender should know; pages from 1.
 *
 * - `scaled`: so many pages are not A4 and become smaller on paper
 * - `attachments`: so many attached files are not on paper
 * - `not_printed`: so many annotations are shown on screen but not marked for print
 * - `portfolio`, `dynamic_form`, `restricted`: as the errors of that name
 */
export interface PdfNotice {
  readonly code:
    | 'scaled'
    | 'attachments'
    | 'not_printed'
    | 'portfolio'
    | 'dynamic_form'
    | 'restricted'
    | 'covered_text';
  readonly page?: number;
  readonly count?: number;
}

export interface PdfInfo {
  readonly pages: number;
  /** First page in points (1/72 inch), after its own rotation. */
  readonly firstPage: { readonly width: number; readonly height: number };
  /** The cross-reference table was damaged and was rebuilt; the pages are all there. */
  readonly repaired: boolean;
  readonly notices: readonly PdfNotice[];
}

export type MergeDocument = PdfSource & {
  /** Page numbers (from 1) of giro sheets. They get a front side with a blank back when printed double-sided. */
  readonly giroPages?: readonly number[];
};

export interface MergeInput {
  readonly frontPage: Uint8Array;
  /** In print order. */
  readonly documents: readonly MergeDocument[];
  readonly doubleSided: boolean;
}

/** Receives the merged file block by block; the next block waits for the returned promise. */
export type PdfSink = (block: Uint8Array) => void | Promise<void>;

export interface MergeResult {
  /** All pages of the merged file: front page, documents and inserted blank pages. */
  readonly pages: number;
  readonly blankPages: number;
  /** Sheets of paper: two pages each when double-sided. */
  readonly sheets: number;
  /** Size of the merged file. */
  readonly bytes: number;
  /** Where each document begins in the merged file (from 1) and how many pages of its own it has. */
  readonly documents: readonly { readonly firstPage: number; readonly pages: number }[];
}

/** What one job asks of a worker. */
export type WorkerJob =
  | {
      kind: 'inspect';
      source: PdfSource;
      pagesNeeded: readonly number[];
      maxPages: number;
      forPrint: boolean;
      limits: PrintLimits;
    }
  | { kind: 'merge'; input: MergeInput; maxPages: number }
  | { kind: 'frontPage'; input: FrontPageInput };

export type WorkerResult =
  | { ok: true; value: PdfInfo }
  | { ok: true; value: MergeResult; blocks: Uint8Array[] }
  | { ok: true; value: Uint8Array; blocks: [] }
  | { ok: false; code: PdfErrorCode; params: PdfErrorParams };

/** What the worker is started with. `progress` is shared memory, see progress.ts. */
export interface WorkerSetup {
  readonly wasm: WebAssembly.Module;
  readonly progress: SharedArrayBuffer;
  /** Shared memory for the blocks of a streamed merge, used in turn; absent in workers that do not stream. */
  readonly blocks?: SharedArrayBuffer;
  /** Upper bound for PDFium's memory in bytes. */
  readonly maxHeapBytes: number;
}

export type WorkerMessage =
  | { kind: 'results'; results: WorkerResult[]; heapBytes: number; broken: boolean }
  /** The next block of the shared memory holds this many bytes. */
  | { kind: 'block'; length: number };
