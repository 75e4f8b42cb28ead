import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx/index.ts';
import { newId } from '../../ids/index.ts';
import type { Logger } from '../../log/index.ts';
import { testDatabase, testFolder } from '../../testing/index.ts';
import { DAY_MS } from '../../time/index.ts';
import { createDiskStore, memoryKeyRing, objectKey, sweepSchedule } from '../index.ts';

const { db } = await testDatabase();
const root = await testFolder();
const log = { info: () => {} } as unknown as Logger;
const SYSTEM = {
  tenant: null,
  actor: { kind: 'system' as const, id: 'room.sweep_objects' },
};

describe('the daily sweep of a room', () => {
  const tenant = newId();

  it('keeps what any of the tables names, and takes the rest, also what has no id', async () => {
    const store = createDiskStore({ root, keyRing: memoryKeyRing() });
    const [letter, payload, orphan] = [newId(), newId(), newId()];
    const strange = `${tenant}/annet/noe`;
    for (const key of [...[letter, payload, orphan].map((id) => objectKey(tenant, id)), strange])
      await store.put(key, Readable.from([Buffer.from('x')]));
    const asked: string[] = [];
    const sweep = sweepSchedule({
      name: 'room.sweep_objects',
      storage: store,
      olderThanMs: 0,
      known: [
        async (_trx, ids) => {
          asked.push(...ids);
          return new Set([letter]);
        },
        async () => new Set([payload]),
      ],
    });
    expect(sweep).toMatchObject({ name: 'room.sweep_objects', everyMs: DAY_MS });
    const later = () => new Date(Date.now() + 1000);
    await sweep.run({ ...SYSTEM, db, now: later, requestId: '', log } as Ctx);
    const left = [];
    for (const id of [letter, payload, orphan]) left.push((await store.stat(objectKey(tenant, id))) !== null);
    expect(left).toEqual([true, true, false]);
    expect(await store.stat(strange)).toBeNull();
    expect(asked.sort()).toEqual([letter, payload, orphan].sort());
  });
});
