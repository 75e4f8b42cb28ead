import { createHash } from 'node:crypto';
import { get, type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { encryptCms } from '@grunnmur/kernel/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { dokumenter, type Harness, metadata, someBytes, startDokumentlager } from './harness.ts';

const SIZE = 200_000_000;
/** Generous: the client and the test run in the same process, and the collector takes its time. */
const MOST_ADDED_BYTES = 150_000_000;

describe('large documents in Dokumentlager', { timeout: 120_000 }, () => {
  let test: Harness;
  beforeAll(async () => {
    test = await startDokumentlager({ limits: { downloadIdleMs: 1_000 } });
  });

  it.each([false, true])('streams 200 MB both ways without keeping it (kryptert=%s)', async (kryptert) => {
    const sent = createHash('sha256');
    const plain = content(sent, SIZE);
    const body = kryptert
      ? encryptCms(plain, [test.platform.certificatePem], { transport: 'oaep' })
      : Readable.from(plain, { objectMode: false });
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 20);
    try {
      const { id, ukryptertStorrelse } = await uploadStream(body, kryptert);
      expect(ukryptertStorrelse).toBe(SIZE);
      const received = createHash('sha256');
      const response = await fetch(`${test.url}/dokumentlager/nedlasting/${id}`, {
        headers: await test.headers(test.a),
      });
      expect(response.headers.get('content-length')).toBe(String(SIZE));
      for await (const chunk of response.body!) received.update(chunk);
      expect(received.digest('hex')).toBe(sent.digest('hex'));
    } finally {
      clearInterval(watch);
    }
    expect(peak - before).toBeLessThan(MOST_ADDED_BYTES);
  });

  it('gives up on a reader that takes nothing', async () => {
    const { id } = await uploadStream(Readable.from(content(createHash('sha256'), SIZE / 5)), false);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      void test.headers(test.a).then((headers) => {
        const address = `${test.url}/dokumentlager/nedlasting/${id}`;
        get(address, { headers, agent: false }, resolve).once('error', reject);
      });
    });
    // Nothing is read for longer than the limit; what lies in the sockets by then is far from all.
    await sleep(2_500);
    await expect(response.toArray()).rejects.toThrow('aborted');
  });

  async function uploadStream(
    document: AsyncIterable<Uint8Array>,
    kryptert: boolean,
  ): Promise<{ id: string; ukryptertStorrelse: number }> {
    const { port } = new URL(test.url);
    const upload = request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: `${dokumenter(test.a)}/?kryptert=${kryptert}`,
      headers: {
        ...(await test.headers(test.a)),
        'content-type': 'multipart/form-data; boundary=grense',
      },
    });
    const answer = new Promise<string>((resolve, reject) => {
      upload.once('error', reject);
      upload.once('response', async (response) =>
        resolve(Buffer.concat(await response.toArray()).toString()),
      );
    });
    await pipeline(Readable.from(multipart(document), { objectMode: false }), upload);
    return JSON.parse(await answer);
  }
});

async function* multipart(document: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const part = (name: string) => `--grense\r\nContent-Disposition: form-data; name="${name}"`;
  yield Buffer.from(`${part('metadata')}\r\n\r\n${JSON.stringify(metadata())}\r\n`);
  yield Buffer.from(`${part('dokument')}; filename="stor.bin"\r\n\r\n`);
  yield* document;
  yield Buffer.from('\r\n--grense--\r\n');
}

/** The same million random bytes with a number in each copy, so that no two copies are alike. */
async function* content(hash: ReturnType<typeof createHash>, size: number): AsyncGenerator<Uint8Array> {
  const block = someBytes(1_000_000);
  for (let number = 0; number < size / block.length; number++) {
    const copy = Buffer.from(block);
    copy.writeUInt32BE(number);
    hash.update(copy);
    yield copy;
  }
}
