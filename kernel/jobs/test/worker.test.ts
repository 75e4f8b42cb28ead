import { beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx/index.ts';
import { openDatabase, withTransaction } from '../../db/index.ts';
import { newId } from '../../ids/index.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import {
  attemptsByJob,
  attemptsBySubject,
  discardDeadJobs,
  enqueue,
  type Job,
  jobStats,
  listDeadJobs,
  retryDeadJobs,
} from '../index.ts';
import { history, livingJobs, put, testClock, testWorker, until } from './support.ts';

describe('worker', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await testDatabase();
  });

  it('hands a job to its handler as its tenant, and keeps the attempt', async () => {
    const ctx = test.ctx({ traceId: 'trace-1' });
    const subject = newId();
    const calls: { ctx: Ctx; jobs: readonly Job[] }[] = [];
    const worker = testWorker(test, [
      {
        queue: 'plain',
        handle: async (ctx, jobs) => {
          calls.push({ ctx, jobs });
          return [{ outcome: 'done', detail: { receipt: 7 } }];
        },
      },
    ]);
    await put(ctx, { queue: 'plain', payload: { id: 1 }, subject });
    expect(await worker.drain()).toBe(1);
    expect(calls).toHaveLength(1);
    expect(calls[0]!.ctx).toMatchObject({
      tenant: ctx.tenant,
      actor: { kind: 'system', id: 'plain' },
      requestId: ctx.requestId,
      traceId: 'trace-1',
    });
    const job = calls[0]!.jobs[0]!;
    expect(job).toMatchObject({ payload: { id: 1 }, attempt: 1, subject, tenant: ctx.tenant });
    expect(await livingJobs(test, 'plain')).toEqual([]);
    const attempts = await attemptsBySubject(ctx, subject);
    expect(attempts).toMatchObject([{ jobId: job.id, attempt: 1, outcome: 'done', detail: { receipt: 7 } }]);
    expect(await attemptsByJob(ctx, job.id)).toEqual(attempts);
    expect(await attemptsBySubject(test.ctx(), subject)).toEqual([]);
  });

  it('runs jobs without a tenant', async () => {
    const tenants: (string | null)[] = [];
    const worker = testWorker(test, [
      {
        queue: 'platform',
        handle: async (ctx, jobs) => void tenants.push(ctx.tenant, jobs[0]!.tenant) as undefined,
      },
    ]);
    await put(test.ctx({ tenant: null }), { queue: 'platform' });
    expect(await worker.drain()).toBe(1);
    expect(tenants).toEqual([null, null]);
  });

  it('enqueues with the transaction or not at all', async () => {
    const ctx = test.ctx();
    const failing = withTransaction(ctx, async (trx) => {
      await enqueue(trx, [{ queue: 'rolled', tenant: ctx.tenant, payload: 1 }]);
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await livingJobs(test, 'rolled')).toEqual([]);
  });

  it('refuses jobs that are too large or malformed', async () => {
    const ctx = test.ctx();
    await expect(put(ctx, { queue: 'plain', payload: 'x'.repeat(70_000) })).rejects.toThrow(/payload/);
    await expect(put(ctx, { queue: 'plain', key: 'k'.repeat(201) })).rejects.toThrow(/keys/);
    await expect(put(ctx, { queue: 'No queue' })).rejects.toThrow(/queue name/);
  });

  it('fills batches with one tenant only, and lets tenants take turns', async () => {
    const [a, b] = [test.ctx(), test.ctx()].sort((x, y) => (x.tenant! < y.tenant! ? -1 : 1)) as [Ctx, Ctx];
    const batches: { tenant: string | null; count: number }[] = [];
    const worker = testWorker(test, [
      {
        queue: 'batched',
        batch: 10,
        concurrency: 1,
        handle: async (ctx, jobs) => {
          expect(jobs.every((job) => job.tenant === ctx.tenant)).toBe(true);
          batches.push({ tenant: ctx.tenant, count: jobs.length });
          return undefined;
        },
      },
    ]);
    await put(a, ...Array.from({ length: 40 }, () => ({ queue: 'batched' })));
    await put(b, ...Array.from({ length: 20 }, () => ({ queue: 'batched' })));
    expect(await worker.drain()).toBe(60);
    expect(batches.map((batch) => (batch.tenant === a.tenant ? 'a' : 'b')).join('')).toBe('ababaa');
    expect(batches.every((batch) => batch.count === 10)).toBe(true);
  });

  it('drops a second job with the same unique key while the first waits or runs', async () => {
    const ctx = test.ctx();
    const other = test.ctx();
    let during = -1;
    const worker = testWorker(test, [
      {
        queue: 'unique',
        handle: async (ctx) => {
          await put(ctx, { queue: 'unique', uniqueKey: 'once' });
          during = (await livingJobs(test, 'unique')).length;
          return undefined;
        },
      },
    ]);
    await put(ctx, { queue: 'unique', uniqueKey: 'once' }, { queue: 'unique', uniqueKey: 'once' });
    await put(ctx, { queue: 'unique', uniqueKey: 'once' });
    expect(await livingJobs(test, 'unique')).toHaveLength(1);
    expect(await worker.drain()).toBe(1);
    expect(during).toBe(1);
    // Done: the key is free again, and it never was another tenant's.
    await put(ctx, { queue: 'unique', uniqueKey: 'once' });
    await put(other, { queue: 'unique', uniqueKey: 'once' });
    expect(await livingJobs(test, 'unique')).toHaveLength(2);
    await worker.drain();
  });

  it('retries with growing delay and jitter, then buries, tells once, and lets people retry', async () => {
    const clock = testClock();
    const ctx = test.ctx({ now: clock.now });
    const dead: string[] = [];
    let works = false;
    const worker = testWorker(
      test,
      [
        {
          queue: 'fails',
          maxAttempts: 3,
          backoffMs: (attempt) => attempt * 10_000,
          handle: async () => {
            if (!works) throw new Error('out of order');
            return undefined;
          },
          onDead: async (ctx, job, error) => {
            await withTransaction(ctx, async () => dead.push(`${job.attempt} ${error}`));
          },
        },
      ],
      { now: clock.now, random: () => 0.5 },
    );
    await put(ctx, { queue: 'fails', payload: { id: 1 } });
    for (const delay of [10_000, 20_000]) {
      expect(await worker.drain()).toBe(1);
      const [job] = await livingJobs(test, 'fails');
      expect(job!.due_at.getTime()).toBe(clock.ms + delay);
      clock.ms += delay - 1;
      expect(await worker.drain()).toBe(0);
      clock.ms += 1;
    }
    expect(await worker.drain()).toBe(1);
    expect(dead).toEqual(['3 out of order']);
    expect((await history(test, 'fails')).map((row) => `${row.attempt} ${row.outcome} ${row.error}`)).toEqual(
      ['1 retry out of order', '2 retry out of order', '3 dead out of order'],
    );
    const [buried] = await listDeadJobs(test.db, { tenant: ctx.tenant, queue: 'fails' });
    expect(buried).toMatchObject({
      payload: { id: 1 },
      attempts: 3,
      error: 'out of order',
      tenant: ctx.tenant,
    });
    expect(await listDeadJobs(test.db, { tenant: newId() })).toEqual([]);
    const retry = (tenant: string | null) =>
      withTransaction(ctx, (trx) => retryDeadJobs(trx, { tenant }, [buried!.id]));
    expect(await retry(newId())).toBe(0);
    expect(await retry(ctx.tenant)).toBe(1);
    works = true;
    expect(await worker.drain()).toBe(1);
    expect((await history(test, 'fails')).at(-1)).toMatchObject({ attempt: 4, outcome: 'done' });
    expect(await listDeadJobs(test.db, { queue: 'fails' })).toEqual([]);
  });

  it('asks onDead again when it failed, and holds the burial until then', async () => {
    const clock = testClock();
    let told = 0;
    let handled = 0;
    const worker = testWorker(
      test,
      [
        {
          queue: 'mourned',
          handle: async () => {
            handled++;
            return [{ outcome: 'dead', error: 'never' }];
          },
          onDead: async () => {
            if (++told === 1) throw new Error('not now');
          },
        },
      ],
      { now: clock.now },
    );
    await put(test.ctx({ now: clock.now }), { queue: 'mourned' });
    await worker.drain();
    expect(await listDeadJobs(test.db, { queue: 'mourned' })).toEqual([]);
    clock.ms += 60_000;
    await worker.drain();
    expect({ told, handled }).toEqual({ told: 2, handled: 1 });
    const [buried] = await listDeadJobs(test.db, { queue: 'mourned' });
    expect(buried).toMatchObject({ error: 'never' });
    expect(await history(test, 'mourned')).toMatchObject([{ outcome: 'dead', error: 'never' }]);
    const discard = (trx: Parameters<typeof discardDeadJobs>[0]) =>
      discardDeadJobs(trx, { queue: 'mourned' }, [buried!.id]);
    expect(await withTransaction(test.ctx(), discard)).toBe(1);
  });

  it('snoozes without counting an attempt, and honours an exact delay', async () => {
    const clock = testClock();
    const seen: number[] = [];
    const worker = testWorker(
      test,
      [
        {
          queue: 'window',
          handle: async (_, [job]) => {
            seen.push(job!.attempt);
            if (seen.length < 3) return [{ outcome: 'snooze', untilMs: clock.ms + 5000 }];
            if (seen.length === 3) return [{ outcome: 'retry', error: 'busy', afterMs: 777 }];
            return [{ outcome: 'done' }];
          },
        },
      ],
      { now: clock.now },
    );
    await put(test.ctx({ now: clock.now }), { queue: 'window' });
    await worker.drain();
    clock.ms += 5000;
    await worker.drain();
    clock.ms += 5000;
    await worker.drain();
    expect((await livingJobs(test, 'window'))[0]!.due_at.getTime()).toBe(clock.ms + 777);
    clock.ms += 777;
    await worker.drain();
    expect(seen).toEqual([1, 1, 1, 2]);
    expect((await history(test, 'window')).map((row) => row.outcome)).toEqual(['retry', 'done']);
  });

  it('settles each job of a batch by its own answer, in one go', async () => {
    const worker = testWorker(test, [
      {
        queue: 'mixed',
        batch: 5,
        recordSuccess: false,
        handle: async (ctx, jobs) =>
          jobs.map(({ payload }) => {
            if (payload === 'retry') return { outcome: 'retry', error: 'later', afterMs: 60_000 };
            if (payload === 'dead') return { outcome: 'dead', error: 'wrong \u0000 \ud800' };
            if (payload === 'snooze') return { outcome: 'snooze', untilMs: ctx.now().getTime() + 60_000 };
            if (payload === 'detail') return { outcome: 'done', detail: { text: 'a\u0000b\ud800' } };
            return { outcome: 'done' };
          }),
      },
    ]);
    const payloads = ['done', 'retry', 'dead', 'snooze', 'detail'];
    await put(test.ctx(), ...payloads.map((payload) => ({ queue: 'mixed', payload })));
    await worker.drain();
    expect((await livingJobs(test, 'mixed')).map((job) => job.payload)).toEqual(['retry', 'snooze']);
    const rows = await history(test, 'mixed');
    expect(rows.map((row) => row.outcome).sort()).toEqual(['dead', 'done', 'retry']);
    expect(rows.find((row) => row.outcome === 'done')!.detail).toEqual({ text: 'ab\ufffd' });
    expect(worker.stats()).toMatchObject({ done: 2, retried: 1, dead: 1, snoozed: 1, lost: 0 });
    const [figures] = (await jobStats(test.db)).filter((row) => row.queue === 'mixed');
    expect(figures).toEqual({ queue: 'mixed', pending: 0, waiting: 2, running: 0, dead: 1, oldestMs: 0 });
  });

  it('retries the whole batch when the handler throws, answers badly, or takes too long', async () => {
    let signal: AbortSignal | undefined;
    const worker = testWorker(test, [
      { queue: 'short', batch: 2, handle: async () => [{ outcome: 'done' }] },
      {
        queue: 'slow',
        timeoutMs: 20,
        handle: async (ctx) => {
          signal = ctx.signal;
          await new Promise(() => {});
          return undefined;
        },
      },
    ]);
    await put(test.ctx(), { queue: 'short' }, { queue: 'short' });
    await put(test.ctx(), { queue: 'slow' });
    await worker.drain();
    expect(await history(test, 'short')).toMatchObject(
      [1, 2].map(() => ({ outcome: 'retry', error: 'handler answered 1 results for 2 jobs' })),
    );
    expect(await history(test, 'slow')).toMatchObject([{ outcome: 'retry', error: 'timed out after 20 ms' }]);
    expect(signal?.aborted).toBe(true);
  });

  it('wakes up after the commit, and for jobs of other processes by notification, without polling', async () => {
    const seen: unknown[] = [];
    const handle = async (_: Ctx, jobs: readonly Job[]) => void seen.push(jobs[0]!.payload) as undefined;
    const worker = testWorker(test, [{ queue: 'awake', handle }], { pollMs: 3_600_000, listen: true });
    await worker.start();
    await put(test.ctx(), { queue: 'awake', payload: 'here' });
    await until(() => seen.includes('here'));
    // A pool of its own stands for another process: its wake-ups do not reach ours in memory.
    const db = openDatabase({ connectionString: test.ownerUrl, max: 2 });
    const listening = `select from pg_stat_activity where query = 'listen grunnmur_jobs' and datname = current_database()`;
    await until(async () => (await test.owner.query(listening)).rowCount === 1);
    await put(test.ctx({ db }), { queue: 'awake', payload: 'there' });
    await until(() => seen.includes('there'));
    await db.close();
  });

  it('finds by its slow poll what nobody told of, and what becomes due', async () => {
    const seen: unknown[] = [];
    const handle = async (_: Ctx, jobs: readonly Job[]) => void seen.push(jobs[0]!.payload) as undefined;
    const worker = testWorker(test, [{ queue: 'polled', handle }]);
    const db = openDatabase({ connectionString: test.ownerUrl, max: 2 });
    await worker.start();
    await put(test.ctx({ db }), { queue: 'polled', payload: 1 });
    await put(test.ctx(), { queue: 'polled', payload: 2, runAt: new Date(Date.now() + 100) });
    await until(() => seen.length === 2);
    expect(seen).toEqual([1, 2]);
    await db.close();
  });
});
