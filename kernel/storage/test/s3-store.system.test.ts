import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3Fake, startS3Fake } from '../../testing/s3-fake.ts';
import { createS3Store, memoryKeyRing, type S3StoreOptions } from '../index.ts';
import { chunked, newKey, readAll } from './harness.ts';
import { describeObjectStore } from './object-store-suite.ts';

const credentials = {
  region: 'no-north-1',
  bucket: 'brev',
  accessKeyId: 'AKTEST',
  secretAccessKey: 'hemmelig/nøkkel+',
};

async function open(change: Partial<S3StoreOptions> = {}) {
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'grunnmur-s3-copies-'));
  const fake = await startS3Fake({ ...credentials, pageSize: 7 });
  const store = createS3Store({
    ...credentials,
    endpoint: fake.url,
    keyRing: memoryKeyRing(),
    temporaryFolder,
    ...change,
  });
  const close = async () => {
    await store.close();
    await fake.close();
    await rm(temporaryFolder, { recursive: true });
  };
  return { fake, store, temporaryFolder, close };
}

describeObjectStore('S3', async () => {
  const { fake, store, temporaryFolder, close } = await open();
  return {
    store,
    readRaw: fake.read,
    writeRaw: fake.write,
    everything: async () => [...fake.everything(), ...readdirSync(temporaryFolder)],
    // The fake's own buffers are in the same process.
    memoryLimit: 250 * 1024 * 1024,
    close,
  };
});

describe('S3 store', () => {
  let fake: S3Fake;
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    opened = await open();
    fake = opened.fake;
  });
  afterAll(() => opened.close());

  it('sends a letter in one request, and a large object in parts', async () => {
    fake.requests.length = 0;
    const key = newKey();
    await opened.store.put(key, chunked(randomBytes(100_000), 65_536));
    expect(fake.requests).toEqual([expect.stringMatching(new RegExp(`^PUT /brev/${key}`))]);

    fake.requests.length = 0;
    const bytes = randomBytes(20_000_000);
    await opened.store.put(key, chunked(bytes, 65_536));
    expect(fake.requests.filter((line) => line.includes('partNumber='))).toHaveLength(3);
    expect((await readAll(opened.store, key)).equals(bytes)).toBe(true);
  });

  it('is refused with another key, secret, region or bucket: the fake does check', async () => {
    const wrong = [
      { accessKeyId: 'OTHER' },
      { secretAccessKey: 'other' },
      { region: 'elsewhere' },
      { bucket: 'other' },
    ];
    for (const change of wrong) {
      const store = createS3Store({
        ...credentials,
        endpoint: fake.url,
        keyRing: memoryKeyRing(),
        temporaryFolder: opened.temporaryFolder,
        ...change,
      });
      await expect(
        store.put(newKey(), chunked(Buffer.from('x'), 1)),
        JSON.stringify(change),
      ).rejects.toMatchObject({
        code: 'kernel.unavailable',
      });
      await store.close();
    }
    const unsigned = await fetch(`${fake.url}/brev?list-type=2`);
    expect(unsigned.status).toBe(403);
  });

  it.each([
    ['the first part', 'PUT'],
    ['the completion', 'POST'],
  ])('leaves nothing when %s is refused, and says unavailable', async (_what, method) => {
    const before = fake.everything();
    fake.failWith = (asked, url) => (asked === method && url.searchParams.has('uploadId') ? 400 : undefined);
    const put = opened.store.put(newKey(), chunked(randomBytes(30_000_000), 65_536));
    await expect(put).rejects.toMatchObject({ code: 'kernel.unavailable', retry: true });
    fake.failWith = () => undefined;
    expect(fake.everything()).toEqual(before);
  });

  it('tries again after a passing failure', async () => {
    let failures = 2;
    fake.failWith = () => (failures-- > 0 ? 503 : undefined);
    const key = newKey();
    await opened.store.put(key, chunked(Buffer.from('tålmodig'), 3));
    fake.failWith = () => undefined;
    expect((await readAll(opened.store, key)).toString()).toBe('tålmodig');
  });

  it('says unavailable when nobody answers', async () => {
    const { store, close, fake: gone } = await open();
    await gone.close();
    gone.close = async () => {};
    await expect(store.get(newKey())).rejects.toMatchObject({ code: 'kernel.unavailable' });
    await close();
  });

  it('sweeps uploads that a crash cut, and old local copies', async () => {
    const { client, sdk } = await import('../s3-client.ts').then(({ lazyS3 }) =>
      lazyS3({ ...credentials, endpoint: fake.url }).connect(),
    );
    await client.send(new sdk.CreateMultipartUploadCommand({ Bucket: 'brev', Key: newKey() }));
    client.destroy();
    const old = join(opened.temporaryFolder, 'left.tmp');
    await writeFile(old, 'x');
    await utimes(old, new Date(0), new Date(0));
    expect(await opened.store.removeStale(new Date(Date.now() - 3_600_000))).toBe(1);
    expect(fake.everything().filter((name) => name.startsWith('upload:'))).toHaveLength(1);
    expect(await opened.store.removeStale(new Date(Date.now() + 60_000))).toBe(1);
    expect(fake.everything().filter((name) => name.startsWith('upload:'))).toHaveLength(0);
    expect(readdirSync(opened.temporaryFolder)).toEqual([]);
  });
});
