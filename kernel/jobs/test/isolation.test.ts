import { beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx/index.ts';
import { withTransaction } from '../../db/index.ts';
import { newId } from '../../ids/index.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import { createWorker } from '../index.ts';
import { put } from './support.ts';

describe('attempt history', () => {
  let test: TestDatabase;
  let ctx: Ctx;

  beforeAll(async () => {
    test = await testDatabase();
    ctx = test.ctx();
    await put(ctx, { queue: 'seen', subject: newId() });
    const definitions = [{ queue: 'seen', handle: async () => undefined }];
    const worker = createWorker({ db: test.db, log: ctx.log, definitions });
    await worker.drain();
    await worker.stop();
  });

  const query = (as: Ctx, text: string, values: unknown[] = []) =>
    withTransaction(as, (trx) => trx.pg.query(text, values));

  it('is seen by its own tenant only', async () => {
    const count = async (as: Ctx) => (await query(as, 'select from kernel.job_attempt')).rowCount;
    expect(await count(ctx)).toBe(1);
    expect(await count(test.ctx())).toBe(0);
    expect(await count(test.ctx({ tenant: null }))).toBe(0);
    expect(await count(test.ctx({ tenant: null, actor: { kind: 'person', id: '12345678901' } }))).toBe(0);
  });

  it('cannot be changed, nor written for another tenant', async () => {
    await expect(query(ctx, `update kernel.job_attempt set outcome = 'done'`)).rejects.toThrow(
      /permission denied/,
    );
    await expect(query(ctx, 'delete from kernel.job_attempt')).rejects.toThrow(/permission denied/);
    await expect(query(ctx, 'truncate kernel.job_attempt')).rejects.toThrow(/permission denied/);
    const forged = `insert into kernel.job_attempt (job_id, attempt, queue, tenant_id, started_at, finished_at, outcome)
      values ($1, 1, 'seen', $2, now(), now(), 'done')`;
    await expect(query(ctx, forged, [newId(), newId()])).rejects.toThrow(/row-level security/);
  });
});
