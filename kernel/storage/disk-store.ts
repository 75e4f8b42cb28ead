import { type FileHandle, open, opendir, stat, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { KernelError } from '../errors/index.ts';
import { checkFolder } from './check-folder.ts';
import { removeStaleFiles, walkObjects } from './disk-walk.ts';
import { StorageError } from './errors.ts';
import { type FileOps, fileOps, isErrorCode } from './file-ops.ts';
import { createFolderSync } from './folder-sync.ts';
import { freeBytes } from './free-bytes.ts';
import type { KeyRing } from './key-ring.ts';
import { pathOfKey, requirePrefix, tenantOfKey } from './object-key.ts';
import type { ObjectStore, PutOptions, StoredObject } from './object-store.ts';
import { openHeader, openSpan, readableOf, spanOf } from './open-sealed.ts';
import { type FilePlace, putFile } from './put-file.ts';
import { HEADER_BYTES, plainSize, SEALED_SEGMENT_BYTES } from './segment-cipher.ts';
import { createWriteThread, THREAD_BYTES, type WriteThread } from './write-thread.ts';

export interface DiskStoreOptions {
  /** Folder of the objects; created with its parents on first use. One file system, not shared between machines. */
  readonly root: string;
  readonly keyRing: KeyRing;
  /** File operations; tests let them fail. Without them small objects are written by a thread of their own. */
  readonly files?: FileOps;
}

/** Files up to this size are read at once and closed before the answer. */
const SMALL_BYTES = 1 << 20;
const READ_BYTES = 4 * SEALED_SEGMENT_BYTES;

/** Objects as files below one folder, each `<root>/<key>`. */
export function createDiskStore(options: DiskStoreOptions): ObjectStore {
  const root = resolve(options.root);
  const { keyRing, files = fileOps } = options;
  const folders = createFolderSync(root, files);
  const place: FilePlace = { root, keyRing, files, folders };
  let heldSomething = false;
  const thread = options.files ? undefined : createWriteThread(root);

  return {
    put: (key, source, putOptions = {}) =>
      thread && source instanceof Uint8Array && source.length <= THREAD_BYTES
        ? putSmall(place, thread, key, source, putOptions)
        : putFile(place, key, source, putOptions),
    get: async (key, range) => {
      const handle = await openFile(root, pathOfKey(root, key));
      let close = true;
      try {
        const { size: sealedSize } = await handle.stat();
        const small = sealedSize <= SMALL_BYTES;
        const head = await readExactly(handle, 0, small ? sealedSize : HEADER_BYTES);
        const object = await openHeader(keyRing, key, head.subarray(0, HEADER_BYTES), sealedSize);
        const span = spanOf(object.size, range);
        if (small)
          return readableOf(openSpan(object, span, once(head.subarray(span.sealedStart, span.sealedEnd))));
        close = false;
        const sealed = readBlocks(handle, span.sealedStart, span.sealedEnd);
        return readableOf(openSpan(object, span, sealed), {
          release: () => void handle.close().catch(() => {}),
        });
      } finally {
        if (close) await handle.close();
      }
    },
    stat: async (key) => {
      const path = pathOfKey(root, key);
      try {
        return { size: plainSize((await stat(path)).size) };
      } catch (error) {
        if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
        throw error;
      }
    },
    remove: async (keys) => {
      const paths = keys.map((key) => pathOfKey(root, key));
      const removed = new Set<string>();
      for (const path of paths) {
        if (await unlinkIfThere(path)) removed.add(dirname(path));
      }
      for (const folder of removed) await folders.sync(folder);
    },
    list: (prefix) => {
      requirePrefix(prefix);
      return walkObjects(root, prefix);
    },
    localCopy: async (key) => {
      const path = pathOfKey(root, key);
      const handle = await openFile(root, path);
      try {
        const head = await readExactly(handle, 0, HEADER_BYTES);
        const { dataKey } = await openHeader(keyRing, key, head, (await handle.stat()).size);
        return { path, dataKey, dispose: async () => {} };
      } finally {
        await handle.close();
      }
    },
    check: async () => {
      const empty = await isEmptyFolder(root);
      if (empty && heldSomething) throw KernelError.unavailable();
      heldSomething ||= !empty;
      return checkFolder(root);
    },
    removeStale: (before) => removeStaleFiles(root, before),
  };
}

async function putSmall(
  { root, keyRing, folders }: FilePlace,
  thread: WriteThread,
  key: string,
  bytes: Uint8Array,
  { signal, maxBytes }: PutOptions,
): Promise<StoredObject> {
  const path = pathOfKey(root, key);
  signal?.throwIfAborted();
  if (maxBytes !== undefined && bytes.length > maxBytes)
    throw KernelError.tooLarge({ params: { limit: maxBytes } });
  const stored = await thread.put(key, await keyRing.forTenant(tenantOfKey(key)), bytes);
  if (signal?.aborted) {
    if (await unlinkIfThere(path)) await folders.sync(dirname(path));
    throw signal.reason;
  }
  return stored;
}

async function openFile(root: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (!isErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    throw (await isEmptyFolder(root)) ? KernelError.unavailable({ cause: error }) : StorageError.missing();
  }
}

/** A file system that is not mounted looks like this: everything is out of reach, and nothing is lost. */
async function isEmptyFolder(root: string): Promise<boolean> {
  try {
    const folder = await opendir(root);
    try {
      return (await folder.read()) === null;
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return true;
    throw error;
  }
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle
      .read(buffer, filled, length - filled, position + filled)
      .catch(notAFile);
    if (bytesRead === 0) throw StorageError.corrupt({ params: { detail: 'truncated' } });
    filled += bytesRead;
  }
  return buffer;
}

/** A folder in the place of an object opens, and cannot be read: no object of ours. */
function notAFile(error: unknown): never {
  throw isErrorCode(error, 'EISDIR')
    ? StorageError.corrupt({ params: { detail: 'folder' }, cause: error })
    : error;
}

async function* readBlocks(handle: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; at += READ_BYTES) {
    const block = await readExactly(handle, at, Math.min(READ_BYTES, end - at));
    // Whole segments, so that nothing of it is kept for the next block.
    yield block;
    freeBytes(block);
  }
}

async function* once(buffer: Buffer): AsyncGenerator<Buffer> {
  yield buffer;
}

async function unlinkIfThere(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}
