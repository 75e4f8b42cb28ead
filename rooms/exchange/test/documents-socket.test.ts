import { newId } from '@grunnmur/kernel/ids';
import { createDiskStore, memoryKeyRing, objectKey, sweepSchedule } from '@grunnmur/kernel/storage';
import { testDatabase, testFolder } from '@grunnmur/kernel/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Documents } from '../contract.ts';
import { createDocumentsSocket } from '../service/documents-socket.ts';

const DAY = 86_400_000;

describe('the place for large payloads', () => {
  let test: Awaited<ReturnType<typeof testDatabase>>;

  beforeAll(async () => {
    test = await testDatabase();
  });

  const documents = (known: readonly string[]): Documents => ({
    store: () => Promise.reject(new Error('not here')),
    open: () => Promise.reject(new Error('not here')),
    findKnown: async (_trx, ids) => new Set(ids.filter((id) => known.includes(id))),
  });

  async function stored() {
    const storage = createDiskStore({ root: await testFolder(), keyRing: memoryKeyRing() });
    const [kept, orphan] = [newId(), newId()];
    const tenant = newId();
    for (const id of [kept, orphan])
      await storage.put(
        objectKey(tenant, id),
        (async function* () {
          yield Buffer.from('x');
        })(),
      );
    const left = async () => {
      const found: string[] = [];
      for await (const { key } of storage.list('')) found.push(key);
      return found;
    };
    return { storage, kept: objectKey(tenant, kept), id: kept, left };
  }

  it('lets the sweeper remove nothing while nobody says which documents there are', async () => {
    const { storage, id, kept, left } = await stored();
    const socket = createDocumentsSocket();
    const sweep = sweepSchedule({
      name: 'exchange.sweep_objects',
      storage,
      known: [async () => new Set(), (trx, ids) => socket.documents.findKnown(trx, ids)],
      olderThanMs: 0,
    });
    const later = test.ctx({ tenant: null, now: () => new Date(Date.now() + DAY) });
    await expect(sweep.run(later)).rejects.toThrow('no room keeps documents');
    expect(await left()).toHaveLength(2);
    socket.useDocuments(documents([id]));
    await sweep.run(later);
    expect(await left()).toEqual([kept]);
  });

  it('is one', () => {
    const socket = createDocumentsSocket();
    socket.useDocuments(documents([]));
    expect(() => socket.useDocuments(documents([]))).toThrow('two rooms keep documents');
  });
});
