import { createHash } from 'node:crypto';
import { KernelError } from '../errors/index.ts';
import type { DataKey, KeyRing } from './key-ring.ts';
import { tenantOfKey } from './object-key.ts';
import type { PutOptions, StoredObject } from './object-store.ts';
import { createHeader, deriveObjectKey, SEGMENT_BYTES, sealSegment } from './segment-cipher.ts';

/** Sealed bytes are handed on in batches of about this size; a smaller object is one batch. */
const BATCH_BYTES = 1 << 20;
const MAX_SPARE_BUFFERS = 32;

/** Takes the sealed bytes for good, in order. `end` is true for the last batch, which is never missing. */
export type BatchSink = (batch: Buffer[], bytes: number, end: boolean) => void | Promise<void>;

/** Segment buffers of finished puts. A fresh 64 KiB block for each letter costs more than all the copying. */
const spareBuffers: Buffer[] = [];

/**
 * Reads `source` to its end, hashing, encrypting and handing the sealed bytes to `sink`. Chunks are copied on arrival,
 * so that a source may reuse its buffer; bytes that are all there are not copied at all. Closes the source also when it
 * fails.
 */
export async function sealSource(
  keyRing: Pick<KeyRing, 'forTenant'>,
  key: string,
  source: AsyncIterable<Uint8Array> | Uint8Array,
  options: PutOptions,
  sink: BatchSink,
): Promise<StoredObject> {
  options.signal?.throwIfAborted();
  const sealer = createSealer(await keyRing.forTenant(tenantOfKey(key)), key, options.maxBytes, sink);
  if (source instanceof Uint8Array) await sealBytes(sealer, source);
  else await sealChunks(sealer, interruptible(source, options.signal));
  return sealer.result();
}

interface Sealer {
  /** Throws when `bytes` more are too many. */
  count(bytes: number): void;
  seal(plain: Uint8Array, last: boolean): void;
  /** Hands on what is sealed, when it is enough for a batch or the last. */
  flush(last: boolean): void | Promise<void>;
  result(): StoredObject;
}

function createSealer(tenantKey: DataKey, key: string, limit: number | undefined, sink: BatchSink): Sealer {
  const header = createHeader(tenantKey.id);
  const dataKey = deriveObjectKey(tenantKey.key, header, key);
  const hash = createHash('sha256');
  let index = 0;
  let size = 0;
  let batch: Buffer[] = [header];
  let batchBytes = header.length;
  return {
    count: (bytes) => {
      size += bytes;
      if (limit !== undefined && size > limit) throw KernelError.tooLarge({ params: { limit } });
    },
    seal: (plain, last) => {
      hash.update(plain);
      const [sealed, tag] = sealSegment(dataKey, header, index++, last, plain);
      batch.push(sealed, tag);
      batchBytes += sealed.length + tag.length;
    },
    flush: (last) => {
      if (!last && batchBytes < BATCH_BYTES) return;
      const full = batch;
      const bytes = batchBytes;
      batch = [];
      batchBytes = 0;
      return sink(full, bytes, last);
    },
    result: () => ({ size, sha256: hash.digest('hex') }),
  };
}

async function sealBytes(sealer: Sealer, bytes: Uint8Array): Promise<void> {
  sealer.count(bytes.length);
  let at = 0;
  for (; bytes.length - at > SEGMENT_BYTES; at += SEGMENT_BYTES) {
    sealer.seal(bytes.subarray(at, at + SEGMENT_BYTES), false);
    await sealer.flush(false);
  }
  sealer.seal(bytes.subarray(at), true);
  await sealer.flush(true);
}

async function sealChunks(sealer: Sealer, source: AsyncIterable<Uint8Array>): Promise<void> {
  const segment = spareBuffers.pop() ?? Buffer.allocUnsafeSlow(SEGMENT_BYTES);
  let filled = 0;
  try {
    for await (const chunk of source) {
      sealer.count(chunk.length);
      for (let at = 0; at < chunk.length; ) {
        // A full segment waits for the next byte: only then is it known not to be the last.
        if (filled === SEGMENT_BYTES) {
          sealer.seal(segment, false);
          filled = 0;
          await sealer.flush(false);
        }
        const take = Math.min(SEGMENT_BYTES - filled, chunk.length - at);
        segment.set(take === chunk.length ? chunk : chunk.subarray(at, at + take), filled);
        filled += take;
        at += take;
      }
    }
    sealer.seal(segment.subarray(0, filled), true);
    await sealer.flush(true);
  } finally {
    if (spareBuffers.length < MAX_SPARE_BUFFERS) spareBuffers.push(segment);
  }
}

/** `source` itself, or with a signal: the same chunks, ending with the signal's reason even while the source is silent. */
function interruptible(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  return signal ? { [Symbol.asyncIterator]: () => interruptibleIterator(source, signal) } : source;
}

function interruptibleIterator(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncIterator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let interrupt: (reason: unknown) => void = () => {};
  const onAbort = () => {
    interrupt(signal.reason);
    close();
  };
  const close = () => {
    signal.removeEventListener('abort', onAbort);
    // Not awaited: a source that waits for its own next chunk answers `return` only when that has come. A stream is
    // destroyed for the same reason.
    if ('destroy' in source && typeof source.destroy === 'function') source.destroy();
    iterator.return?.().catch(() => {});
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        interrupt = reject;
        iterator.next().then(
          (result) => {
            if (result.done) signal.removeEventListener('abort', onAbort);
            resolve(result);
          },
          (error) => {
            signal.removeEventListener('abort', onAbort);
            reject(error);
          },
        );
      }),
    return: async () => {
      close();
      return { done: true, value: undefined };
    },
  };
}
