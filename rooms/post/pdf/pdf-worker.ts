import { parentPort, type Transferable, workerData } from 'node:worker_threads';
import { BLOCK_BYTES, createBlockOutput } from './block-output.ts';
import { inspectDocument } from './inspect-document.ts';
import { mergeDocuments } from './merge-documents.ts';
import { PdfError } from './pdf-error.ts';
import type { WorkerJob, WorkerMessage, WorkerResult, WorkerSetup } from './pdf-types.ts';
import { openPdfium, type Pdfium } from './pdfium.ts';
import { openProgress } from './progress.ts';
import { openSource } from './random-access.ts';

/** Thread entry: takes batches of jobs and answers each batch with one message. */

const setup = workerData as WorkerSetup;
const port = parentPort!;
const progress = openProgress(setup.progress);
const pdfium = await openPdfium(setup.wasm, setup.maxHeapBytes);

port.on('message', (jobs: WorkerJob[]) => void runBatch(jobs));

async function runBatch(jobs: WorkerJob[]): Promise<void> {
  const results: WorkerResult[] = [];
  let broken = false;
  for (const [index, job] of jobs.entries()) {
    progress.mark(index);
    try {
      results.push(await run(job, index));
    } catch (error) {
      broken = !(error instanceof PdfError);
      results.push({ ok: false, ...describe(error, pdfium) });
    }
    // After an abort nothing more can be done here; the pool sends the rest of the batch elsewhere.
    if (broken) break;
  }
  const blocks = results.flatMap((result) => ('blocks' in result ? result.blocks : []));
  send(
    { kind: 'results', results, heapBytes: pdfium.heap().length, broken },
    blocks.map((block) => block.buffer as ArrayBuffer),
  );
}

function run(job: WorkerJob, index: number): Promise<WorkerResult> {
  switch (job.kind) {
    case 'inspect':
      return inspect(job);
    case 'merge':
      return merge(job, index);
    case 'frontPage':
      return frontPage(job);
  }
}

async function frontPage(job: Extract<WorkerJob, { kind: 'frontPage' }>): Promise<WorkerResult> {
  // Loaded only when needed, like everything large.
  const { createFrontPage } = await import('./front-page.ts');
  return { ok: true, value: await createFrontPage(job.input), blocks: [] };
}

async function inspect(job: Extract<WorkerJob, { kind: 'inspect' }>): Promise<WorkerResult> {
  const file = await openSource(job.source);
  try {
    return { ok: true, value: inspectDocument(pdfium, file, job) };
  } finally {
    file.close();
  }
}

async function merge(job: Extract<WorkerJob, { kind: 'merge' }>, index: number): Promise<WorkerResult> {
  const options = { maxPages: job.maxPages, onProgress: () => progress.mark(index) };
  if (setup.blocks) {
    const value = await mergeDocuments(pdfium, job.input, streamedOutput(setup.blocks, index), options);
    return { ok: true, value, blocks: [] };
  }
  const blocks: Uint8Array[] = [];
  const output = createBlockOutput(
    () => new Uint8Array(BLOCK_BYTES),
    (block) => blocks.push(block),
  );
  return { ok: true, value: await mergeDocuments(pdfium, job.input, output, options), blocks };
}

/** Blocks go through shared memory; when all of it is filled the thread sleeps until the receiver has taken one. */
function streamedOutput(memory: SharedArrayBuffer, index: number) {
  const count = memory.byteLength / BLOCK_BYTES;
  let sent = 0;
  const take = () => {
    progress.setWaiting(true);
    progress.awaitAcknowledged(sent, count);
    progress.mark(index);
    progress.setWaiting(false);
    return new Uint8Array(memory, (sent % count) * BLOCK_BYTES, BLOCK_BYTES);
  };
  const give = (block: Uint8Array) => {
    sent++;
    send({ kind: 'block', length: block.length });
  };
  return createBlockOutput(take, give);
}

function send(message: WorkerMessage, transfer: Transferable[] = []): void {
  port.postMessage(message, transfer);
}

/** Aborts inside PDFium come out as WebAssembly traps or as stack overflow. */
function describe(error: unknown, instance: Pdfium): Pick<PdfError, 'code' | 'params'> {
  if (error instanceof PdfError) return error;
  if (instance.memoryRefused() || error instanceof RangeError) return { code: 'too_complex', params: {} };
  if (error instanceof WebAssembly.RuntimeError) return { code: 'unreadable', params: {} };
  return { code: 'failed', params: { reason: errorCode(error) } };
}

function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : ((error as Error | null)?.name ?? 'unknown');
}
