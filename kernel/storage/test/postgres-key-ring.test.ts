import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newId } from '../../ids/index.ts';
import { testDatabase, testFolder } from '../../testing/index.ts';
import { createDiskStore, type MasterKeys, postgresKeyRing, rewrapDataKeys } from '../index.ts';
import { chunked, newKey, readAll } from './harness.ts';

const first = { id: 'm1', key: randomBytes(32) };
const second = { id: 'm2', key: randomBytes(32) };
const keys: MasterKeys = { current: first };

const database = await testDatabase();
const root = await testFolder();

describe('postgresKeyRing', () => {
  it('makes one key for a tenant, whoever asks and however many at once', async () => {
    const tenant = newId();
    const rings = Array.from({ length: 4 }, () => postgresKeyRing(database.db.pool, keys));
    const answers = await Promise.all(
      rings.flatMap((ring) => [ring.forTenant(tenant), ring.forTenant(tenant)]),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(new Set(answers.map(({ key }) => Buffer.from(key).toString('hex'))).size).toBe(1);
    expect(answers[0]!.key).toHaveLength(32);
    const { rows } = await database.owner.query('select * from kernel.data_key where tenant_id = $1', [
      tenant,
    ]);
    expect(rows).toHaveLength(1);
    expect(rows[0].wrapped.includes(answers[0]!.key)).toBe(false);
  });

  it('gives each tenant its own key, and finds it by id in another process', async () => {
    const ring = postgresKeyRing(database.db.pool, keys);
    const [one, two] = [await ring.forTenant(newId()), await ring.forTenant(newId())];
    expect(Buffer.from(one.key).equals(two.key)).toBe(false);
    expect(Buffer.from(await postgresKeyRing(database.db.pool, keys).byId(one.id)).equals(one.key)).toBe(
      true,
    );
    await expect(ring.byId(newId())).rejects.toMatchObject({ code: 'storage.key_missing' });
  });

  it('asks the database once', async () => {
    let queries = 0;
    const counting = {
      query: (text: string, values: unknown[]) => {
        queries++;
        return database.db.pool.query(text, values);
      },
    };
    const ring = postgresKeyRing(counting, keys);
    const tenant = newId();
    const { id } = await ring.forTenant(tenant);
    await ring.byId(id);
    const asked = queries;
    for (let i = 0; i < 10; i++) await Promise.all([ring.forTenant(tenant), ring.byId(id)]);
    expect(queries).toBe(asked);
  });

  it('tries again after the database was away', async () => {
    let away = true;
    const ring = postgresKeyRing(
      {
        query: (text, values) =>
          away ? Promise.reject(new Error('away')) : database.db.pool.query(text, values),
      },
      keys,
    );
    const tenant = newId();
    await expect(ring.forTenant(tenant)).rejects.toThrow('away');
    away = false;
    expect((await ring.forTenant(tenant)).key).toHaveLength(32);
  });

  it('survives a change of master key: objects stay readable, and the old one is no longer needed', async () => {
    const pool = database.db.pool;
    const key = newKey(newId());
    const bytes = randomBytes(1000);
    await createDiskStore({ root, keyRing: postgresKeyRing(pool, { current: first }) }).put(
      key,
      chunked(bytes, 100),
    );

    const both: MasterKeys = { current: second, former: [first] };
    expect(
      (await readAll(createDiskStore({ root, keyRing: postgresKeyRing(pool, both) }), key)).equals(bytes),
    ).toBe(true);
    const onlySecond = createDiskStore({ root, keyRing: postgresKeyRing(pool, { current: second }) });
    await expect(onlySecond.get(key)).rejects.toMatchObject({ code: 'storage.key_missing' });

    expect(await rewrapDataKeys(database.owner, both)).toBeGreaterThan(0);
    expect(await rewrapDataKeys(database.owner, both)).toBe(0);
    const after = createDiskStore({ root, keyRing: postgresKeyRing(pool, { current: second }) });
    expect((await readAll(after, key)).equals(bytes)).toBe(true);
    const former = createDiskStore({ root, keyRing: postgresKeyRing(pool, { current: first }) });
    await expect(former.get(key)).rejects.toMatchObject({ code: 'storage.key_missing' });
    // Back again, so that the other tests may run in any order.
    await rewrapDataKeys(database.owner, { current: first, former: [second] });
  });

  it('cannot be changed or removed by the application role', async () => {
    for (const change of ["update kernel.data_key set wrapped = ''", 'delete from kernel.data_key'])
      await expect(database.db.pool.query(change)).rejects.toMatchObject({ code: '42501' });
  });

  it('does not open a wrapped key that was moved to another tenant’s row', async () => {
    const pool = database.db.pool;
    const [mine, theirs] = [newId(), newId()];
    const ring = postgresKeyRing(pool, keys);
    await ring.forTenant(mine);
    await ring.forTenant(theirs);
    await database.owner.query(
      'update kernel.data_key set wrapped = (select wrapped from kernel.data_key where tenant_id = $1) where tenant_id = $2',
      [mine, theirs],
    );
    const fresh = postgresKeyRing(pool, keys);
    await expect(fresh.forTenant(theirs)).rejects.toMatchObject({ code: 'storage.key_missing' });
    await database.owner.query('delete from kernel.data_key where tenant_id = $1', [theirs]);
  });
});
