import { read } from 'node:fs';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import * as yauzl from 'yauzl';
import type { Spooled } from './spool.ts';

const CHUNK_BYTES = 262_144;

type Done = (error: Error | null) => void;
type Fill = (target: Buffer, position: number) => Promise<void>;

const readAt = promisify(
  (fd: number, target: Buffer, position: number, done: (error: Error | null, count: number) => void) =>
    read(fd, target, 0, target.length, position, done),
);

// The library's class has only abstract methods, but is made as it is and given them.
const Reader = yauzl.RandomAccessReader as unknown as new () => yauzl.RandomAccessReader;

export interface RandomAccess {
  readonly reader: yauzl.RandomAccessReader;
  /** No more reads; resolves when those on their way have ended, so that a descriptor can be closed. */
  end(): Promise<void>;
}

/**
 * Bytes as the ZIP library reads them. Its own readers throw past all callers at a position that a hostile container has
 * made up, which would end the process, and lose count of who reads when an entry is damaged: here such a position is an
 * error like any other, and the holder of the bytes says when they are done with.
 */
export function randomAccess({ content, bytes }: Spooled): RandomAccess {
  const reads = new Set<Promise<void>>();
  let ended = false;
  const fill: Fill = (target, position) => {
    if (ended) return Promise.reject(new Error('the ZIP is closed'));
    const work = fillFrom(content, target, position).finally(() => reads.delete(work));
    reads.add(work);
    return work;
  };
  const outside = (start: number, end: number) =>
    !Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start || end > bytes;
  const reader = Object.assign(new Reader(), {
    read: (target: Buffer, offset: number, length: number, position: number, done: Done) => {
      if (outside(position, position + length)) return void setImmediate(done, outOfRange());
      // Not inside the promise: what the library throws there must not come back as a second call.
      fill(target.subarray(offset, offset + length), position).then(
        () => setImmediate(done, null),
        (error: Error) => setImmediate(done, error),
      );
    },
    _readStreamForRange: (start: number, end: number) =>
      Readable.from(outside(start, end) ? failing() : range(fill, start, end), {
        objectMode: false,
        highWaterMark: CHUNK_BYTES,
      }),
    close: (done: Done) => void setImmediate(done, null),
  });
  return {
    reader,
    end: async () => {
      ended = true;
      await Promise.allSettled(reads);
    },
  };
}

async function fillFrom(content: Spooled['content'], target: Buffer, position: number): Promise<void> {
  if (Buffer.isBuffer(content)) {
    content.copy(target, 0, position, position + target.length);
    return;
  }
  for (let at = 0; at < target.length; ) {
    const count = await readAt(content.fd, target.subarray(at), position + at);
    if (count === 0) throw outOfRange();
    at += count;
  }
}

async function* range(fill: Fill, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - at));
    await fill(chunk, at);
    at += chunk.length;
    yield chunk;
  }
}

async function* failing(): AsyncGenerator<Buffer> {
  yield* [];
  throw outOfRange();
}

function outOfRange(): Error {
  return new Error('the ZIP refers to bytes that it does not have');
}
