import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { chunkSource } from '../chunk-source.ts';
import { splitParts } from '../split-parts.ts';

const B = 'grense42';
const LIMITS = { maxHeaderBytes: 200, malformed: (detail: string) => new Error(detail) };

/** The parts of `message`, arriving in chunks of `size` bytes. */
async function split(message: string, size: number) {
  const stream = new PassThrough();
  const source = chunkSource(stream, { aborted: () => new Error('aborted'), onData: () => {} });
  const bytes = Buffer.from(message, 'latin1');
  for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
  stream.end();
  const next = splitParts(source, B, LIMITS);
  const parts: { headers: Record<string, string>; body: string }[] = [];
  for (let part = await next(); part; part = await next()) {
    const pieces: Uint8Array[] = [];
    for await (const piece of part.body) pieces.push(piece);
    parts.push({
      headers: Object.fromEntries(part.headers),
      body: Buffer.concat(pieces).toString('latin1'),
    });
  }
  return parts;
}

const SIZES = [1, 2, 3, 7, 16, 17, 64, 10_000];

describe('splitParts', () => {
  it.each(SIZES)('finds every part whatever the chunks are: %i bytes', async (size) => {
    const tricky = `\r\n--grense4\r\r\n--grense4\r\n-\r\n\r\n--\r`;
    const message = [
      'preamble, to be thrown away\r\n',
      `--${B}\r\nContent-Disposition: form-data; name=a\r\nX-Long: one\r\n two\r\n\r\n${tricky}`,
      `\r\n--${B}  \r\n\r\nno headers`,
      `\r\n--${B}\r\nA: 1\r\nA: 2\r\nno colon\r\n\r\n`,
      `\r\n--${B}--\r\nepilogue\r\n--${B}\r\n\r\nnot a part`,
    ].join('');
    expect(await split(message, size)).toEqual([
      {
        headers: { 'content-disposition': 'form-data; name=a', 'x-long': 'one two' },
        body: tricky,
      },
      { headers: {}, body: 'no headers' },
      { headers: { a: '1' }, body: '' },
    ]);
  });

  it.each(SIZES)('takes a message that begins with its delimiter: %i bytes', async (size) => {
    expect(await split(`--${B}\r\n\r\nx\r\n--${B}--`, size)).toEqual([{ headers: {}, body: 'x' }]);
  });

  it.each([
    ['nothing', '', 'uventet slutt'],
    ['a cut delimiter', `--${B}\r\n\r\nx\r\n--gren`, 'uventet slutt'],
    ['no closing delimiter', `--${B}\r\n\r\nx\r\n--${B}\r\n`, 'uventet slutt'],
    ['a line that only begins as a delimiter', `--${B}\r\n\r\nx\r\n--${B}0\r\n\r\ny`, 'ugyldig skille'],
    ['headers without end', `--${B}\r\nA: ${'x'.repeat(300)}`, 'for langt hode'],
    ['headers beyond the limit', `--${B}\r\nA: ${'x'.repeat(300)}\r\n\r\n`, 'for langt hode'],
  ])('refuses %s', async (_name, message, detail) => {
    for (const size of SIZES) await expect(split(message, size)).rejects.toThrow(detail);
  });

  it('skips what of a part is not read, and ends its body', async () => {
    const stream = new PassThrough();
    const source = chunkSource(stream, { aborted: () => new Error('aborted'), onData: () => {} });
    stream.end(`--${B}\r\n\r\nfirst\r\n--${B}\r\nName: second\r\n\r\nx\r\n--${B}--`);
    const next = splitParts(source, B, LIMITS);
    const first = await next();
    expect(Object.fromEntries((await next())!.headers)).toEqual({ name: 'second' });
    for await (const _ of first!.body) expect.unreachable();
  });

  it('holds back a sender whose bytes nobody takes, and tells of one that hangs up', async () => {
    const stream = new PassThrough({ highWaterMark: 1 << 20 });
    const source = chunkSource(stream, { aborted: () => new Error('aborted'), onData: () => {} });
    stream.write(Buffer.alloc(300_000));
    await new Promise(setImmediate);
    expect(stream.isPaused()).toBe(true);
    await source.take();
    expect(stream.isPaused()).toBe(false);
    const waiting = source.take();
    stream.destroy();
    await expect(waiting).rejects.toThrow('aborted');
    expect(() => source.take()).toThrow('aborted');
  });
});
