import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import { listDeadJobs } from '../index.ts';
import { history, livingJobs, put, testClock, testWorker, until } from './support.ts';

const CHILD = fileURLToPath(new URL('./hanging-worker.ts', import.meta.url));

describe('leases', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await testDatabase();
  });

  /** Starts a worker process and waits until it has taken jobs. */
  async function startChild(queue: string, leaseMs: number): Promise<ChildProcess> {
    const child = spawn(process.execPath, [CHILD, test.ownerUrl, queue, String(leaseMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout!, 'data');
    return child;
  }

  it('hands the jobs of a killed process to another one, in order', async () => {
    const ctx = test.ctx();
    await put(ctx, ...[1, 2, 3].map((payload) => ({ queue: 'killed', key: `k${payload % 2}`, payload })));
    const child = await startChild('killed', 400);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await livingJobs(test, 'killed')).map((job) => job.running)).toEqual([true, true, false]);
    const seen: unknown[] = [];
    const worker = testWorker(test, [
      {
        queue: 'killed',
        handle: async (_, [job]) => {
          seen.push([job!.payload, job!.attempt]);
          return undefined;
        },
      },
    ]);
    await worker.start();
    await until(async () => (await livingJobs(test, 'killed')).length === 0);
    expect(seen.toSorted()).toEqual([
      [1, 2],
      [2, 2],
      [3, 1],
    ]);
    const rows = await history(test, 'killed');
    expect(rows.filter((row) => row.outcome === 'lost')).toMatchObject([
      { attempt: 1, error: 'lease expired' },
      { attempt: 1, error: 'lease expired' },
    ]);
    expect(rows.filter((row) => row.outcome === 'done')).toHaveLength(3);
  });

  it('keeps the lease by heartbeat for as long as the handler runs', async () => {
    await put(test.ctx(), { queue: 'long' });
    await startChild('long', 200);
    const due = async () => (await livingJobs(test, 'long'))[0]!.due_at.getTime();
    const first = await due();
    await until(async () => (await due()) > first + 300);
    const other = testWorker(test, [{ queue: 'long', handle: async () => undefined }]);
    expect(await other.drain()).toBe(0);
    expect(await livingJobs(test, 'long')).toMatchObject([{ attempt: 1, running: true }]);
    expect(await history(test, 'long')).toEqual([]);
  });

  it('buries a job whose process dies every time', async () => {
    const clock = testClock();
    const told: string[] = [];
    await put(test.ctx({ now: clock.now }), { queue: 'poison' });
    // Each worker takes the job and never comes back; the clock passes its lease.
    for (let n = 1; n <= 2; n++) {
      const lost = testWorker(
        test,
        [{ queue: 'poison', maxAttempts: 2, concurrency: 1, handle: () => new Promise<undefined>(() => {}) }],
        { now: clock.now, stopTimeoutMs: 0 },
      );
      void lost.drain();
      await until(async () => (await livingJobs(test, 'poison'))[0]!.attempt === n);
      clock.ms += 30_001;
    }
    const worker = testWorker(
      test,
      [
        {
          queue: 'poison',
          maxAttempts: 2,
          handle: async () => expect.fail('must not run a third time'),
          onDead: async (_, job, error) => void told.push(`${job.attempt} ${error}`),
        },
      ],
      { now: clock.now },
    );
    await worker.drain();
    expect(told).toEqual(['2 lease expired']);
    expect(await listDeadJobs(test.db, { queue: 'poison' })).toMatchObject([
      { attempts: 2, error: 'lease expired' },
    ]);
    expect((await history(test, 'poison')).map((row) => row.outcome)).toEqual(['lost', 'lost']);
  });

  it('lets a worker that lost its lease record nothing', async () => {
    const clock = testClock();
    let release: (() => void) | undefined;
    let aborted: AbortSignal | undefined;
    await put(test.ctx({ now: clock.now }), { queue: 'stalled', payload: 1 });
    const slow = testWorker(
      test,
      [
        {
          queue: 'stalled',
          leaseMs: 60,
          handle: async (ctx) => {
            aborted = ctx.signal;
            await new Promise<void>((resolve) => {
              release = resolve;
            });
            return [{ outcome: 'done', detail: 'too late' }];
          },
        },
      ],
      { now: () => new Date(clock.ms - 3_600_000), node: 'slow' }, // its clock and so its lease lie in the past
    );
    await test.owner.query(
      `update kernel.job set due_at = due_at - interval '1 hour' where queue = 'stalled'`,
    );
    const draining = slow.drain();
    await until(() => release !== undefined);
    let finish: (() => void) | undefined;
    const quick = testWorker(
      test,
      [
        {
          queue: 'stalled',
          handle: async () => {
            await new Promise<void>((resolve) => {
              finish = resolve;
            });
            return undefined;
          },
        },
      ],
      { now: clock.now, node: 'quick' },
    );
    const taking = quick.drain();
    await until(() => finish !== undefined);
    await until(() => aborted!.aborted); // the heartbeat finds out
    release!();
    await draining;
    expect(slow.stats()).toMatchObject({ done: 0, lost: 1 });
    expect(await livingJobs(test, 'stalled')).toMatchObject([{ attempt: 2, running: true }]);
    finish!();
    expect(await taking).toBe(1);
    expect((await history(test, 'stalled')).map((row) => [row.attempt, row.outcome, row.detail])).toEqual([
      [1, 'lost', null],
      [2, 'done', null],
    ]);
  });
});
