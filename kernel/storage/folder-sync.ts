import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { KernelError } from '../errors/index.ts';
import { type FileOps, isErrorCode } from './file-ops.ts';

/** Folders remembered as durable; forgotten all at once when there are more. */
const MAX_REMEMBERED = 20_000;

export interface FolderSync {
  /** Makes the names in `folder` durable. Callers that come while one fsync runs share the next one. */
  sync(folder: string): Promise<void>;
  /**
   * Makes sure that `folder` exists and will still exist after a power loss. Free after the first call. Rejects with
   * `kernel.unavailable` when the root that was there before is gone: a file system that is no longer mounted.
   */
  ensure(folder: string): Promise<void> | undefined;
  /** Forgets `folder`: it turned out to be gone. */
  forget(folder: string): void;
}

interface Waiting {
  running: Promise<void>;
  next?: Promise<void>;
}

/** Group commit of folder fsyncs below `root`: one fsync serves every name that was there when it began. */
export function createFolderSync(root: string, ops: FileOps): FolderSync {
  const waiting = new Map<string, Waiting>();
  const durable = new Set<string>();
  const ensuring = new Map<string, Promise<void>>();

  const start = (folder: string): Promise<void> => {
    const running = fsyncFolder(ops, folder);
    const entry: Waiting = { running };
    waiting.set(folder, entry);
    const done = () => {
      if (!entry.next) waiting.delete(folder);
    };
    running.then(done, done);
    return running;
  };

  const sync = (folder: string): Promise<void> => {
    const entry = waiting.get(folder);
    if (!entry) return start(folder);
    const restart = () => start(folder);
    entry.next ??= entry.running.then(restart, restart);
    return entry.next;
  };

  let known: string | undefined;
  /**
   * Where a file system was mounted a folder is made anew without complaint, in what lies underneath, and what is written
   * there disappears when it is mounted again. Every file's folder is then gone, so that this is asked before any is made.
   */
  const requireRoot = async () => {
    if (known !== undefined && known !== (await identityOf(root)) && (await isEmpty(root)))
      throw KernelError.unavailable();
  };

  const create = async (folder: string) => {
    await requireRoot();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    known = await identityOf(root);
    for (const parent of parents(resolve(root), resolve(folder))) {
      await sync(parent).catch((error: unknown) => {
        // The folder around ours may be closed to us; then somebody else made ours in it, long ago.
        if (parent !== dirname(resolve(root)) || !isErrorCode(error, 'EACCES', 'EPERM')) throw error;
      });
    }
    if (durable.size >= MAX_REMEMBERED) durable.clear();
    durable.add(folder);
  };

  return {
    sync,
    ensure: (folder) => {
      if (durable.has(folder)) return undefined;
      let pending = ensuring.get(folder);
      if (!pending) {
        pending = create(folder).finally(() => ensuring.delete(folder));
        ensuring.set(folder, pending);
      }
      return pending;
    },
    forget: (folder) => void durable.delete(folder),
  };
}

/** Which folder of which file system it is; undefined when it is not there. */
async function identityOf(folder: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(folder);
    return `${dev} ${ino}`;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function isEmpty(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return true;
    throw error;
  }
}

/** The folders whose names lead from `root` to `folder`: the parent of `root`, `root`, and so on. */
function parents(root: string, folder: string): string[] {
  const parts = relative(root, folder).split(sep);
  const found = [dirname(root)];
  let current = root;
  for (const part of parts) {
    found.push(current);
    current = resolve(current, part);
  }
  return found;
}

async function fsyncFolder(ops: FileOps, folder: string): Promise<void> {
  // NTFS journals names by itself and refuses to open a folder for this.
  if (process.platform === 'win32') return;
  const fd = ops.openSync(folder, 'r');
  try {
    await ops.fsync(fd);
  } finally {
    ops.closeSync(fd);
  }
}
