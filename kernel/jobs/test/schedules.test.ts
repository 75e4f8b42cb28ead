import { beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import { runDueSchedules } from '../schedules.ts';
import { testClock, testWorker, until } from './support.ts';

describe('schedules', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await testDatabase();
  });

  const nodeAt = (now: () => Date, node: string) => ({
    db: test.db,
    log: test.ctx().log,
    now,
    node,
    signal: new AbortController().signal,
  });

  it('runs once per period over all processes, and makes up for missed ones with one run', async () => {
    const clock = testClock();
    const start = clock.ms;
    const runs: number[] = [];
    const schedule = {
      name: 'hourly',
      everyMs: 3_600_000,
      run: async () => void runs.push((clock.ms - start) / 60_000),
    };
    const nodes = ['a', 'b', 'c'].map((name) => nodeAt(clock.now, name));
    const tick = async () => {
      const begun = await Promise.all(nodes.map((node) => runDueSchedules(node, [schedule])));
      await Promise.all(begun.flat());
    };
    const minutes = [0, 30, 59, 62, 119, 120, 121, 500, 501, 559, 560];
    for (const minute of minutes) {
      clock.ms = start + minute * 60_000;
      await tick();
      await tick();
    }
    // Late at 62, back in its beat at 120; silent until 500: one run, and a new beat from there.
    expect(runs).toEqual([0, 62, 120, 500, 560]);
  });

  it('does not repeat a failed run, nor join a run that is still going on', async () => {
    const clock = testClock();
    let begun = 0;
    let release: (() => void) | undefined;
    const failing = {
      name: 'failing',
      everyMs: 1000,
      run: async () => Promise.reject(new Error(`no ${++begun}`)),
    };
    const node = nodeAt(clock.now, 'a');
    await Promise.all(await runDueSchedules(node, [failing]));
    expect(await runDueSchedules(node, [failing])).toEqual([]);
    const { rows } = await test.owner.query(`select last_error from kernel.schedule where name = 'failing'`);
    expect(rows).toEqual([{ last_error: 'no 1' }]);
    const long = {
      name: 'long',
      everyMs: 1000,
      run: () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    };
    const running = await runDueSchedules(node, [long]);
    clock.ms += 1500;
    expect(await runDueSchedules(nodeAt(clock.now, 'b'), [long])).toEqual([]);
    release!();
    await Promise.all(running);
    const again = await runDueSchedules(nodeAt(clock.now, 'b'), [long]);
    expect(again).toHaveLength(1);
    // A dead process leaves its lease behind; it ends by itself.
    clock.ms += 30_001;
    expect(await runDueSchedules(node, [long])).toHaveLength(1);
    release!();
  });

  it('is run by a started worker, as the system and for no tenant', async () => {
    const contexts: unknown[] = [];
    const schedules = [
      { name: 'tick', everyMs: 60_000, run: async (ctx: object) => void contexts.push(ctx) },
    ];
    const workers = [testWorker(test, [], { schedules }), testWorker(test, [], { schedules })];
    for (const worker of workers) await worker.start();
    await until(() => contexts.length > 0);
    for (const worker of workers) await worker.stop();
    expect(contexts).toMatchObject([{ tenant: null, actor: { kind: 'system', id: 'tick' } }]);
  });
});
