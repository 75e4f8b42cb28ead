import { X509Certificate } from 'node:crypto';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSelfSigned, decryptCms, decryptCmsLate, encryptCms, type SelfSigned } from '../index.ts';

describe('a message whose padding was changed', () => {
  let pair: SelfSigned;
  let message: Buffer;
  /** Octets of the content; three blocks and a bit. */
  const content = Buffer.from('x'.repeat(50));

  beforeAll(async () => {
    pair = await createSelfSigned({ commonName: 'Test', notAfter: new Date(Date.now() + 86_400_000) });
    const chunks: Buffer[] = [];
    const source = Readable.from([content]);
    for await (const chunk of encryptCms(source, [pair.certificatePem], { transport: 'pkcs1' }))
      chunks.push(Buffer.from(chunk));
    message = Buffer.concat(chunks);
    expect(new X509Certificate(pair.certificatePem).subject).toContain('Test');
  });

  /** The message with the padding XORed in the block before the last: what CBC lets anybody do to a captured one. */
  function changed(mask: number): { bytes: Buffer; at: number } {
    const bytes = Buffer.from(message);
    const octets = lastOctets(bytes);
    bytes[octets - 17]! ^= mask;
    return { bytes, at: octets };
  }

  /** Where the last encrypted octet ends: the message ends with indefinite-length ends, if any. */
  function lastOctets(bytes: Buffer): number {
    let end = bytes.length;
    while (end > 1 && bytes[end - 1] === 0 && bytes[end - 2] === 0) end -= 2;
    return end;
  }

  async function run(bytes: Buffer) {
    const { content: plain, check } = decryptCmsLate(Readable.from([bytes]), [pair]);
    let size = 0;
    let chunks = 0;
    for await (const chunk of plain) {
      size += chunk.length;
      chunks++;
    }
    const verdict = (() => {
      try {
        check();
        return 'opened';
      } catch (error) {
        return (error as { code: string }).code;
      }
    })();
    return { size, chunks, verdict };
  }

  it('gives as much, in as many pieces, as one that is right, and is refused only at the end', async () => {
    const right = await run(message);
    expect(right).toMatchObject({ size: 50, verdict: 'opened' });
    // 0x0e is the padding of 50 octets in blocks of 16; every value of the last octet is tried.
    const verdicts = new Map<string, number>();
    for (let mask = 1; mask < 256; mask++) {
      const seen = await run(changed(mask).bytes);
      verdicts.set(seen.verdict, (verdicts.get(seen.verdict) ?? 0) + 1);
      expect(seen.chunks, `mask ${mask}`).toBe(right.chunks);
      expect(seen.size).toBeGreaterThanOrEqual(48);
      expect(seen.size).toBeLessThanOrEqual(63);
    }
    // Only a padding of one octet is right by chance.
    expect(verdicts).toEqual(
      new Map([
        ['bad_key', 254],
        ['opened', 1],
      ]),
    );
  });

  it('is refused at the end of the stream by who does nothing more with it', async () => {
    const strict = async () => {
      for await (const _ of decryptCms(Readable.from([changed(0x55).bytes]), [pair]));
    };
    await expect(strict()).rejects.toMatchObject({ code: 'bad_key' });
  });
});
