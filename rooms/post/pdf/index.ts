export type { FrontPageInput } from './front-page.ts';
export type { MergeStream } from './merge-stream.ts';
export { isPdfError, PdfError, type PdfErrorCode } from './pdf-error.ts';
export { createPdfPool, type PdfPool, type PdfPoolOptions } from './pdf-pool.ts';
export type {
  InspectOptions,
  MergeDocument,
  MergeInput,
  MergeResult,
  PdfInfo,
  PdfNotice,
  PdfSink,
  PdfSource,
} from './pdf-types.ts';
export { PRINT_LIMITS, type PrintLimits } from './print-limits.ts';
export { planPages } from './print-plan.ts';
