import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Outcome } from './compare-file.ts';
import type { PaperOptions } from './options.ts';

export interface ComparedFile {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly outcome: Outcome;
}

const FILE_TIMEOUT_MS = 120_000;

/** Every PDF below a folder, in the order of their names. */
async function findPdfs(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.pdf$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

/** Compares all files, each told to `onResult` as soon as it is known. A file that hangs or traps costs only itself. */
export async function compareCorpus(
  options: Pick<PaperOptions, 'corpus' | 'renderer' | 'pages' | 'tolerance'>,
  onResult: (result: ComparedFile) => void = () => undefined,
): Promise<ComparedFile[]> {
  const results: ComparedFile[] = [];
  let worker: Worker | undefined;
  for (const file of await findPdfs(options.corpus)) {
    worker ??= startWorker(options);
    const outcome = await ask(worker, join(options.corpus, file));
    if (!outcome) {
      await worker.terminate();
      worker = undefined;
    }
    const result = {
      file,
      outcome: outcome ?? ({ kind: 'undrawn', reason: 'the renderer gave up' } as const),
    };
    results.push(result);
    onResult(result);
  }
  await worker?.terminate();
  return results;
}

function startWorker({ renderer, pages, tolerance }: Pick<PaperOptions, 'renderer' | 'pages' | 'tolerance'>) {
  const worker = new Worker(new URL('./compare-worker.ts', import.meta.url), {
    workerData: { renderer, pages, tolerance },
  });
  // It ends then, and that is listened for.
  return worker.on('error', () => undefined);
}

/** Undefined when the worker ended or took too long; then it is of no more use. */
function ask(worker: Worker, path: string): Promise<Outcome | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle(undefined), FILE_TIMEOUT_MS);
    const give = (outcome: Outcome) => settle(outcome);
    const giveUp = () => settle(undefined);
    const settle = (outcome: Outcome | undefined) => {
      clearTimeout(timer);
      worker.off('message', give).off('exit', giveUp);
      resolve(outcome);
    };
    worker.on('message', give).on('exit', giveUp);
    worker.postMessage(path);
  });
}
