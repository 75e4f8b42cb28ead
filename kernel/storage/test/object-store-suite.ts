import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../ids/index.ts';
import { type ObjectStore, openSealedFileSync, sweepOrphans } from '../index.ts';
import {
  chunked,
  failing,
  type Harness,
  keysOf,
  newKey,
  readAll,
  reuseBuffer,
  SEALED,
  SEGMENT,
  silentAfter,
  TENANT,
} from './harness.ts';
import { describeTampering } from './tampering-suite.ts';

/** What every backend must do. */
export function describeObjectStore(name: string, open: () => Promise<Harness>): void {
  describe(`object store: ${name}`, () => {
    let harness: Harness;
    let store: ObjectStore;
    beforeAll(async () => {
      harness = await open();
      store = harness.store;
    });
    afterAll(() => harness.close());

    const put = async (bytes: Buffer, chunk = 50_000, key = newKey()) => {
      await store.put(key, chunked(bytes, chunk));
      return key;
    };
    const nothingNew = async (action: () => Promise<unknown>) => {
      const before = await harness.everything();
      await action();
      expect(await harness.everything()).toEqual(before);
    };

    describe('put and get', () => {
      const sizes = [0, 1, 100_000, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 1_048_576, 3_000_001];
      it.each(sizes)('gives %i bytes back, with size and SHA-256', async (size) => {
        const bytes = randomBytes(size);
        for (const chunk of [SEGMENT, 7919]) {
          const key = newKey();
          const stored = await store.put(key, chunked(bytes, chunk));
          expect(stored).toEqual({ size, sha256: createHash('sha256').update(bytes).digest('hex') });
          expect(await store.stat(key)).toEqual({ size });
          expect((await readAll(store, key)).equals(bytes)).toBe(true);
        }
      });

      it('takes a Node stream, and a source that reuses its buffer and yields empty chunks', async () => {
        const bytes = randomBytes(200_000);
        const fromStream = newKey();
        await store.put(fromStream, Readable.from(chunked(bytes, 1000)));
        expect((await readAll(store, fromStream)).equals(bytes)).toBe(true);

        const reusing = newKey();
        await store.put(reusing, reuseBuffer(bytes));
        expect((await readAll(store, reusing)).equals(bytes)).toBe(true);
      });

      it('stores nothing readable: neither the text nor twice the same bytes', async () => {
        const text = Buffer.from('Vedtak om barnehageplass. '.repeat(200));
        const raw = await harness.readRaw(await put(text));
        expect(raw.includes('barnehageplass')).toBe(false);
        expect(raw.subarray(24).equals((await harness.readRaw(await put(text))).subarray(24))).toBe(false);
      });

      it('replaces an object whole', async () => {
        const key = await put(randomBytes(300_000));
        const second = randomBytes(10);
        await store.put(key, chunked(second, 10));
        expect((await readAll(store, key)).equals(second)).toBe(true);
      });

      it('keeps concurrent puts apart', async () => {
        const bodies = Array.from({ length: 24 }, (_, i) => randomBytes(1000 + i * 9000));
        const keys = await Promise.all(bodies.map((body) => put(body, 3000)));
        for (const [i, key] of keys.entries())
          expect((await readAll(store, key)).equals(bodies[i]!)).toBe(true);
      });

      it('answers a missing object with missing, null or silence', async () => {
        await put(randomBytes(10));
        await expect(store.get(newKey())).rejects.toMatchObject({ code: 'storage.missing' });
        await expect(store.localCopy(newKey())).rejects.toMatchObject({ code: 'storage.missing' });
        expect(await store.stat(newKey())).toBeNull();
        await store.remove([newKey()]);
      });
    });

    describe('ranges', () => {
      const size = 3 * SEGMENT + 1234;
      const large = 30 * SEGMENT + 99;

      it('answer exactly the bytes asked for, both ends counted', async () => {
        for (const total of [size, large]) {
          const bytes = randomBytes(total);
          const key = await put(bytes, SEGMENT);
          const edges = [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, total - SEGMENT, total - 1];
          for (const start of edges) {
            for (const end of edges.filter((edge) => edge >= start)) {
              expect((await readAll(store, key, { start, end })).equals(bytes.subarray(start, end + 1))).toBe(
                true,
              );
            }
            expect((await readAll(store, key, { start })).equals(bytes.subarray(start))).toBe(true);
          }
          expect((await readAll(store, key, { start: 5, end: total * 2 })).equals(bytes.subarray(5))).toBe(
            true,
          );
        }
      });

      it('outside the content are refused', async () => {
        const key = await put(randomBytes(100));
        for (const range of [
          { start: 100 },
          { start: -1 },
          { start: 5, end: 4 },
          { start: Number.NaN },
          { start: 0.5 },
        ]) {
          await expect(store.get(key, range)).rejects.toMatchObject({
            code: 'storage.range_not_satisfiable',
            status: 416,
          });
        }
        expect(await readAll(store, await put(Buffer.alloc(0)), { start: 0 })).toHaveLength(0);
      });

      it('need only the segments they touch', async () => {
        const bytes = randomBytes(large);
        const key = await put(bytes);
        const raw = await harness.readRaw(key);
        raw.fill(0, 40 + SEALED, 40 + 2 * SEALED);
        await harness.writeRaw(key, raw);
        const third = { start: 2 * SEGMENT, end: 3 * SEGMENT };
        expect((await readAll(store, key, third)).equals(bytes.subarray(third.start, third.end + 1))).toBe(
          true,
        );
        await expect(readAll(store, key)).rejects.toMatchObject({ code: 'storage.corrupt' });
      });
    });

    describe('a put that fails leaves nothing', () => {
      const tooMuch = 2_500_000;

      it.each([1000, tooMuch])('when the limit is passed (%i bytes)', async (limit) => {
        await nothingNew(async () => {
          const put = store.put(newKey(), chunked(randomBytes(limit + 1), 65_536), { maxBytes: limit });
          await expect(put).rejects.toMatchObject({ code: 'kernel.too_large', params: { limit } });
        });
        const key = newKey();
        expect(await store.put(key, chunked(randomBytes(limit), 65_536), { maxBytes: limit })).toMatchObject({
          size: limit,
        });
      });

      it.each([10, tooMuch])('when the source fails after %i bytes', async (size) => {
        await nothingNew(async () => {
          await expect(store.put(newKey(), failing(size))).rejects.toThrow('the line went dead');
        });
      });

      it.each([10, tooMuch])(
        'when it is aborted after %i bytes, though the source is silent',
        async (size) => {
          await nothingNew(async () => {
            const controller = new AbortController();
            const put = store.put(
              newKey(),
              silentAfter(size, () => controller.abort(new Error('hung up'))),
              { signal: controller.signal },
            );
            await expect(put).rejects.toThrow('hung up');
          });
        },
      );

      it('when it was aborted before it began, and the source is never opened', async () => {
        await nothingNew(async () => {
          let opened = false;
          const source = (async function* () {
            opened = true;
            yield Buffer.from('x');
          })();
          await expect(store.put(newKey(), source, { signal: AbortSignal.abort() })).rejects.toThrow();
          expect(opened).toBe(false);
        });
      });

      it('and closes the stream it read from', async () => {
        const source = Readable.from(chunked(randomBytes(100_000), 100));
        await expect(store.put(newKey(), source, { maxBytes: 5 })).rejects.toMatchObject({ status: 413 });
        expect(source.destroyed).toBe(true);
      });
    });

    describe('keys', () => {
      const bad = [
        '',
        '/',
        'a/b',
        `${TENANT}`,
        `${TENANT}/`,
        `${TENANT}//a`,
        `${TENANT}/../x`,
        `${TENANT}/A`,
        `${TENANT}/a.tmp`,
      ];
      it.each([...bad, `/${TENANT}/a`, `${TENANT}/a\0`, `${TENANT}/a\n`, `${TENANT}/${'a'.repeat(200)}`])(
        'refuses %j',
        async (key) => {
          await expect(store.put(key, chunked(Buffer.from('x'), 1))).rejects.toMatchObject({
            code: 'storage.invalid_key',
          });
          await expect(store.get(key)).rejects.toMatchObject({ code: 'storage.invalid_key' });
          await expect(store.stat(key)).rejects.toMatchObject({ code: 'storage.invalid_key' });
          await expect(store.remove([key])).rejects.toMatchObject({ code: 'storage.invalid_key' });
          await expect(store.localCopy(key)).rejects.toMatchObject({ code: 'storage.invalid_key' });
        },
      );

      it('refuses to list outside', async () => {
        for (const prefix of ['../', '/etc', 'a//b', 'a.b']) {
          await expect(Promise.resolve().then(() => keysOf(store, prefix))).rejects.toMatchObject({
            code: 'storage.invalid_key',
          });
        }
      });
    });

    describeTampering(() => harness);

    describe('list and remove', () => {
      it('list by prefix in key order, with the time of writing', async () => {
        const tenant = newId();
        const names = ['b', 'a-b/x', 'a/x', 'a/y', 'a/y-1', 'a0'];
        for (const name of names) await put(Buffer.from(name), 100, `${tenant}/${name}`);
        expect(await keysOf(store, `${tenant}/`)).toEqual(names.map((name) => `${tenant}/${name}`).sort());
        expect(await keysOf(store, `${tenant}/a/`)).toEqual([
          `${tenant}/a/x`,
          `${tenant}/a/y`,
          `${tenant}/a/y-1`,
        ]);
        expect(await keysOf(store, `${tenant}/a/y`)).toEqual([`${tenant}/a/y`, `${tenant}/a/y-1`]);
        expect(await keysOf(store, `${newId()}/`)).toEqual([]);
        for await (const { modifiedAt } of store.list(`${tenant}/b`)) {
          expect(Math.abs(modifiedAt.getTime() - Date.now())).toBeLessThan(600_000);
        }
      });

      it('leave alone what is not theirs', async () => {
        for (const foreign of ['readme', 'backup/monday', `${newId()}/Readme.txt`]) {
          await harness.writeRaw(foreign, Buffer.from('x'));
        }
        const listed = await keysOf(store, '');
        expect(listed.filter((key) => !/^[0-9a-f-]{36}\/[0-9a-z/-]+$/.test(key))).toEqual([]);
      });

      it('remove many, twice', async () => {
        const tenant = newId();
        const keys = await Promise.all(
          Array.from({ length: 5 }, () => put(randomBytes(10), 10, newKey(tenant))),
        );
        await store.remove(keys.slice(1));
        await store.remove(keys.slice(1));
        expect(await keysOf(store, tenant)).toEqual([keys[0]]);
        await store.remove([]);
      });
    });

    describe('localCopy', () => {
      it('reads anywhere, synchronously, with a key for this object only', async () => {
        for (const size of [0, 1, SEGMENT, 12 * SEGMENT + 77]) {
          const bytes = randomBytes(size);
          const copy = await store.localCopy(await put(bytes));
          const file = openSealedFileSync(copy.path, copy.dataKey);
          expect(file.size).toBe(size);
          expect(Buffer.from(file.readSync(0, size + 10)).equals(bytes)).toBe(true);
          for (let i = 0; i < 200; i++) {
            const offset = Math.floor(Math.random() * (size + 5));
            const length = Math.floor(Math.random() * 150_000);
            const expected = bytes.subarray(offset, offset + length);
            expect(Buffer.from(file.readSync(offset, length)).equals(expected), `${offset}+${length}`).toBe(
              true,
            );
          }
          file.close();
          await copy.dispose();
          await copy.dispose();
        }
      });

      it('does not open another object, nor a cut one', async () => {
        const one = await store.localCopy(await put(randomBytes(10)));
        const key = await put(randomBytes(3 * SEGMENT));
        const two = await store.localCopy(key);
        expect(() => openSealedFileSync(two.path, one.dataKey)).toThrow(/segment/);
        await Promise.all([one.dispose(), two.dispose()]);

        await harness.writeRaw(key, (await harness.readRaw(key)).subarray(0, 40 + 2 * SEALED));
        const cut = await store.localCopy(key);
        expect(() => openSealedFileSync(cut.path, cut.dataKey)).toThrow(/segment 1/);
        await cut.dispose();
      });

      it('leaves the object where it is', async () => {
        const key = await put(randomBytes(10));
        const copy = await store.localCopy(key);
        expect(existsSync(copy.path)).toBe(true);
        await copy.dispose();
        expect(await readAll(store, key)).toHaveLength(10);
      });
    });

    describe('sweepOrphans', () => {
      it('removes what is old and has no row, in batches, and nothing else', async () => {
        const tenant = newId();
        const keys = await Promise.all(
          Array.from({ length: 7 }, () => put(randomBytes(10), 10, newKey(tenant))),
        );
        const rows = new Set(keys.slice(0, 3));
        const isReferenced = async (asked: string[]) => new Set(asked.filter((key) => rows.has(key)));
        const prefix = `${tenant}/`;

        const young = { olderThanMs: 3_600_000, now: new Date(), isReferenced, prefix };
        expect(await sweepOrphans(store, young)).toEqual({ checked: 0, removed: 0 });
        expect(await keysOf(store, prefix)).toHaveLength(7);

        const old = { ...young, now: new Date(Date.now() + 7_200_000) };
        expect(await sweepOrphans(store, old)).toMatchObject({ checked: 7 });
        expect(await keysOf(store, prefix)).toEqual([...rows].sort());
        for (const key of rows) expect(await readAll(store, key)).toHaveLength(10);
      });

      it('asks for at most 500 at a time and removes nothing when the answer fails', async () => {
        const tenant = newId();
        const keys = Array.from({ length: 520 }, () => newKey(tenant));
        await Promise.all(keys.map((key) => put(Buffer.from('x'), 1, key)));
        const batches: number[] = [];
        const options = { olderThanMs: 0, now: new Date(Date.now() + 60_000), prefix: tenant };
        const fail = sweepOrphans(store, {
          ...options,
          isReferenced: () => Promise.reject(new Error('no database')),
        });
        await expect(fail).rejects.toThrow('no database');
        const swept = sweepOrphans(store, {
          ...options,
          isReferenced: async (asked) => {
            batches.push(asked.length);
            return new Set<string>();
          },
        });
        expect(await swept).toMatchObject({ checked: 520 });
        expect(batches).toEqual([500, 20]);
        expect(await keysOf(store, tenant)).toEqual([]);
      });
    });

    it('holds a bounded part of a huge object in memory, both ways', async () => {
      const megabytes = 300;
      const key = newKey();
      const block = randomBytes(1_000_003);
      let peak = 0;
      const start = process.memoryUsage().rss;
      const sample = () => {
        peak = Math.max(peak, process.memoryUsage().rss - start);
      };
      const hash = createHash('sha256');
      const stored = await store.put(
        key,
        (async function* () {
          for (let i = 0; i < megabytes; i++) {
            hash.update(block);
            yield block;
            sample();
          }
        })(),
      );
      expect(stored).toEqual({ size: megabytes * block.length, sha256: hash.digest('hex') });
      const back = createHash('sha256');
      for await (const part of await store.get(key)) {
        back.update(part as Buffer);
        sample();
      }
      expect(back.digest('hex')).toBe(stored.sha256);
      await store.remove([key]);
      expect(peak).toBeLessThan(harness.memoryLimit);
    }, 120_000);
  });
}
