import { parentPort, workerData } from 'node:worker_threads';
import { createPdfPool } from '@grunnmur/post/pdf';
import { createPicturer } from '@grunnmur/post/test/page-pictures';
import { type Comparer, compareFile } from './compare-file.ts';

/** Thread entry: compares the files it is sent, one at a time. What traps PDFium ends the thread. */

const pool = createPdfPool({ workers: 1, timeoutMs: 60_000, maxPages: 20_000 });
const comparer: Comparer = {
  pool,
  picturer: await createPicturer(),
  options: workerData as Comparer['options'],
};

parentPort!.on('message', (path: string) => {
  compareFile(comparer, path).then(
    (outcome) => parentPort!.postMessage(outcome),
    (error: unknown) =>
      setImmediate(() => {
        throw error;
      }),
  );
});
