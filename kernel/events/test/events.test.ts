import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Ctx } from '../../ctx/index.ts';
import { withTransaction } from '../../db/index.ts';
import { newId } from '../../ids/index.ts';
import { createWorker, type JobDefinition } from '../../jobs/index.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import { type DomainEvent, defineSubscriptions, emit, type NewEvent, readEvents } from '../index.ts';

describe('events', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await testDatabase();
  });

  const tell = (ctx: Ctx, ...events: Partial<NewEvent>[]) =>
    withTransaction(ctx, (trx) =>
      emit(
        trx,
        events.map((event) => ({ room: 'post', type: 'post.forsendelse.lest', ...event })),
      ),
    );

  function workerFor(jobs: readonly JobDefinition[]) {
    const worker = createWorker({
      db: test.db,
      log: test.ctx().log,
      definitions: jobs,
      listen: false,
      pollMs: 50,
    });
    onTestFinished(() => worker.stop());
    return worker;
  }

  /** Reads on until nothing is left; other databases of the server may hold back the horizon for a moment. */
  async function readAll(ctx: Ctx, count: number, options: { limit?: number; types?: string[] } = {}) {
    const found: DomainEvent[] = [];
    let after: string | undefined;
    while (found.length < count) {
      const page = await readEvents(ctx, { ...options, ...(after ? { after } : {}) });
      found.push(...page.events);
      after = page.next;
      if (!page.more) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return { found, after };
  }

  const jobCount = async () => (await test.owner.query('select from kernel.job')).rowCount;

  it('stores events with their transaction only, in one statement', async () => {
    const ctx = test.ctx({ actor: { kind: 'integration', id: 'abc' } });
    const failing = withTransaction(ctx, async (trx) => {
      await emit(trx, [{ room: 'post', type: 'post.forsendelse.lest' }]);
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    const subject = newId();
    await tell(ctx, { subject, payload: { n: 1 } }, { type: 'post.forsendelse.slettet' });
    const { found } = await readAll(ctx, 2);
    expect(found).toMatchObject([
      { room: 'post', type: 'post.forsendelse.lest', subject, payload: { n: 1 }, actor: 'integration:abc' },
      { type: 'post.forsendelse.slettet', subject: null, payload: {}, tenant: ctx.tenant },
    ]);
    expect(await jobCount()).toBe(0);
  });

  it('does not write a person’s identity number', async () => {
    const ctx = test.ctx({ actor: { kind: 'person', id: '12345678901' } });
    await tell(ctx, {});
    expect((await readAll(ctx, 1)).found[0]!.actor).toBe('person');
  });

  it('refuses events without a tenant, with a bad type, or too large', async () => {
    await expect(tell(test.ctx({ tenant: null }), {})).rejects.toThrow(/tenant/);
    await expect(tell(test.ctx(), { type: 'lest' })).rejects.toThrow(/look like/);
    await expect(tell(test.ctx(), { room: 'access' })).rejects.toThrow(/look like/);
    await expect(tell(test.ctx(), { payload: 'x'.repeat(70_000) })).rejects.toThrow(/payload/);
  });

  it('delivers to every subscriber of the type, by jobs of the same transaction, and retries', async () => {
    const ctx = test.ctx();
    const seen: string[] = [];
    let broken = true;
    const subscriptions = defineSubscriptions([
      {
        event: 'post.forsendelse.lest',
        queue: 'notify',
        batch: 10,
        handle: async (ctx, events) => {
          seen.push(...events.map((event) => `notify ${event.tenant === ctx.tenant} ${event.subject}`));
          return undefined;
        },
      },
      {
        event: 'post.forsendelse.lest',
        queue: 'count',
        backoffMs: () => 1,
        handle: async (_, events) => {
          if (broken) {
            broken = false;
            throw new Error('try again');
          }
          seen.push(`count ${events[0]!.subject}`);
          return undefined;
        },
      },
      { event: 'post.forsendelse.slettet', queue: 'deleted', handle: async () => expect.fail('not wanted') },
    ]);
    await subscriptions.register(test.db);
    const worker = workerFor(subscriptions.jobs);
    await worker.start();
    const failing = withTransaction(ctx, async (trx) => {
      await emit(trx, [{ room: 'post', type: 'post.forsendelse.lest' }]);
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    const subject = newId();
    await tell(ctx, { subject }, { type: 'post.forsendelse.sendt' });
    while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen.toSorted()).toEqual([`count ${subject}`, `notify true ${subject}`]);
    while ((await jobCount())! > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await defineSubscriptions([]).register(test.db);
    await tell(ctx, { subject });
    expect(await jobCount()).toBe(0);
  });

  it('delivers the events of one subject in order where asked', async () => {
    const ctx = test.ctx();
    const subjects = [newId(), newId()];
    const seen = new Map<string, number[]>(subjects.map((subject) => [subject, []]));
    const failed = new Set<string>();
    const subscriptions = defineSubscriptions([
      {
        event: 'post.forsendelse.status',
        queue: 'in-order',
        order: 'subject',
        batch: 5,
        concurrency: 3,
        handle: async (_, events: readonly DomainEvent<{ n: number }>[]) =>
          events.map(({ subject, payload: { n } }) => {
            if (n % 3 === 0 && !failed.has(`${subject}${n}`)) {
              failed.add(`${subject}${n}`);
              return { outcome: 'retry', error: 'again', afterMs: 1 };
            }
            seen.get(subject!)!.push(n);
            return { outcome: 'done' };
          }),
      },
    ]);
    await subscriptions.register(test.db);
    const worker = workerFor(subscriptions.jobs);
    await worker.start();
    const order = Array.from({ length: 10 }, (_, n) => n);
    const status = order.flatMap((n) =>
      subjects.map((subject) => ({ type: 'post.forsendelse.status', subject, payload: { n } })),
    );
    await tell(ctx, ...status);
    while ((await jobCount())! > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect([...seen.values()]).toEqual([order, order]);
    await defineSubscriptions([]).register(test.db);
  });

  it('refuses two subscriptions on one queue', () => {
    const subscription = { event: 'post.a.b', queue: 'same', handle: async () => undefined };
    expect(() => defineSubscriptions([subscription, subscription])).toThrow(/share a queue/);
  });

  it('feeds pages in order, and moves on where the wanted types are rare', async () => {
    const ctx = test.ctx();
    const rare = { type: 'post.rare.seen', payload: { n: 7 } };
    await tell(
      ctx,
      ...Array.from({ length: 2500 }, (_, n) => ({ type: 'post.common.seen', payload: { n } })),
      rare,
    );
    const { found, after } = await readAll(ctx, 2501, { limit: 300 });
    expect(found.slice(0, 2500).map((event) => (event.payload as { n: number }).n)).toEqual(
      Array.from({ length: 2500 }, (_, n) => n),
    );
    expect(await readEvents(ctx, { after: after! })).toEqual({ events: [], next: after, more: false });
    const first = await readEvents(ctx, { types: ['post.rare.seen'] });
    expect(first).toMatchObject({ events: [], more: true });
    const second = await readEvents(ctx, { types: ['post.rare.seen'], after: first.next! });
    expect(second).toMatchObject({ events: [{ payload: { n: 7 } }], more: false, next: after });
    const common = await readAll(ctx, 2500, { types: ['post.common.seen'], limit: 999 });
    expect(new Set(common.found.map((event) => event.id)).size).toBe(2500);
    await expect(readEvents(ctx, { after: 'x' })).rejects.toMatchObject({ code: 'kernel.validation' });
  });

  it('skips no event of a transaction that commits late', async () => {
    const ctx = test.ctx();
    let early: DomainEvent[] = [];
    await withTransaction(ctx, async (trx) => {
      await emit(trx, [{ room: 'post', type: 'post.late.first' }]);
      await tell(ctx, { type: 'post.late.second' });
      early = [...(await readEvents(ctx)).events];
    });
    expect(early).toEqual([]); // the second is committed, but the first could still come before it
    const { found } = await readAll(ctx, 2);
    expect(found.map((event) => event.type)).toEqual(['post.late.first', 'post.late.second']);
  });

  it('gives every event exactly once while many writers commit in any order', async () => {
    const ctx = test.ctx();
    const WRITERS = 6;
    const EACH = 15;
    const writing = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let n = 0; n < EACH; n++) {
        await withTransaction(ctx, async (trx) => {
          await emit(trx, [{ room: 'post', type: 'post.race.run', payload: { writer, n } }]);
          await new Promise((resolve) => setTimeout(resolve, (writer * 7 + n * 3) % 5));
        });
      }
    });
    const { found } = await readAll(ctx, WRITERS * EACH, { limit: 10 });
    await Promise.all(writing);
    expect(new Set(found.map((event) => event.id)).size).toBe(WRITERS * EACH);
    for (let writer = 0; writer < WRITERS; writer++) {
      const own = found
        .map((event) => event.payload as { writer: number; n: number })
        .filter((p) => p.writer === writer);
      expect(own.map((p) => p.n)).toEqual(Array.from({ length: EACH }, (_, n) => n));
    }
  });

  it('goes on after a restore into a cluster whose transactions count from the start', async () => {
    const ctx = test.ctx();
    await tell(ctx, { type: 'post.restore.before' });
    await readAll(ctx, 1);
    // As restored rows are: of transactions far in the future.
    await test.owner.query('update kernel.event set tx = tx + 1000000 where tenant_id = $1', [ctx.tenant]);
    await test.owner.query('select kernel.event_rebase()');
    await tell(ctx, { type: 'post.restore.after' });
    const { found } = await readAll(ctx, 2);
    expect(found.map((event) => event.type)).toEqual(['post.restore.before', 'post.restore.after']);
  });

  it('is isolated per tenant and cannot be changed', async () => {
    const ctx = test.ctx();
    await tell(ctx, {});
    const query = (as: Ctx, text: string, values: unknown[] = []) =>
      withTransaction(as, (trx) => trx.pg.query(text, values));
    expect((await query(ctx, 'select from kernel.event')).rowCount).toBe(1);
    expect((await query(test.ctx(), 'select from kernel.event')).rowCount).toBe(0);
    expect((await query(test.ctx({ tenant: null }), 'select from kernel.event')).rowCount).toBe(0);
    await expect(query(ctx, `update kernel.event set type = 'x'`)).rejects.toThrow(/permission denied/);
    await expect(query(ctx, 'delete from kernel.event')).rejects.toThrow(/permission denied/);
    await expect(query(ctx, 'select kernel.event_rebase()')).rejects.toThrow(/permission denied/);
    const forged = `insert into kernel.event (id, tenant_id, tx, room, type, payload, occurred_at, actor)
      values ($1, $2, 1, 'post', 'post.a.b', '{}', now(), 'x')`;
    await expect(query(ctx, forged, [newId(), newId()])).rejects.toThrow(/row-level security/);
  });
});
