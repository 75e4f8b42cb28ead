import { randomBytes } from 'node:crypto';
import { existsSync, openSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FileOps, fileOps } from '../file-ops.ts';
import { createDiskStore, memoryKeyRing, sweepOrphans } from '../index.ts';
import { chunked, newKey, readAll, TENANT } from './harness.ts';
import { describeObjectStore } from './object-store-suite.ts';

const keyRing = memoryKeyRing();

function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

describeObjectStore('disk', async () => {
  const root = await mkdtemp(join(tmpdir(), 'grunnmur-storage-'));
  return {
    store: createDiskStore({ root, keyRing }),
    readRaw: (key) => readFile(join(root, key)),
    writeRaw: async (key, bytes) => {
      await mkdir(dirname(join(root, key)), { recursive: true });
      await writeFile(join(root, key), bytes);
    },
    everything: async () => filesBelow(root),
    // Half the object; most of it is garbage between two collections.
    memoryLimit: 150 * 1024 * 1024,
    close: () => rm(root, { recursive: true }),
  };
});

describe('disk store', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'grunnmur-storage-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  it('keeps files and folders to itself', async () => {
    const key = newKey();
    await createDiskStore({ root, keyRing }).put(key, chunked(randomBytes(10), 10));
    expect((await stat(join(root, key))).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(join(root, key)))).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['small', 10],
    ['large', 300_000],
  ])('takes no %s object when its file system is gone, and goes on when it is back', async (_, size) => {
    const place = join(root, `mounted-${size}`);
    const store = createDiskStore({ root: place, keyRing });
    const before = newKey();
    await store.put(before, randomBytes(size));
    await rename(place, `${place}-away`);
    const gone = { code: 'kernel.unavailable', status: 503 };
    await expect(store.put(newKey(), randomBytes(size))).rejects.toMatchObject(gone);
    // What lies under the place where it was mounted.
    await mkdir(place);
    await expect(store.put(newKey(), randomBytes(size))).rejects.toMatchObject(gone);
    expect(readdirSync(place)).toEqual([]);
    await rmdir(place);
    await rename(`${place}-away`, place);
    const after = newKey();
    await store.put(after, randomBytes(size));
    for (const key of [before, after]) expect((await readAll(store, key)).length).toBe(size);
  });

  it('calls a folder in the place of an object what it is: damage, not a fault of ours', async () => {
    const store = createDiskStore({ root, keyRing });
    for (const size of [10, 300_000]) {
      const key = newKey();
      await store.put(key, randomBytes(size));
      await rm(join(root, key));
      await mkdir(join(root, key));
      await expect(readAll(store, key)).rejects.toMatchObject({ code: 'storage.corrupt' });
    }
  });

  it('reads with another process’s store over the same folder and keys', async () => {
    const key = newKey();
    const bytes = randomBytes(1000);
    await createDiskStore({ root, keyRing }).put(key, chunked(bytes, 10));
    expect((await readAll(createDiskStore({ root, keyRing }), key)).equals(bytes)).toBe(true);
    await expect(createDiskStore({ root, keyRing: memoryKeyRing() }).get(key)).rejects.toMatchObject({
      code: 'storage.key_missing',
    });
  });

  it('fsyncs the file under its temporary name, renames, then fsyncs the folder, all before it answers', async () => {
    const { ops, log } = recording();
    const folder = join(root, TENANT, '20260401');
    const store = createDiskStore({ root, keyRing, files: ops });
    await store.put(`${TENANT}/20260401/first`, chunked(randomBytes(10), 10));
    expect(log.filter((line) => line.startsWith('fsync ')).map((line) => line.split(' ')[1])).toEqual([
      // New folders are made durable from the top, then the file, then its name.
      dirname(root),
      root,
      join(root, TENANT),
      expect.stringMatching(/first\.[0-9a-f]+\.tmp$/),
      folder,
    ]);
    log.length = 0;
    await store.put(`${TENANT}/20260401/second`, chunked(randomBytes(100_000), 60_000));
    const temporary = expect.stringMatching(/second\.[0-9a-f]+\.tmp$/);
    expect(log.map((line) => line.split(' '))).toEqual([
      ['open', temporary],
      ['writevSync', temporary],
      ['fsync', temporary],
      ['close', temporary],
      ['rename', join(folder, 'second')],
      ['open', folder],
      ['fsync', folder],
      ['fsynced', folder],
      ['close', folder],
    ]);
  });

  it('shares folder fsyncs between concurrent puts, and each waits for one that began after its rename', async () => {
    const { ops, log } = recording();
    const store = createDiskStore({ root, keyRing, files: ops });
    await store.put(newKey(), chunked(randomBytes(10), 10));
    log.length = 0;
    const answered: string[] = [];
    const keys = Array.from({ length: 40 }, () => newKey());
    await Promise.all(
      keys.map(async (key) => {
        await store.put(key, chunked(randomBytes(10), 10));
        log.push(`answered ${key}`);
        answered.push(key);
      }),
    );
    const folder = dirname(join(root, keys[0]!));
    const folderSyncs = log.filter((line) => line === `fsync ${folder}`).length;
    expect(folderSyncs).toBeGreaterThan(0);
    expect(folderSyncs).toBeLessThan(keys.length);
    for (const key of answered) {
      const renamed = log.indexOf(`rename ${join(root, key)}`);
      const begun = log.indexOf(`fsync ${folder}`, renamed);
      const finished = log.indexOf(`fsynced ${folder}`, begun);
      expect(renamed).toBeGreaterThanOrEqual(0);
      expect(begun).toBeGreaterThan(renamed);
      expect(log.indexOf(`answered ${key}`)).toBeGreaterThan(finished);
    }
  });

  describe('when the disk fails', () => {
    const failures: (keyof FileOps)[] = [
      'openSync',
      'writevSync',
      'writev',
      'fsync',
      'closeSync',
      'renameSync',
    ];
    const sizes = [100, 3_000_000];

    it.each(failures)('leaves nothing after any failing %s', async (name) => {
      let failed = 0;
      for (const size of sizes) {
        for (let nth = 1; ; nth++) {
          const folder = await mkdtemp(join(root, 'fault-'));
          const { ops, fired } = failingAt(name, nth);
          const store = createDiskStore({ root: folder, keyRing, files: ops });
          const outcome = await store.put(newKey(), chunked(randomBytes(size), 65_536)).then(
            () => 'stored',
            (error: Error) => error.message,
          );
          if (!fired()) break;
          failed++;
          expect(outcome).toContain('injected');
          expect(filesBelow(folder), `${name} call ${nth}`).toEqual([]);
        }
      }
      expect(failed).toBeGreaterThan(0);
    });

    it.runIf(existsSync('/dev/full')).each(sizes)(
      'says so when it is full (%i bytes) and leaves nothing',
      async (size) => {
        const folder = await mkdtemp(join(root, 'full-'));
        // /dev/full answers every write with ENOSPC, as a full file system does.
        const files: FileOps = {
          ...fileOps,
          openSync: (path, flags, mode) => {
            const fd = fileOps.openSync(path, flags, mode);
            if (!path.endsWith('.tmp')) return fd;
            fileOps.closeSync(fd);
            return openSync('/dev/full', 'w');
          },
        };
        const put = createDiskStore({ root: folder, keyRing, files }).put(
          newKey(),
          chunked(randomBytes(size), 65_536),
        );
        await expect(put).rejects.toMatchObject({
          code: 'storage.full',
          status: 507,
          cause: { code: 'ENOSPC' },
        });
        expect(filesBelow(folder)).toEqual([]);
      },
    );

    it('finishes a write that the system took only in part', async () => {
      const folder = await mkdtemp(join(root, 'part-'));
      const part = (buffers: readonly Uint8Array[]) => [
        buffers[0]!.subarray(0, Math.ceil(buffers[0]!.length / 2)),
      ];
      const files: FileOps = {
        ...fileOps,
        writevSync: (fd, buffers) => fileOps.writevSync(fd, part(buffers)),
        writev: (fd, buffers) => fileOps.writev(fd, part(buffers)),
      };
      const store = createDiskStore({ root: folder, keyRing, files });
      for (const size of sizes) {
        const key = newKey();
        const bytes = randomBytes(size);
        await store.put(key, chunked(bytes, 65_536));
        expect((await readAll(store, key)).equals(bytes)).toBe(true);
      }
    });
  });

  it('removes stale temporary files and empty folders when sweeping, and keeps fresh ones', async () => {
    const folder = await mkdtemp(join(root, 'stale-'));
    const store = createDiskStore({ root: folder, keyRing });
    const [kept, gone] = [newKey(), `${TENANT}/20250101/x`];
    await store.put(kept, chunked(randomBytes(10), 10));
    await store.put(gone, chunked(randomBytes(10), 10));
    const old = new Date(Date.now() - 86_400_000);
    const [stale, fresh] = [join(folder, `${kept}.abc.tmp`), join(folder, `${kept}.def.tmp`)];
    await writeFile(stale, 'half');
    await writeFile(fresh, 'half');
    await utimes(stale, old, old);
    await utimes(join(folder, gone), old, old);
    const swept = () =>
      sweepOrphans(store, {
        olderThanMs: 3_600_000,
        now: new Date(),
        isReferenced: async () => new Set<string>(),
      });
    expect(await swept()).toEqual({ checked: 1, removed: 2 });
    expect(filesBelow(folder)).toEqual([join(folder, kept), fresh].sort());
    // The emptied folder goes when it has been empty for as long.
    const emptied = dirname(join(folder, gone));
    await utimes(emptied, old, old);
    expect(await swept()).toEqual({ checked: 0, removed: 0 });
    await expect(stat(emptied)).rejects.toMatchObject({ code: 'ENOENT' });
    // And is made again when needed, by the same store that remembers it.
    await store.put(gone, chunked(randomBytes(10), 10));
    expect(await readAll(store, gone)).toHaveLength(10);
  });

  it('closes its file when a large stream is dropped unread, half read or read to the end', async () => {
    const store = createDiskStore({ root, keyRing });
    const key = newKey();
    await store.put(key, chunked(randomBytes(3_000_000), 65_536));
    const open = () => readdirSync('/dev/fd').length;
    const before = open();
    for (let i = 0; i < 20; i++) {
      const unread = await store.get(key);
      unread.destroy();
      const half = await store.get(key);
      for await (const _ of half) break;
      await readAll(store, key);
      await Promise.all(
        [unread, half].map(
          (stream) => stream.closed || new Promise((resolve) => stream.once('close', resolve)),
        ),
      );
    }
    await expect.poll(open).toBeLessThanOrEqual(before + 2);
  });
});

/** The real operations, written down. */
function recording(): { ops: FileOps; log: string[] } {
  const log: string[] = [];
  const names = new Map<number, string>();
  const ops: FileOps = {
    openSync: (path, flags, mode) => {
      const fd = fileOps.openSync(path, flags, mode);
      names.set(fd, path);
      log.push(`open ${path}`);
      return fd;
    },
    closeSync: (fd) => {
      log.push(`close ${names.get(fd)}`);
      fileOps.closeSync(fd);
    },
    renameSync: (from, to) => {
      fileOps.renameSync(from, to);
      log.push(`rename ${to}`);
    },
    writevSync: (fd, buffers) => {
      log.push(`writevSync ${names.get(fd)}`);
      return fileOps.writevSync(fd, buffers);
    },
    writev: (fd, buffers) => {
      log.push(`writev ${names.get(fd)}`);
      return fileOps.writev(fd, buffers);
    },
    fsync: async (fd) => {
      const name = names.get(fd);
      log.push(`fsync ${name}`);
      await fileOps.fsync(fd);
      if (!name?.endsWith('.tmp')) log.push(`fsynced ${name}`);
    },
    unlinkSync: fileOps.unlinkSync,
  };
  return { ops, log };
}

/** The real operations, of which call number `nth` of `name` fails. */
function failingAt(name: keyof FileOps, nth: number): { ops: FileOps; fired: () => boolean } {
  let calls = 0;
  let fired = false;
  const real = fileOps[name] as (...args: unknown[]) => unknown;
  const wrapped = (...args: unknown[]) => {
    if (++calls !== nth) return real(...args);
    fired = true;
    // A failing close still gives the descriptor back, as on Linux.
    if (name === 'closeSync') real(...args);
    throw new Error(`injected failure of ${name}`);
  };
  return { ops: { ...fileOps, [name]: wrapped }, fired: () => fired };
}
