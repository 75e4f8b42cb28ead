import { Worker } from 'node:worker_threads';
import { KernelError } from '../errors/index.ts';
import { StorageError } from './errors.ts';
import type { DataKey } from './key-ring.ts';
import type { StoredObject } from './object-store.ts';

/** Objects up to this size are written by the thread. */
export const THREAD_BYTES = 256 * 1024;
const MAX_SPARE_BLOCKS = 16;
const MODULE = new URL('./write-thread-worker.ts', import.meta.url);

export interface WriteThreadSetup {
  readonly root: string;
}

export interface WriteRequest {
  readonly id: number;
  readonly key: string;
  readonly dataKey: DataKey;
  readonly bytes: Uint8Array;
}

export type WriteReply =
  | { readonly id: number; readonly stored: StoredObject }
  | {
      readonly id: number;
      readonly error: { readonly status: number | undefined; readonly message: string };
    };

export interface WriteThread {
  /** Writes an object of at most {@link THREAD_BYTES}; `bytes` must not change before it resolves. */
  put(key: string, dataKey: DataKey, bytes: Uint8Array): Promise<StoredObject>;
}

/** Errors lose their class on the way between threads. */
function asError(status: number | undefined, cause: Error): Error {
  if (status === 507) return StorageError.full({ cause });
  return status === 503 ? KernelError.unavailable({ cause }) : cause;
}

interface Waiting {
  readonly resolve: (stored: StoredObject) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Hashes, encrypts and writes small objects in a thread of its own. Making a file waits for the file system's journal
 * while others' fsyncs are under way, half a millisecond and more each time: here it holds up nobody who is served by the
 * main thread, and no call needs a round trip through the thread pool for each step. Started by the first object, and
 * again after it has died; it does not keep the process alive.
 */
export function createWriteThread(root: string, module = MODULE): WriteThread {
  const waiting = new Map<number, Waiting>();
  const spare: Uint8Array<SharedArrayBuffer>[] = [];
  let worker: Worker | undefined;
  let lastId = 0;

  const start = (): Worker => {
    const setup: WriteThreadSetup = { root };
    const started = new Worker(module, {
      workerData: setup,
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
      // Loaders and flags of the host process (test runner, inspector) are not the worker's.
      execArgv: [],
      env: {},
    });
    started.on('message', settle);
    const lost = (error: Error) => {
      // An error is followed by the exit, when another may have been started already.
      if (worker === started) lose(error);
    };
    started.on('error', lost);
    started.on('exit', () => lost(new Error('the thread that writes objects has ended')));
    return started;
  };

  const settle = (reply: WriteReply) => {
    const { resolve, reject } = waiting.get(reply.id)!;
    waiting.delete(reply.id);
    if (waiting.size === 0) worker?.unref();
    if ('stored' in reply) return resolve(reply.stored);
    const cause = new Error(reply.error.message);
    reject(asError(reply.error.status, cause));
  };

  /** What was under way may be there or not; callers remove it, as they do after any error. */
  const lose = (error: Error) => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };

  const post = (key: string, dataKey: DataKey, bytes: Uint8Array) =>
    new Promise<StoredObject>((resolve, reject) => {
      const id = ++lastId;
      worker ??= start();
      worker.ref();
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, key, dataKey, bytes } satisfies WriteRequest);
    });

  return {
    put: async (key, dataKey, bytes) => {
      if (bytes.buffer instanceof SharedArrayBuffer) return post(key, dataKey, bytes);
      const block = spare.pop() ?? new Uint8Array(new SharedArrayBuffer(THREAD_BYTES));
      block.set(bytes);
      try {
        return await post(key, dataKey, block.subarray(0, bytes.length));
      } finally {
        if (spare.length < MAX_SPARE_BLOCKS) spare.push(block);
      }
    },
  };
}
