import { beforeAll, describe, expect, it } from 'vitest';
import { withTransaction } from '../../db/index.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import { enqueue, type JobResult } from '../index.ts';
import { livingJobs, put, testClock, testWorker, until } from './support.ts';

interface Step {
  readonly key: string;
  readonly n: number;
}

describe('order per key', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await testDatabase();
  });

  it('holds over several workers, through failures and deaths, one at a time', async () => {
    const ctx = test.ctx();
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const PER_KEY = 12;
    const running = new Map<string, number>();
    const finished = new Map<string, number[]>(keys.map((key) => [key, []]));
    const attempts = new Map<string, number>();
    let overlaps = 0;
    const step = async ({ key, n }: Step): Promise<JobResult> => {
      const now = (running.get(key) ?? 0) + 1;
      running.set(key, now);
      if (now > 1) overlaps++;
      await new Promise((resolve) => setTimeout(resolve, 1));
      running.set(key, running.get(key)! - 1);
      const attempt = (attempts.get(`${key}${n}`) ?? 0) + 1;
      attempts.set(`${key}${n}`, attempt);
      if (n % 5 === 1 && attempt < 3) return { outcome: 'retry', error: 'again', afterMs: attempt * 3 };
      finished.get(key)!.push(n);
      if (n % 7 === 3) return { outcome: 'dead', error: 'never' };
      return { outcome: 'done' };
    };
    const definition = {
      queue: 'ordered',
      batch: 3,
      concurrency: 3,
      handle: (_: unknown, jobs: readonly { payload: unknown }[]) =>
        Promise.all(jobs.map((job) => step(job.payload as Step))),
    };
    const workers = [1, 2].map(() => testWorker(test, [definition], { pollMs: 10 }));
    for (const worker of workers) await worker.start();
    for (let n = 0; n < PER_KEY; n++) {
      await put(ctx, ...keys.map((key) => ({ queue: 'ordered', key, payload: { key, n } })));
    }
    await until(async () => (await livingJobs(test, 'ordered')).length === 0);
    const expected = Array.from({ length: PER_KEY }, (_, n) => n);
    expect([...finished.values()]).toEqual(keys.map(() => expected));
    expect(overlaps).toBe(0);
  });

  it('parks a long line behind a waiting job, and moves on one by one', async () => {
    const clock = testClock();
    const ctx = test.ctx({ now: clock.now });
    const seen: unknown[] = [];
    const definition = {
      queue: 'line',
      batch: 4,
      handle: async (_: unknown, jobs: readonly { payload: unknown }[]) => {
        seen.push(...jobs.map((job) => job.payload));
        return undefined;
      },
    };
    const worker = testWorker(test, [definition], { now: clock.now });
    await put(ctx, { queue: 'line', key: 'k', payload: 0, runAt: new Date(clock.ms + 1000) });
    await put(ctx, ...Array.from({ length: 250 }, (_, n) => ({ queue: 'line', key: 'k', payload: n + 1 })));
    await put(ctx, { queue: 'line', payload: 'free' });
    expect(await worker.drain()).toBe(1);
    expect(seen).toEqual(['free']);
    clock.ms += 1000;
    expect(await worker.drain()).toBe(251);
    expect(seen.slice(1)).toEqual(Array.from({ length: 251 }, (_, n) => n));
  });

  it('never runs two when a job with an earlier number commits late', async () => {
    const ctx = test.ctx();
    const seen: unknown[] = [];
    let release: (() => void) | undefined;
    const definition = {
      queue: 'late',
      concurrency: 2,
      handle: async (_: unknown, jobs: readonly { payload: unknown }[]) => {
        seen.push(`${jobs[0]!.payload} begins`);
        if (jobs[0]!.payload === 'second') {
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        }
        seen.push(`${jobs[0]!.payload} ends`);
        return undefined;
      },
    };
    const worker = testWorker(test, [definition]);
    await worker.start();
    await withTransaction(ctx, async (trx) => {
      await enqueue(trx, [{ queue: 'late', tenant: ctx.tenant, key: 'k', payload: 'first' }]);
      await put(ctx, { queue: 'late', key: 'k', payload: 'second' });
      await until(() => release !== undefined);
    });
    const parked = `select from kernel.job where queue = 'late' and due_at = 'infinity'`;
    await until(async () => (await test.owner.query(parked)).rowCount === 1);
    release!();
    await until(() => seen.length === 4);
    expect(seen).toEqual(['second begins', 'second ends', 'first begins', 'first ends']);
  });

  it('leaves a key alone while another worker decides about it', async () => {
    const ctx = test.ctx();
    const pick = `select seq, payload, more from kernel.job_pick('busy-key', null, null, 10, 10, 30000, gen_random_uuid(),
      'test', null)`;
    const other = await test.owner.connect();
    const seen = await withTransaction(ctx, async (trx) => {
      await enqueue(trx, [{ queue: 'busy-key', tenant: ctx.tenant, key: 'k', payload: 'first' }]);
      await put(ctx, { queue: 'busy-key', key: 'k', payload: 'second' });
      await other.query('begin');
      return (await other.query(pick)).rows;
    });
    expect(seen).toMatchObject([{ payload: 'second' }]);
    // "second" is taken, but nobody can see that yet; "first" has become visible.
    await put(ctx, { queue: 'busy-key', payload: 'free' });
    const meanwhile = await test.db.pool.query(pick.replace('null, null, 10', 'null, null, 1'));
    expect(meanwhile.rows).toMatchObject([{ payload: 'free' }]);
    expect((await test.db.pool.query(pick)).rows).toMatchObject([{ seq: null, more: false }]);
    await other.query('commit');
    other.release();
    expect((await livingJobs(test, 'busy-key')).map((job) => job.running)).toEqual([false, true, true]);
  });

  it('keeps keys of different tenants and queues apart', async () => {
    const [a, b] = [test.ctx(), test.ctx()];
    const blocked = new Date(Date.now() + 3_600_000);
    await put(a, { queue: 'apart', key: 'k', runAt: blocked }, { queue: 'apart', key: 'k' });
    await put(b, { queue: 'apart', key: 'k' });
    await put(a, { queue: 'apart2', key: 'k' });
    const handle = async () => undefined;
    const worker = testWorker(test, [
      { queue: 'apart', handle },
      { queue: 'apart2', handle },
    ]);
    expect(await worker.drain()).toBe(2);
  });
});
