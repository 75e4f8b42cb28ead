import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '@grunnmur/kernel/ids';
import { createDiskStore, memoryKeyRing } from '@grunnmur/kernel/storage';
import { type TestDatabase, testDatabase, testFolder } from '@grunnmur/kernel/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createHealth } from '../health.ts';

describe('health', () => {
  let test: TestDatabase;
  let root: string;
  let store: ReturnType<typeof createDiskStore>;
  beforeAll(async () => {
    test = await testDatabase();
    root = join(await testFolder(), 'objects');
    store = createDiskStore({ root, keyRing: memoryKeyRing() });
  });
  const look = (change = {}) =>
    createHealth({ ctx: test.ctx({ tenant: null }), storage: store, freshMs: 0, ...change })();

  it('is good on an empty installation, and leaves nothing in the store', async () => {
    expect(await look()).toMatchObject({
      database: 'ok',
      storage: 'ok',
      storageFreeBytes: expect.any(Number),
    });
    const keys = [];
    for await (const { key } of store.list('')) keys.push(key);
    expect(keys).toEqual([]);
  });

  it('sees a store that was there and is away, and that it has come back', async () => {
    await store.put(`${newId()}/20260101/${newId()}`, Buffer.from('brev'));
    expect(await look()).toMatchObject({ storage: 'ok' });
    await rename(root, `${root}-away`);
    expect(await look()).toMatchObject({ database: 'ok', storage: 'unavailable' });
    await rename(`${root}-away`, root);
    expect(await look()).toMatchObject({ storage: 'ok' });
  });

  it('calls a part that hangs slow, in bounded time, and looks once for all who ask', async () => {
    let looks = 0;
    const storage = {
      check: () => {
        looks += 1;
        return new Promise<never>(() => {});
      },
    };
    const health = createHealth({ ctx: test.ctx({ tenant: null }), storage, patienceMs: 50 });
    const answers = await Promise.all([health(), health(), health()]);
    expect(answers.map((answer) => answer.storage)).toEqual(['slow', 'slow', 'slow']);
    expect(looks).toBe(1);
  });

  it('tells a full store and a read-only database by name', async () => {
    const full = { check: async () => ({ freeBytes: 1000 }) };
    expect(await look({ storage: full })).toMatchObject({ storage: 'full', storageFreeBytes: 1000 });
    const { rows } = await test.owner.query('select current_database() as name');
    await test.owner.query(`alter database "${rows[0].name}" set default_transaction_read_only = on`);
    await test.owner.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await expect.poll(async () => (await look()).database).toBe('read_only');
    await test.owner
      .query(`alter database "${rows[0].name}" reset default_transaction_read_only`)
      .catch(() => {});
  });
});
