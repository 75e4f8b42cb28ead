import * as fs from 'node:fs';
import { promisify } from 'node:util';

/**
 * The file operations of the write path, so that a test can let each of them fail.
 *
 * Opening, renaming, closing and the single write of a small object are synchronous: they end in the page cache, and small
 * objects have a thread of their own (docs/decisions/0011-object-encryption.md). What waits for the disk is not: fsync, and
 * the writes of large objects.
 */
export interface FileOps {
  openSync(path: string, flags: string, mode?: number): number;
  closeSync(fd: number): void;
  renameSync(from: string, to: string): void;
  writevSync(fd: number, buffers: readonly Uint8Array[]): number;
  writev(fd: number, buffers: readonly Uint8Array[]): Promise<number>;
  fsync(fd: number): Promise<void>;
  unlinkSync(path: string): void;
}

const writev = promisify(fs.writev);

export const fileOps: FileOps = {
  openSync: fs.openSync,
  closeSync: fs.closeSync,
  renameSync: fs.renameSync,
  writevSync: fs.writevSync,
  writev: async (fd, buffers) => (await writev(fd, buffers)).bytesWritten,
  fsync: promisify(fs.fsync),
  unlinkSync: fs.unlinkSync,
};

/** Buffers left after the first `written` bytes of `buffers`: the system may take less than it was given. */
export function afterWritten(buffers: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  const rest: Uint8Array[] = [];
  for (const buffer of buffers) {
    if (skip >= buffer.length) skip -= buffer.length;
    else {
      rest.push(skip > 0 ? buffer.subarray(skip) : buffer);
      skip = 0;
    }
  }
  return rest;
}

export function isErrorCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
