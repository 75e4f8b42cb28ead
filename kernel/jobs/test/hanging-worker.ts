// A worker process for lease.test.ts: takes one batch, says so, and never finishes it.
import { openDatabase } from '../../db/index.ts';
import { createLogger } from '../../log/index.ts';
import { createWorker } from '../index.ts';

const [connectionString, queue, leaseMs] = process.argv.slice(2) as [string, string, string];
const worker = createWorker({
  db: openDatabase({ connectionString, max: 3 }),
  log: createLogger({ level: 'silent' }),
  node: 'child',
  definitions: [
    {
      queue,
      batch: 10,
      leaseMs: Number(leaseMs),
      handle: async (_, jobs) => {
        process.stdout.write(`took ${jobs.length}\n`);
        return new Promise(() => {});
      },
    },
  ],
});
await worker.start();
