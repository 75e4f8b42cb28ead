import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder and everything that must be ended before it is removed. */
export interface Workspace {
  /** A new folder below the workspace. */
  folder(name: string): Promise<string>;
  /** Removes such a folder before the end: the bench writes gigabytes. */
  drop(path: string): Promise<void>;
  /** Runs at {@link close}, the last one first. */
  onClose(end: () => Promise<unknown>): void;
  /** Ends what was started and removes the folder. May be called again. */
  close(): Promise<void>;
}

/**
 * Opens a workspace. Its folder can be entered by everybody: PostgreSQL runs under another user when we are root, and
 * its cluster would otherwise be kept elsewhere and stay behind.
 */
export async function openWorkspace(): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), 'grunnmur-bench-'));
  await chmod(root, 0o755);
  const endings: (() => Promise<unknown>)[] = [];
  let closed: Promise<void> | undefined;
  const drop = (path: string) => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  const close = async () => {
    for (const end of endings.reverse())
      await end().catch((error: Error) => process.stderr.write(`bench: ${error.message}\n`));
    await drop(root);
  };
  return {
    folder: async (name) => {
      const path = join(root, name);
      await mkdir(path, { recursive: true, mode: 0o755 });
      return path;
    },
    drop,
    onClose: (end) => void endings.push(end),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
