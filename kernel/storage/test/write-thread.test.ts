import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiskStore, memoryKeyRing } from '../index.ts';
import { createWriteThread, THREAD_BYTES } from '../write-thread.ts';
import { newKey, readAll, TENANT } from './harness.ts';

describe('thread that writes small objects', () => {
  const keyRing = memoryKeyRing();
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'grunnmur-storage-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  it.each([0, 1, 65_536, 65_537, THREAD_BYTES, THREAD_BYTES + 1])(
    'stores %i bytes unchanged',
    async (size) => {
      const store = createDiskStore({ root, keyRing });
      const bytes = randomBytes(size);
      const key = newKey();
      expect((await store.put(key, bytes)).size).toBe(size);
      expect((await readAll(store, key)).equals(bytes)).toBe(true);
    },
  );

  it('takes shared memory as it is, and many at once', async () => {
    const store = createDiskStore({ root, keyRing });
    const objects = Array.from({ length: 50 }, (_, n) => {
      const bytes = Buffer.from(new SharedArrayBuffer(20_000)).subarray(100, 100 + n * 300);
      return { key: newKey(), bytes: randomBytes(bytes.length), shared: bytes };
    });
    for (const { shared, bytes } of objects) shared.set(bytes);
    await Promise.all(objects.map(({ key, shared }) => store.put(key, shared)));
    for (const { key, bytes } of objects) expect((await readAll(store, key)).equals(bytes)).toBe(true);
  });

  it('leaves nothing of what is too large or was ended', async () => {
    const own = join(root, 'refused');
    const store = createDiskStore({ root: own, keyRing });
    await expect(store.put(newKey(), randomBytes(100), { maxBytes: 99 })).rejects.toMatchObject({
      status: 413,
    });
    const abort = new AbortController();
    const put = store.put(newKey(), randomBytes(100), { signal: abort.signal });
    abort.abort(new Error('hung up'));
    await expect(put).rejects.toThrow('hung up');
    await expect(store.put(newKey(), randomBytes(100), { signal: abort.signal })).rejects.toThrow('hung up');
    const left = await readdir(own, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });

  it('says what the file system said, and goes on', async () => {
    const blocked = join(root, 'blocked');
    await writeFile(blocked, 'a file where the folder should be');
    const thread = createWriteThread(blocked);
    const dataKey = await keyRing.forTenant(TENANT);
    await expect(thread.put(newKey(), dataKey, randomBytes(10))).rejects.toThrow(/EEXIST|ENOTDIR/);
    await rm(blocked);
    expect((await thread.put(newKey(), dataKey, randomBytes(10))).size).toBe(10);
  });

  it('starts again after it has died, and says which objects nobody knows of', async () => {
    const dying = new URL(`data:text/javascript,import { parentPort } from 'node:worker_threads';
      parentPort.on('message', () => process.exit(1));`);
    const thread = createWriteThread(root, dying);
    const dataKey = await keyRing.forTenant(TENANT);
    for (let round = 0; round < 2; round++) {
      const puts = [1, 2].map(() => thread.put(newKey(), dataKey, randomBytes(10)));
      for (const put of await Promise.allSettled(puts)) expect(put).toMatchObject({ status: 'rejected' });
    }
  });
});
