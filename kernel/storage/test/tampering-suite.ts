import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../index.ts';
import { chunked, type Harness, newKey, OTHER_TENANT, readAll, SEALED, SEGMENT, TENANT } from './harness.ts';

/** What must happen when somebody changes what lies in the backend. */
export function describeTampering(current: () => Harness): void {
  describe('tampering is detected', () => {
    let harness: Harness;
    let store: ObjectStore;
    beforeAll(() => {
      harness = current();
      store = harness.store;
    });
    const put = async (bytes: Buffer, key = newKey()) => {
      await store.put(key, chunked(bytes, 50_000));
      return key;
    };

    const size = 2 * SEGMENT + 500;

    it('in every part of the sealed form', async () => {
      const key = await put(randomBytes(size));
      const raw = await harness.readRaw(key);
      const places = [
        0,
        3,
        4,
        5,
        8,
        20,
        24,
        31,
        39,
        40,
        41,
        40 + SEGMENT,
        40 + SEALED - 1,
        40 + SEALED,
        raw.length - 17,
        raw.length - 1,
      ];
      for (const place of places) {
        const changed = Buffer.from(raw);
        changed[place]! ^= 0x10;
        await harness.writeRaw(key, changed);
        await expect(readAll(store, key), `byte ${place}`).rejects.toMatchObject({ status: 500 });
      }
      await harness.writeRaw(key, raw);
      expect(await readAll(store, key)).toHaveLength(size);
    });

    it('when the end is cut off, also at a segment border', async () => {
      const key = await put(randomBytes(size));
      const raw = await harness.readRaw(key);
      const lengths = [
        0,
        1,
        39,
        40,
        55,
        56,
        40 + 100,
        40 + SEALED - 1,
        40 + SEALED,
        40 + SEALED + 16,
        40 + 2 * SEALED,
        raw.length - 1,
      ];
      for (const length of lengths) {
        await harness.writeRaw(key, raw.subarray(0, length));
        await expect(readAll(store, key), `${length} bytes`).rejects.toMatchObject({
          code: 'storage.corrupt',
        });
      }
    });

    it('when something is added, moved, repeated or left out', async () => {
      const key = await put(randomBytes(size));
      const raw = await harness.readRaw(key);
      const header = raw.subarray(0, 40);
      const [first, second, last] = [
        raw.subarray(40, 40 + SEALED),
        raw.subarray(40 + SEALED, 40 + 2 * SEALED),
        raw.subarray(40 + 2 * SEALED),
      ];
      const forgeries = [
        [header, second, first, last],
        [header, first, last],
        [header, first, first, second, last],
        [header, first, second, last, Buffer.alloc(40)],
        [header, first, second, second, last],
      ];
      for (const [i, parts] of forgeries.entries()) {
        await harness.writeRaw(key, Buffer.concat(parts));
        await expect(readAll(store, key), `forgery ${i}`).rejects.toMatchObject({
          code: 'storage.corrupt',
        });
      }
    });

    it('when an object is copied over another, of the same or another tenant', async () => {
      const raw = await harness.readRaw(await put(randomBytes(100)));
      for (const tenant of [TENANT, OTHER_TENANT]) {
        const victim = await put(randomBytes(100), newKey(tenant));
        await harness.writeRaw(victim, raw);
        await expect(readAll(store, victim)).rejects.toMatchObject({ code: 'storage.corrupt' });
      }
    });
  });
}
