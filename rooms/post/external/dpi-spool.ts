import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** An encrypted parcel, waiting to be sent: its hash goes ahead of it in the business document. */
export interface Spooled {
  /** Bytes. */
  readonly size: number;
  /** Base64. */
  readonly sha256: string;
  /** Reads from the start; may be called again after the last reading ended. */
  read(): AsyncIterable<Uint8Array>;
  /** Frees memory or disk. */
  dispose(): Promise<void>;
}

export interface SpoolOptions {
  /** Existing folder for parcels larger than `memoryBytes`. */
  readonly directory: string;
  readonly memoryBytes: number;
  readonly maxBytes: number;
}

/** The parcel is larger than the channel takes. */
export class ParcelTooLarge extends Error {
  constructor() {
    super('The encrypted parcel is larger than a mailbox takes');
    this.name = 'ParcelTooLarge';
  }
}

/** Reads `source` to its end, into memory or, when it is large, into a file that no one else can open. */
export async function spool(source: AsyncIterable<Uint8Array>, options: SpoolOptions): Promise<Spooled> {
  const hash = createHash('sha256');
  const chunks: Uint8Array[] = [];
  let file: TemporaryFile | undefined;
  let size = 0;
  try {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > options.maxBytes) throw new ParcelTooLarge();
      hash.update(chunk);
      chunks.push(chunk);
      if (size <= options.memoryBytes) continue;
      file ??= await createTemporaryFile(options.directory);
      await file.handle.appendFile(Buffer.concat(chunks.splice(0)));
    }
  } catch (error) {
    await file?.remove();
    throw error;
  }
  const kept = file;
  return {
    size,
    sha256: hash.digest('base64'),
    read: () => (kept ? readFile(kept.handle) : yieldAll(chunks)),
    dispose: async () => {
      chunks.length = 0;
      await kept?.remove();
    },
  };
}

interface TemporaryFile {
  readonly handle: FileHandle;
  remove(): Promise<void>;
}

async function createTemporaryFile(directory: string): Promise<TemporaryFile> {
  const path = join(directory, `parcel-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  // Unlinked at once where the system allows it, so that a killed process leaves nothing behind.
  const unlinked = await rm(path).then(
    () => true,
    () => false,
  );
  return {
    handle,
    async remove() {
      await handle.close();
      if (!unlinked) await rm(path, { force: true });
    },
  };
}

async function* readFile(handle: FileHandle): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.allocUnsafe(256 * 1024);
  for (let position = 0; ; ) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    // A copy: the reader may still hold the last piece when the next is read.
    yield Buffer.from(chunk.subarray(0, bytesRead));
  }
}

async function* yieldAll(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
