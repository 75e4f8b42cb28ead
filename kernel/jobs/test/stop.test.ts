import { beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import { history, livingJobs, put, testWorker, until } from './support.ts';

describe('stopping a worker', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await testDatabase();
  });

  it('waits for running handlers and takes no more jobs', async () => {
    let release: (() => void) | undefined;
    let handled = 0;
    const worker = testWorker(test, [
      {
        queue: 'graceful',
        concurrency: 1,
        handle: async () => {
          handled++;
          await new Promise<void>((resolve) => {
            release = resolve;
          });
          return undefined;
        },
      },
    ]);
    await worker.start();
    await put(test.ctx(), { queue: 'graceful', payload: 1 }, { queue: 'graceful', payload: 2 });
    await until(() => release !== undefined);
    let stopped = false;
    const stopping = worker.stop().then(() => {
      stopped = true;
    });
    await put(test.ctx(), { queue: 'graceful', payload: 3 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stopped).toBe(false);
    release!();
    await stopping;
    expect(handled).toBe(1);
    expect((await history(test, 'graceful')).map((row) => row.outcome)).toEqual(['done']);
    expect((await livingJobs(test, 'graceful')).map((job) => [job.payload, job.running])).toEqual([
      [2, false],
      [3, false],
    ]);
    expect(await worker.drain()).toBe(0);
  });

  it('gives back what does not end in time, and ignores a late answer', async () => {
    let release: (() => void) | undefined;
    let signal: AbortSignal | undefined;
    const worker = testWorker(
      test,
      [
        {
          queue: 'stubborn',
          handle: async (ctx) => {
            signal = ctx.signal;
            await new Promise<void>((resolve) => {
              release = resolve;
            });
            return undefined;
          },
        },
      ],
      { stopTimeoutMs: 20 },
    );
    await worker.start();
    await put(test.ctx(), { queue: 'stubborn' });
    await until(() => release !== undefined);
    await worker.stop();
    expect(signal?.aborted).toBe(true);
    expect(await livingJobs(test, 'stubborn')).toMatchObject([{ attempt: 1, running: false }]);
    const next = testWorker(test, [{ queue: 'stubborn', handle: async () => undefined }]);
    expect(await next.drain()).toBe(1);
    release!();
    await until(() => worker.stats().running.stubborn === 0);
    expect((await history(test, 'stubborn')).map((row) => [row.attempt, row.outcome])).toEqual([
      [1, 'interrupted'],
      [2, 'done'],
    ]);
  });

  it('waits for a running schedule', async () => {
    let release: (() => void) | undefined;
    let ended = false;
    const run = async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      ended = true;
    };
    const worker = testWorker(test, [], { schedules: [{ name: 'slow-schedule', everyMs: 60_000, run }] });
    await worker.start();
    await until(() => release !== undefined);
    setTimeout(() => release!(), 20);
    await worker.stop();
    expect(ended).toBe(true);
  });
});
