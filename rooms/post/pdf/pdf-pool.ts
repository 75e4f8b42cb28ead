import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Logger } from '@grunnmur/kernel/log';
import type { FrontPageInput } from './front-page.ts';
import { createMergeStream, type MergeStream } from './merge-stream.ts';
import { PdfError } from './pdf-error.ts';
import type {
  InspectOptions,
  MergeInput,
  MergeResult,
  PdfInfo,
  PdfSink,
  PdfSource,
  WorkerJob,
  WorkerResult,
} from './pdf-types.ts';
import { PRINT_LIMITS, type PrintLimits } from './print-limits.ts';
import {
  createWorkerSlot,
  jobBytes,
  SHARED_BYTES,
  type SlotOutcome,
  type WorkerSlot,
} from './worker-slot.ts';

export interface PdfPoolOptions {
  /** Worker threads for inspections and small merges. They start with the first job. */
  readonly workers: number;
  /** Milliseconds one job may take (documents above 32 MB: proportionally more); then its worker is ended. */
  readonly timeoutMs: number;
  /** Most pages one document may have. */
  readonly maxPages: number;
  /** JavaScript heap of a worker in MB, default 64. PDFium's own memory is bounded separately. */
  readonly maxOldGenerationMb?: number;
  /** PDFium's memory for an inspection or a small merge in MB, default 256. */
  readonly maxHeapMb?: number;
  /** PDFium's memory for a large merge in MB, default 1024. */
  readonly maxMergeHeapMb?: number;
  /** What the print supplier takes, default `PRINT_LIMITS`. */
  readonly printLimits?: PrintLimits;
  readonly log?: Pick<Logger, 'warn'>;
}

export interface PdfPool {
  /** What the print supplier takes; documents for print are inspected by it. */
  readonly printLimits: PrintLimits;
  /** Checks that a PDF can be read and used. Throws PdfError. */
  inspect(source: PdfSource, options?: InspectOptions): Promise<PdfInfo>;
  /**
   * Merges front page and documents into one PDF for print, given to `sink` in blocks. Throws PdfError, or what the
   * sink throws. After an error the sink may have got a part of the file.
   */
  merge(input: MergeInput, sink: PdfSink): Promise<MergeResult>;
  /** The same for a reader that pulls, as `ObjectStore.put` does: blocks are not even copied. */
  mergeStream(input: MergeInput): MergeStream;
  /** `createFrontPage` in a worker; it takes some tens of milliseconds. */
  frontPage(input: FrontPageInput): Promise<Uint8Array>;
  /** Ends all workers; jobs that are not done fail with `failed`. */
  close(): Promise<void>;
}

interface QueuedJob {
  readonly job: WorkerJob;
  readonly sink: PdfSink;
  settle(result: WorkerResult, sinkError?: unknown): void;
}

/** Workers of one kind, and what waits for them. */
interface Lane {
  readonly queue: QueuedJob[];
  readonly idle: WorkerSlot[];
  /** Workers alive or being used. */
  running: number;
  readonly limit: number;
  readonly maxHeapBytes: number;
  /** A worker whose PDFium has grown beyond this is replaced: WebAssembly memory is never given back otherwise. */
  readonly keepBelowBytes: number;
}

const MB = 1024 * 1024;
/** Small jobs sent to a worker in one message. */
const BATCH = 16;
/** Merges of at most this many bytes run in the ordinary workers and come back in one message. */
const SMALL_MERGE_BYTES = 16 * MB;
const KEEP_BELOW_BYTES = 64 * MB;

export function createPdfPool(options: PdfPoolOptions): PdfPool {
  const { printLimits = PRINT_LIMITS } = options;
  let closed = false;
  let wasm: Promise<WebAssembly.Module> | undefined;
  const slots = new Set<WorkerSlot>();
  const common: Lane = lane(options.workers, (options.maxHeapMb ?? 256) * MB, KEEP_BELOW_BYTES);
  // One at a time, in a worker of its own that ends afterwards.
  const large: Lane = lane(1, (options.maxMergeHeapMb ?? 1024) * MB, 0);

  const openSlot = async (lane: Lane): Promise<WorkerSlot> => {
    wasm ??= compilePdfium();
    const compiled = await wasm;
    const slot = createWorkerSlot({
      wasm: compiled,
      timeoutMs: options.timeoutMs,
      maxOldGenerationMb: options.maxOldGenerationMb ?? 64,
      maxHeapBytes: lane.maxHeapBytes,
      streams: lane === large,
    });
    slots.add(slot);
    return slot;
  };

  const retire = (lane: Lane, slot: WorkerSlot) => {
    lane.running--;
    slots.delete(slot);
    return slot.close();
  };

  const openOrRelease = (lane: Lane) =>
    openSlot(lane).catch((error: unknown) => {
      lane.running--;
      throw error;
    });

  const runBatch = async (lane: Lane, batch: QueuedJob[], known: WorkerSlot | undefined) => {
    const slot = known ?? (await openOrRelease(lane));
    const outcome = await runOn(slot, batch);
    if (closed || outcome.spent || outcome.heapBytes > lane.keepBelowBytes) await retire(lane, slot);
    else lane.idle.push(slot);
    for (const [index, queued] of batch.entries()) {
      const result = outcome.results[index] ?? (closed ? poolClosed() : undefined);
      if (!result) lane.queue.unshift(queued);
      else {
        logFault(result);
        queued.settle(result, outcome.sinkError);
      }
    }
  };

  const runOn = async (slot: WorkerSlot, batch: QueuedJob[]): Promise<SlotOutcome> => {
    if (closed) return { results: [], heapBytes: 0, spent: true };
    try {
      return await slot.run(
        batch.map((queued) => queued.job),
        batch[0]!.sink,
      );
    } catch (error) {
      // What cannot be sent to a worker at all.
      return { results: batch.map(() => failure(error)), heapBytes: 0, spent: true };
    }
  };

  const pump = (lane: Lane) => {
    while (lane.queue.length > 0 && (lane.idle.length > 0 || lane.running < lane.limit)) {
      const slot = lane.idle.pop();
      if (!slot) lane.running++;
      const batch = takeBatch(lane.queue, lane.idle.length + 1 + lane.limit - lane.running);
      runBatch(lane, batch, slot)
        .catch((error: unknown) => {
          for (const queued of batch) queued.settle(failure(error));
        })
        .finally(() => pump(lane));
    }
  };

  const logFault = (result: WorkerResult) => {
    if (result.ok || closed || !['timeout', 'too_complex', 'failed'].includes(result.code)) return;
    options.log?.warn({ code: result.code, ...result.params }, 'pdf job ended');
  };

  const submit = (lane: Lane, job: WorkerJob, sink: PdfSink) =>
    new Promise<Extract<WorkerResult, { ok: true }>>((resolve, reject) => {
      if (closed) return reject(new PdfError('failed', { reason: 'closed' }));
      const settle = (result: WorkerResult, sinkError?: unknown) => {
        if (result.ok) resolve(result);
        else reject(sinkError ?? new PdfError(result.code, result.params));
      };
      lane.queue.push({ job, sink, settle });
      pump(lane);
    });

  const merge = async (input: MergeInput, sink: PdfSink): Promise<MergeResult> => {
    const job: WorkerJob = { kind: 'merge', input, maxPages: options.maxPages };
    const result = await submit(jobBytes(job) > SMALL_MERGE_BYTES ? large : common, job, sink);
    if ('blocks' in result) for (const block of result.blocks) await sink(block);
    return result.value as MergeResult;
  };

  return {
    printLimits,
    async inspect(source, { pagesNeeded = [], forPrint = true } = {}) {
      const job: WorkerJob = {
        kind: 'inspect',
        source,
        pagesNeeded,
        forPrint,
        limits: printLimits,
        maxPages: forPrint ? Math.min(options.maxPages, printLimits.pages) : options.maxPages,
      };
      return (await submit(common, job, ignoreBlock)).value as PdfInfo;
    },
    // The sink may keep what it gets (a stream's buffer does), so it gets copies.
    merge: (input, sink) => merge(input, (block) => sink(Uint8Array.prototype.slice.call(block))),
    mergeStream: (input) => createMergeStream((sink) => merge(input, sink)),
    async frontPage(input) {
      return (await submit(common, { kind: 'frontPage', input }, ignoreBlock)).value as Uint8Array;
    },
    async close() {
      closed = true;
      for (const queued of [...common.queue.splice(0), ...large.queue.splice(0)]) queued.settle(poolClosed());
      await Promise.all([...slots].map((slot) => slot.close()));
      slots.clear();
    },
  };
}

function lane(limit: number, maxHeapBytes: number, keepBelowBytes: number): Lane {
  return { queue: [], idle: [], running: 0, limit, maxHeapBytes, keepBelowBytes };
}

function ignoreBlock(): void {}

function failure(error: unknown): WorkerResult {
  return { ok: false, code: 'failed', params: { reason: error instanceof Error ? error.name : 'unknown' } };
}

function poolClosed(): WorkerResult {
  return { ok: false, code: 'failed', params: { reason: 'closed' } };
}

/**
 * The jobs of one message: small ones together, because a message costs as much as a small inspection, but no more
 * than the worker's share of what waits. A large job goes alone.
 */
function takeBatch(queue: QueuedJob[], workersFree: number): QueuedJob[] {
  const most = Math.min(BATCH, Math.max(1, Math.ceil(queue.length / workersFree)));
  let bytes = 0;
  let count = 0;
  while (count < most && count < queue.length) {
    const { job } = queue[count]!;
    bytes += jobBytes(job);
    if (count > 0 && (job.kind !== 'inspect' || bytes > SHARED_BYTES)) break;
    count++;
    if (job.kind !== 'inspect') break;
  }
  return queue.splice(0, count);
}

/** Compiled once and shared by all workers. */
async function compilePdfium(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm');
  return WebAssembly.compile(await readFile(path));
}
