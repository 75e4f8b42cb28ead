import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { withTransaction } from '../../db/index.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import { claimIdempotencyKeys, purgeIdempotencyKeys } from '../index.ts';

const hash = (text: string) => createHash('sha256').update(text).digest();

describe('idempotency keys', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await testDatabase();
  });

  const claim = (
    ctx: ReturnType<TestDatabase['ctx']>,
    key: string,
    content: string,
    response: unknown,
    scope = 's',
  ) =>
    withTransaction(
      ctx,
      async (trx) =>
        (await claimIdempotencyKeys(trx, [{ scope, key, requestHash: hash(content), response }]))[0],
    );

  it('answer a repeat with the first answer, per scope and tenant', async () => {
    const ctx = test.ctx();
    expect(await claim(ctx, 'k', 'a', { id: 1 })).toBeUndefined();
    expect(await claim(ctx, 'k', 'b', { id: 2 })).toEqual({ requestHash: hash('a'), response: { id: 1 } });
    expect(await claim(ctx, 'k', 'a', { id: 3 }, 'other')).toBeUndefined();
    expect(await claim(test.ctx(), 'k', 'a', { id: 4 })).toBeUndefined();
  });

  it('are given back when the work is rolled back', async () => {
    const ctx = test.ctx();
    const failing = withTransaction(ctx, async (trx) => {
      await claimIdempotencyKeys(trx, [{ scope: 's', key: 'k', requestHash: hash('a'), response: {} }]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await claim(ctx, 'k', 'a', {})).toBeUndefined();
  });

  it('are forgotten after 24 hours', async () => {
    const ctx = test.ctx();
    await claim(ctx, 'k', 'a', { id: 1 });
    const later = { ...ctx, now: () => new Date(Date.now() + 25 * 3_600_000) };
    expect(await claim(later, 'k', 'b', { id: 2 })).toBeUndefined();
    // A key that is not old is not forgotten, however far ahead the caller's clock is.
    const far = { ...later, tenant: null, now: () => new Date(Date.now() + 9000 * 3_600_000) };
    const left = async () => (await test.owner.query('select from kernel.idempotency_key')).rowCount;
    const before = await left();
    await withTransaction(far, purgeIdempotencyKeys);
    expect(await left()).toBe(before);
    await test.owner.query(`update kernel.idempotency_key set created_at = now() - interval '25 hours'`);
    await expect(withTransaction(ctx, purgeIdempotencyKeys)).rejects.toMatchObject({ code: '42501' });
    await withTransaction(far, purgeIdempotencyKeys);
    expect(await left()).toBe(0);
  });

  it('let one of many at once through', async () => {
    const ctx = test.ctx();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => claim(ctx, 'race', 'a', { n })));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
    expect(new Set(answers.filter(Boolean).map((answer) => JSON.stringify(answer!.response))).size).toBe(1);
  });
});
