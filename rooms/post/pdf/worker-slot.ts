import { type Transferable, Worker } from 'node:worker_threads';
import { BLOCK_BYTES } from './block-output.ts';
import type { PdfErrorCode, PdfErrorParams } from './pdf-error.ts';
import type { PdfSink, PdfSource, WorkerJob, WorkerMessage, WorkerResult, WorkerSetup } from './pdf-types.ts';
import { createProgressMemory, openProgress } from './progress.ts';

export interface SlotOptions {
  readonly wasm: WebAssembly.Module;
  /** Milliseconds for one job of moderate size, see `allowedMs`. */
  readonly timeoutMs: number;
  readonly maxOldGenerationMb: number;
  readonly maxHeapBytes: number;
  /** This worker's merges are streamed to the sink; others answer with the whole file. */
  readonly streams: boolean;
}

export interface SlotOutcome {
  /** One per job, in order; undefined for a job that must be run again because the worker ended before it. */
  readonly results: readonly (WorkerResult | undefined)[];
  /** PDFium's memory after the batch; it never shrinks. */
  readonly heapBytes: number;
  /** The worker is gone or can no longer be trusted. */
  readonly spent: boolean;
  /** What the receiver of a streamed merge threw. */
  readonly sinkError?: unknown;
}

/** One worker thread. Runs one batch at a time. */
export interface WorkerSlot {
  run(jobs: readonly WorkerJob[], sink?: PdfSink): Promise<SlotOutcome>;
  close(): Promise<void>;
}

/** Time for loading PDFium before the first job, on a machine that is busy. */
const START_MS = 30_000;
/** A job may take `timeoutMs` for each of these many bytes: a damaged large file is read as a whole. */
const BYTES_PER_TIMEOUT = 32 * 1024 * 1024;

const BLOCKS_UNDER_WAY = 8;
/** As much as one batch of small documents. */
export const SHARED_BYTES = 4 * 1024 * 1024;

/** The time limit of one job: `timeoutMs` up to 32 MB and proportionally more above. */
function allowedMs(job: WorkerJob, timeoutMs: number): number {
  return timeoutMs * Math.max(1, jobBytes(job) / BYTES_PER_TIMEOUT);
}

export function jobBytes(job: WorkerJob): number {
  if (job.kind === 'inspect') return 'bytes' in job.source ? job.source.bytes.length : job.source.size;
  if (job.kind === 'frontPage') return 0;
  return job.input.documents.reduce(
    (sum, document) => sum + ('bytes' in document ? document.bytes.length : document.size),
    job.input.frontPage.length,
  );
}

export function createWorkerSlot(options: SlotOptions): WorkerSlot {
  const memory = createProgressMemory();
  const progress = openProgress(memory);
  const blocks = options.streams ? new SharedArrayBuffer(BLOCKS_UNDER_WAY * BLOCK_BYTES) : undefined;
  const setup: WorkerSetup = {
    wasm: options.wasm,
    progress: memory,
    maxHeapBytes: options.maxHeapBytes,
    ...(blocks ? { blocks } : {}),
  };
  const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), {
    workerData: setup,
    resourceLimits: { maxOldGenerationSizeMb: options.maxOldGenerationMb, maxYoungGenerationSizeMb: 8 },
    // Loaders and flags of the host process (test runner, inspector) are not the worker's.
    execArgv: [],
    env: {},
  });
  const copied = createCourier();
  let gone = false;
  let finish: ((outcome: SlotOutcome) => void) | undefined;
  let onBlock: ((length: number) => void) | undefined;
  let onResults: ((message: Extract<WorkerMessage, { kind: 'results' }>) => void) | undefined;
  let onLost: ((code: PdfErrorCode, params: PdfErrorParams) => void) | undefined;

  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'block') onBlock?.(message.length);
    else onResults?.(message);
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') onLost?.('too_complex', {});
    else onLost?.('failed', { reason: error.code ?? error.name });
  });
  worker.on('exit', () => {
    gone = true;
    onLost?.('failed', { reason: 'worker_exit' });
  });
  worker.unref();

  const run = (jobs: readonly WorkerJob[], sink: PdfSink = () => undefined): Promise<SlotOutcome> => {
    if (gone) return Promise.resolve({ results: jobs.map(() => undefined), heapBytes: 0, spent: true });
    let timer: NodeJS.Timeout;
    let delivered: Promise<void> = Promise.resolve();
    const outcome = new Promise<SlotOutcome>((resolve) => {
      finish = resolve;
    });
    /** The job under way gets this result; what came before it in the batch was not answered and runs again. */
    const lose = (result: WorkerResult, sinkError?: unknown) => {
      const culprit = Math.max(0, progress.read().index);
      const results = jobs.map((_, index) => (index === culprit ? result : undefined));
      finish?.({ results, heapBytes: 0, spent: true, ...(sinkError === undefined ? {} : { sinkError }) });
      void worker.terminate();
    };
    const watch = () => {
      const { index, elapsedMs, waiting } = progress.read();
      const allowed =
        index < 0 ? Math.max(START_MS, options.timeoutMs) : allowedMs(jobs[index]!, options.timeoutMs);
      if (!waiting && elapsedMs >= allowed) lose({ ok: false, code: 'timeout', params: {} });
      else timer = setTimeout(watch, waiting ? options.timeoutMs : Math.max(1, allowed - elapsedMs));
    };
    onLost = (code, params) => lose({ ok: false, code, params });
    let received = 0;
    onBlock = (length) => {
      const block = new Uint8Array(blocks!, (received++ % BLOCKS_UNDER_WAY) * BLOCK_BYTES, length);
      delivered = delivered.then(() => sink(block)).then(progress.acknowledge);
      delivered.catch((error: unknown) =>
        lose({ ok: false, code: 'failed', params: { reason: 'sink' } }, error),
      );
    };
    onResults = ({ results, heapBytes, broken }) => {
      const all = jobs.map((_, index) => results[index]);
      void delivered.then(
        () => finish?.({ results: all, heapBytes, spent: broken }),
        () => undefined,
      );
    };
    progress.reset();
    worker.ref();
    timer = setTimeout(watch, options.timeoutMs);
    worker.postMessage(...copied(jobs));
    return outcome.finally(() => {
      clearTimeout(timer);
      worker.unref();
      finish = onBlock = onResults = onLost = undefined;
    });
  };

  return {
    run,
    close: async () => {
      await worker.terminate();
    },
  };
}

/**
 * Copies documents for the worker, so that the originals stay for a second try. What fits goes into memory shared with
 * the worker and used again for the next batch: no garbage for either side. The rest is given away.
 */
function createCourier() {
  let shared: Uint8Array<SharedArrayBuffer> | undefined;
  return (jobs: readonly WorkerJob[]): [WorkerJob[], Transferable[]] => {
    const transfer: Transferable[] = [];
    let used = 0;
    const copy = (bytes: Uint8Array): Uint8Array => {
      if (used + bytes.length <= SHARED_BYTES) {
        shared ??= new Uint8Array(new SharedArrayBuffer(SHARED_BYTES));
        shared.set(bytes, used);
        used += bytes.length;
        return shared.subarray(used - bytes.length, used);
      }
      // Uint8Array's own slice: Buffer's would share memory.
      const fresh = Uint8Array.prototype.slice.call(bytes);
      transfer.push(fresh.buffer);
      return fresh;
    };
    const source = <S extends PdfSource>(from: S): S =>
      'bytes' in from ? { ...from, bytes: copy(from.bytes) } : from;
    const messages = jobs.map((job): WorkerJob => {
      if (job.kind === 'inspect') return { ...job, source: source(job.source) };
      if (job.kind === 'frontPage') return job;
      const { frontPage, documents } = job.input;
      return {
        ...job,
        input: { ...job.input, frontPage: copy(frontPage), documents: documents.map(source) },
      };
    });
    return [messages, transfer];
  };
}
