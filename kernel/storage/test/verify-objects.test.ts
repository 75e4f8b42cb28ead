import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../ids/index.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import {
  createDiskStore,
  idOfObject,
  memoryKeyRing,
  type ObjectStore,
  objectKey,
  type RoomObjects,
  type VerifyProgress,
  verifyObjects,
} from '../index.ts';
import { TENANT } from './harness.ts';

const LONG_AGO = new Date('2020-01-01T00:00:00Z');

describe('reading all objects back', () => {
  let test: TestDatabase;
  let root: string;
  let store: ObjectStore;
  let room: RoomObjects;
  const path = (id: string) => join(root, objectKey(TENANT, id));

  beforeAll(async () => {
    test = await testDatabase();
    root = await mkdtemp(join(tmpdir(), 'grunnmur-verify-'));
    store = createDiskStore({ root, keyRing: memoryKeyRing() });
    await test.owner.query('create schema proving');
    await test.owner.query(
      'create table proving.thing (id uuid primary key, tenant_id uuid, size bigint, sha256 bytea, gone boolean)',
    );
    room = {
      room: 'proving',
      store,
      tables: [{ name: 'proving.thing', id: 'id', size: 'size', sha256: 'sha256', where: 'not gone' }],
    };
  });
  afterAll(() => rm(root, { recursive: true }));

  /** An object of `size` bytes, and the row that names it. */
  async function keep(size: number): Promise<string> {
    const id = newId();
    const bytes = randomBytes(size);
    await store.put(objectKey(TENANT, id), bytes);
    await test.owner.query('insert into proving.thing values ($1, $2, $3, $4, false)', [
      id,
      TENANT,
      size,
      createHash('sha256').update(bytes).digest(),
    ]);
    return id;
  }

  const run = (change: Partial<Parameters<typeof verifyObjects>[0]> = {}) =>
    verifyObjects({ db: test.owner, rooms: [room], orphansBefore: new Date(0), ...change });
  const faults = async () => (await run()).faults.map(({ id, fault }) => [id, fault]);

  it('finds nothing where nothing is wrong, and reads every byte', async () => {
    for (const size of [0, 1, 65_536, 300_000]) await keep(size);
    expect(await run()).toEqual({
      objects: 4,
      bytes: 365_537,
      faulty: 0,
      faults: [],
      orphans: 0,
      orphanKeys: [],
    });
  });

  it('names each object that is lost, changed, cut, or another than its row says', async () => {
    const [lost, changed, cut, other] = [
      await keep(10),
      await keep(100_000),
      await keep(100_000),
      await keep(10),
    ];
    await store.remove([objectKey(TENANT, lost)]);
    const sealed = await readFile(path(changed));
    sealed[90_000]! ^= 1;
    await writeFile(path(changed), sealed);
    await truncate(path(cut), 70_000);
    await store.put(objectKey(TENANT, other), randomBytes(10));
    expect(await faults()).toEqual([
      [lost, 'missing'],
      [changed, 'corrupt'],
      [cut, 'corrupt'],
      [other, 'differs'],
    ]);
    await test.owner.query('delete from proving.thing where id = any($1)', [[lost, changed, cut, other]]);
    await store.remove([changed, cut, other].map((id) => objectKey(TENANT, id)));
  });

  it('does not take for lost what is removed while it reads', async () => {
    const leaving = await keep(10);
    const removing: ObjectStore = {
      ...store,
      get: async (key, range) => {
        if (key.endsWith(leaving)) {
          await test.owner.query('update proving.thing set gone = true where id = $1', [leaving]);
          await store.remove([key]);
        }
        return store.get(key, range);
      },
    };
    expect(await run({ rooms: [{ ...room, store: removing }] })).toMatchObject({ faulty: 0 });
  });

  it('counts objects without a row when they are old', async () => {
    const orphan = objectKey(TENANT, newId());
    await store.put(orphan, randomBytes(10));
    expect(await run({ orphansBefore: LONG_AGO })).toMatchObject({ orphans: 0 });
    await utimes(join(root, orphan), LONG_AGO, LONG_AGO);
    const at = new Date(LONG_AGO.getTime() + 1);
    const orphanKeys = [{ room: 'proving', key: orphan }];
    expect(await run({ orphansBefore: at })).toMatchObject({ orphans: 1, orphanKeys, faulty: 0 });
    const leaving = { ...room.tables[0]!, mayHave: 'true' };
    const [id] = [idOfObject(orphan)];
    await test.owner.query(`insert into proving.thing values ($1, $2, 1, '', true)`, [id, TENANT]);
    const rooms = [{ ...room, tables: [leaving] }];
    expect(await run({ orphansBefore: at, rooms })).toMatchObject({ orphans: 0, faulty: 0 });
    await store.remove([orphan]);
  });

  it('goes on where it was stopped, with what it had found', async () => {
    await test.owner.query('truncate proving.thing');
    const ids: string[] = [];
    for (let n = 0; n < 250; n++) ids.push(await keep(1));
    await store.remove([objectKey(TENANT, ids[3]!)]);
    const stop = new AbortController();
    let reached: VerifyProgress | undefined;
    const onProgress = async (progress: VerifyProgress) => {
      reached = JSON.parse(JSON.stringify(progress)) as VerifyProgress;
      stop.abort(new Error('stopped'));
    };
    await expect(run({ onProgress, signal: stop.signal })).rejects.toThrow('stopped');
    expect(reached).toMatchObject({ objects: 200, faulty: 1, after: ids[199] });
    const read: string[] = [];
    const watched: ObjectStore = {
      ...store,
      get: (key, range) => {
        read.push(key);
        return store.get(key, range);
      },
    };
    const result = await run({ from: reached, rooms: [{ ...room, store: watched }] });
    expect(result).toMatchObject({ objects: 250, bytes: 249, faulty: 1, faults: [{ id: ids[3] }] });
    expect(read).toHaveLength(50);
  });

  it('goes on past an object that the disk cannot read', async () => {
    const bad = await keep(10);
    await rm(path(bad));
    // The system refuses to follow it (ELOOP), whoever asks.
    await symlink(path(bad), path(bad));
    expect((await run()).faults.at(-1)).toMatchObject({ id: bad, fault: 'unreadable' });
  });

  it('calls a folder in the place of an object damage', async () => {
    const bad = await keep(10);
    await rm(path(bad));
    await mkdir(path(bad));
    expect((await run()).faults.at(-1)).toMatchObject({ id: bad, fault: 'corrupt' });
  });

  it('is not fooled by a store that is away as a whole', async () => {
    const away = createDiskStore({ root: join(root, 'not-mounted'), keyRing: memoryKeyRing() });
    await expect(run({ rooms: [{ ...room, store: away }] })).rejects.toMatchObject({ status: 503 });
  });
});
