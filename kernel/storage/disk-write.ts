import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { StorageError } from './errors.ts';
import { afterWritten, type FileOps, isErrorCode } from './file-ops.ts';
import type { FolderSync } from './folder-sync.ts';
import { freeBytes } from './free-bytes.ts';
import type { BatchSink } from './seal-source.ts';

/** Ends every temporary name. A key has no dot, so a temporary file is never taken for an object. */
export const TEMPORARY = '.tmp';
const OPEN_ATTEMPTS = 3;

export interface DiskWriter {
  readonly sink: BatchSink;
  /** Gives the file its name and makes both durable. */
  commit(signal?: AbortSignal): Promise<void>;
  /** Removes every trace. Safe to call at any time but after a successful commit. */
  discard(): void;
}

/**
 * Writes one object to a temporary file beside `path` and renames it when it is durable. The file is created with the
 * first batch: a small object whose source fails never touches the disk.
 */
export function createDiskWriter(path: string, ops: FileOps, folders: FolderSync): DiskWriter {
  const folder = dirname(path);
  const temporary = `${path}.${randomBytes(6).toString('hex')}${TEMPORARY}`;
  let fd: number | undefined;
  let named: 'nothing' | 'temporary' | 'final' = 'nothing';

  const open = async (): Promise<number> => {
    for (let attempt = 1; ; attempt++) {
      const pending = folders.ensure(folder);
      if (pending) await pending;
      try {
        const opened = ops.openSync(temporary, 'wx', 0o600);
        named = 'temporary';
        return opened;
      } catch (error) {
        // An empty folder may have been swept since it was made.
        if (!isErrorCode(error, 'ENOENT') || attempt === OPEN_ATTEMPTS) throw error;
        folders.forget(folder);
      }
    }
  };
  const close = () => {
    if (fd === undefined) return;
    const closing = fd;
    fd = undefined;
    ops.closeSync(closing);
  };

  return {
    sink: async (batch, bytes, end) => {
      try {
        const single = end && fd === undefined;
        fd ??= await open();
        if (single) writeAllSync(ops, fd, batch, bytes);
        else await writeAll(ops, fd, batch, bytes);
        batch.forEach(freeBytes);
      } catch (error) {
        throw asStorageError(error);
      }
    },
    commit: async (signal) => {
      try {
        await ops.fsync(fd!);
        close();
        signal?.throwIfAborted();
        ops.renameSync(temporary, path);
        named = 'final';
        await folders.sync(folder);
      } catch (error) {
        throw asStorageError(error);
      }
    },
    discard: () => {
      const left = named === 'final' ? path : temporary;
      const exists = named !== 'nothing';
      named = 'nothing';
      // Each attempt on its own: a failing close must not keep the file.
      ignoreFailure(close);
      if (exists) ignoreFailure(() => ops.unlinkSync(left));
    },
  };
}

function writeAllSync(ops: FileOps, fd: number, batch: readonly Uint8Array[], bytes: number): void {
  let rest = batch;
  for (let left = bytes; left > 0; ) {
    const written = ops.writevSync(fd, rest);
    left -= written;
    if (left > 0) rest = afterWritten(rest, written);
  }
}

async function writeAll(
  ops: FileOps,
  fd: number,
  batch: readonly Uint8Array[],
  bytes: number,
): Promise<void> {
  let rest = batch;
  for (let left = bytes; left > 0; ) {
    const written = await ops.writev(fd, rest);
    left -= written;
    if (left > 0) rest = afterWritten(rest, written);
  }
}

function asStorageError(error: unknown): unknown {
  return isErrorCode(error, 'ENOSPC', 'EDQUOT') ? StorageError.full({ cause: error }) : error;
}

/** The write has failed already and that error is the one to report; what stays behind is found by the sweeper. */
function ignoreFailure(action: () => void): void {
  try {
    action();
  } catch {}
}
