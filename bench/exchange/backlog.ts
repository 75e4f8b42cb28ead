import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { peakRssMb, resetPeak, rssMb } from '../kit/memory.ts';
import { startServer } from '../kit/server-process.ts';
import { median } from '../kit/stats.ts';
import type { Workspace } from '../kit/workspace.ts';
import { type Account, account } from './accounts.ts';
import { type Consumer, type ConsumerReport, startConsumer } from './consumer.ts';
import { fillQueue, settleQueues } from './fill-queue.ts';
import { PAYLOAD_BYTES } from './throughput.ts';

const FEW = 1000;
/** Of the few, so that the queue does not run dry while the time runs. */
const TAKEN = 800;
const PREFETCH = 100;

export interface BacklogReport {
  readonly few: number;
  readonly many: number;
  readonly fillSeconds: number;
  /** Median time of a message with few and with many waiting, ms. */
  readonly fewMs: number;
  readonly manyMs: number;
  /** Median of the ratios of the rounds. */
  readonly ratio: number;
  /** Most resident memory of the server while it gave out, with few and with many waiting, MB. */
  readonly fewMb: number;
  readonly manyMb: number;
}

export interface BacklogOptions {
  readonly many: number;
  readonly rounds: number;
  /** Address of an empty database. */
  readonly databaseUrl: string;
}

/** The rate of one consumer with few and with many messages waiting, of the same server in turns. */
export async function measureBacklog(workspace: Workspace, options: BacklogOptions): Promise<BacklogReport> {
  const { many, rounds, databaseUrl } = options;
  const server = await startServer(workspace, {
    dataDir: await workspace.folder('backlog'),
    env: { DATABASE_URL: databaseUrl, MASTER_KEY: randomBytes(32).toString('base64') },
  });
  const consumer = startConsumer(workspace);
  const owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  try {
    const [from, fewTo, manyTo] = [0, 1, 2].map((index) => account(server, index)) as [
      Account,
      Account,
      Account,
    ];
    const few = async () => {
      await fillQueue(owner, {
        from,
        to: fewTo,
        count: FEW - (await waiting(owner, fewTo)),
        bytes: PAYLOAD_BYTES,
      });
      return timed(consumer, fewTo);
    };
    for (let round = 0; round < 3; round++) await few(); // until everything is warm
    await sleep(2000);
    await resetPeak(server.pid);
    for (let round = 0; round < 3; round++) await few();
    const fewMb = await peakRssMb(server.pid);

    const started = performance.now();
    await fillQueue(owner, { from, to: manyTo, count: many, bytes: PAYLOAD_BYTES });
    await settleQueues(owner);
    const fillSeconds = (performance.now() - started) / 1000;
    await sleep(2000);
    await resetPeak(server.pid);
    await timed(consumer, manyTo);
    const pairs: [number, number][] = [];
    let manyMb = await rssMb(server.pid);
    for (let round = 0; round < rounds; round++) {
      const first = round % 2 === 0 ? await few() : await timed(consumer, manyTo);
      const second = round % 2 === 0 ? await timed(consumer, manyTo) : await few();
      pairs.push(round % 2 === 0 ? [first, second] : [second, first]);
      manyMb = Math.max(manyMb, await peakRssMb(server.pid));
    }
    return {
      few: FEW,
      many,
      fillSeconds,
      fewMs: median(pairs.map(([each]) => each)),
      manyMs: median(pairs.map(([, each]) => each)),
      ratio: median(pairs.map(([a, b]) => b / a)),
      fewMb,
      manyMb,
    };
  } finally {
    await owner.end();
    await consumer.stop();
    await server.stop();
  }
}

async function timed(consumer: Consumer, to: Account): Promise<number> {
  const address = await to.address();
  return perMessage(await consumer.take({ address, queue: to.queue, prefetch: PREFETCH, count: TAKEN }));
}

/** From the first message to the last, ms each. */
function perMessage({ arrivals }: ConsumerReport): number {
  return (arrivals.at(-1)! - arrivals[0]!) / (arrivals.length - 1);
}

async function waiting(owner: pg.Client, { kontoId }: Account): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(
    'select count(*)::int as count from exchange.ko where konto_id = $1',
    [kontoId],
  );
  return rows[0]!.count;
}
