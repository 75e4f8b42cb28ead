import type { Dirent } from 'node:fs';
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { TEMPORARY } from './disk-write.ts';
import { isErrorCode } from './file-ops.ts';
import { isKey } from './object-key.ts';

/** Names of our folders; others, such as `lost+found`, are not ours to remove. */
const KEY_PART = /^[0-9a-z-]+$/;

/** Every object below `root` whose key begins with `prefix`, in key order. What disappears meanwhile is left out. */
export async function* walkObjects(
  root: string,
  prefix: string,
): AsyncGenerator<{ key: string; modifiedAt: Date }> {
  yield* walkFolder(root, '', prefix);
}

async function* walkFolder(
  root: string,
  folder: string,
  prefix: string,
): AsyncGenerator<{ key: string; modifiedAt: Date }> {
  for (const entry of await sortedEntries(join(root, folder))) {
    const key = folder + entry.name + (entry.isDirectory() ? '/' : '');
    if (!key.startsWith(prefix) && !(entry.isDirectory() && prefix.startsWith(key))) continue;
    if (entry.isDirectory()) yield* walkFolder(root, key, prefix);
    else if (isKey(key)) {
      const modifiedAt = await modifiedTime(join(root, key));
      if (modifiedAt) yield { key, modifiedAt };
    }
  }
}

/** Removes temporary files and empty folders below `root` last changed before `before`; answers how many files. */
export async function removeStaleFiles(root: string, before: Date): Promise<number> {
  let removed = 0;
  for (const entry of await sortedEntries(root)) {
    const path = join(root, entry.name);
    if (!entry.isDirectory()) {
      if (entry.name.endsWith(TEMPORARY) && (await removeIfOlder(path, before, unlink))) removed++;
      continue;
    }
    if (!KEY_PART.test(entry.name)) continue;
    const old = ((await modifiedTime(path)) ?? before) < before;
    removed += await removeStaleFiles(path, before);
    // Judged by its age before the sweep, which itself changes the folder.
    if (old) await rmdir(path).catch(ignore('ENOTEMPTY', 'EEXIST', 'ENOENT'));
  }
  return removed;
}

async function removeIfOlder(
  path: string,
  before: Date,
  remove: (path: string) => Promise<void>,
): Promise<boolean> {
  const modifiedAt = await modifiedTime(path);
  if (!modifiedAt || modifiedAt >= before) return false;
  await remove(path).catch(ignore('ENOENT'));
  return true;
}

/** In the order of the keys: a folder sorts as its name with the slash. */
async function sortedEntries(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isErrorCode(error, 'ENOENT')) return [];
    throw error;
  });
  const name = (entry: Dirent) => entry.name + (entry.isDirectory() ? '/' : '');
  return entries.sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

/** Of the entry itself: one link that leads nowhere, or in a circle, stops no walk. */
async function modifiedTime(path: string): Promise<Date | undefined> {
  const found = await lstat(path).catch(ignore('ENOENT'));
  return found?.mtime;
}

function ignore(...codes: string[]): (error: unknown) => undefined {
  return (error) => {
    if (!isErrorCode(error, ...codes)) throw error;
  };
}
