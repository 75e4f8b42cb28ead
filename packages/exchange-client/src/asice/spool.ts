import { randomUUID } from 'node:crypto';
import { close, createWriteStream, fstat, open, unlink } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { AsiceError } from './asice-error.ts';

const openFile = promisify(open);
const closeFile = promisify(close);
const statFile = promisify(fstat);
const removeFile = promisify(unlink);

/** Containers as small as this never touch the disk. */
const IN_MEMORY_BYTES = 4 * 1024 * 1024;

/** Bytes with random access, until `discard` closes and removes the file that they are in. */
export interface Spooled {
  readonly bytes: number;
  readonly content: Buffer | { readonly fd: number };
  discard(): Promise<void>;
}

export interface SpoolOptions {
  readonly maxBytes: number;
  /** Where larger containers wait, readable for this user only. Default: the system's folder for temporary files. */
  readonly temporaryFolder?: string;
}

/** A stream is read to its end: into memory when small, else into a temporary file that goes away with the process. */
export async function spool(
  source: AsyncIterable<Uint8Array> | string,
  { maxBytes, temporaryFolder = tmpdir() }: SpoolOptions,
): Promise<Spooled> {
  if (typeof source === 'string') return openPath(source, maxBytes);
  const iterator = source[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return { bytes, content: Buffer.concat(held, bytes), discard: async () => {} };
      bytes += value.length;
      held.push(value);
      if (bytes > maxBytes) throw tooLarge();
      if (bytes > IN_MEMORY_BYTES) break;
    }
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
  return spoolToFile(chain(held, iterator), maxBytes, temporaryFolder);
}

async function* chain(held: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* held.splice(0);
    for (;;) {
      const { done, value } = await rest.next();
      if (done) return;
      yield value;
    }
  } finally {
    await rest.return?.();
  }
}

async function spoolToFile(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  folder: string,
): Promise<Spooled> {
  const path = join(folder, `asice-${randomUUID()}.tmp`);
  const fd = await openFile(path, 'wx+', 0o600);
  // Without a name nothing decrypted stays behind, whatever happens. Windows cannot; there it is removed afterwards.
  const gone = await removeFile(path).then(
    () => true,
    () => false,
  );
  const discard = once(async () => {
    await closeFile(fd);
    if (!gone) await removeFile(path).catch(() => {});
  });
  let bytes = 0;
  async function* limited() {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge();
      yield chunk;
    }
  }
  try {
    await pipeline(
      Readable.from(limited(), { objectMode: true, highWaterMark: 4 }),
      createWriteStream(path, { fd, autoClose: false, highWaterMark: 1024 * 1024 }),
    );
    return { bytes, content: { fd }, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function openPath(path: string, maxBytes: number): Promise<Spooled> {
  const fd = await openFile(path, 'r');
  const discard = once(() => closeFile(fd));
  try {
    const { size } = await statFile(fd);
    if (size > maxBytes) throw tooLarge();
    return { bytes: size, content: { fd }, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** A descriptor that is closed twice may be another file's by then. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}

function tooLarge(): AsiceError {
  return new AsiceError('too_large', 'The container is larger than the limit');
}
