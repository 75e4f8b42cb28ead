import { beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import type { JobDefinition } from '../index.ts';
import { put, testWorker, until } from './support.ts';

describe('jobs that give way', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await testDatabase();
  });

  /** A queue whose handler notes the sizes of its batches. */
  function queue(name: string, giveWay: JobDefinition['giveWay']) {
    const batches: number[] = [];
    const definition: JobDefinition = {
      queue: name,
      batch: 10,
      gatherMs: 5,
      ...(giveWay ? { giveWay } : {}),
      handle: async (_ctx, jobs) => {
        batches.push(jobs.length);
        return undefined;
      },
    };
    return { batches, definition };
  }

  it('wait while they have to, and are then handled together', async () => {
    let busy = true;
    let asked = 0;
    const when = () => {
      asked++;
      return busy;
    };
    const { batches, definition } = queue('patient', { when, atMostMs: 60_000 });
    await testWorker(test, [definition]).start();
    const ctx = test.ctx();
    for (let n = 0; n < 3; n++) await put(ctx, { queue: 'patient' });
    await until(() => asked >= 3);
    expect(batches).toEqual([]);
    busy = false;
    await until(() => batches.length > 0);
    expect(batches).toEqual([3]);
  });

  it('wait no longer than they may', async () => {
    const { batches, definition } = queue('urgent', { when: () => true, atMostMs: 200 });
    await testWorker(test, [definition]).start();
    await put(test.ctx(), { queue: 'urgent' });
    await until(() => batches.length > 0);
    await put(test.ctx(), { queue: 'urgent' });
    await until(() => batches.length > 1);
    expect(batches).toEqual([1, 1]);
  });
});
