import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { KernelError } from '../errors/index.ts';
import { TEMPORARY } from './disk-write.ts';

/** Larger than what a file system may keep beside the name, so that it takes room. */
const PROBE_BYTES = 4096;

/** Writes, syncs, reads and removes a file in `folder`, which is created when missing; answers what room there is. */
export async function checkFolder(folder: string): Promise<{ freeBytes: number }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // A name that is swept when a crash leaves it.
  const path = join(folder, `${randomUUID()}${TEMPORARY}`);
  const bytes = Buffer.alloc(PROBE_BYTES, randomUUID());
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!(await readFile(path)).equals(bytes)) throw KernelError.unavailable();
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
  const { bavail, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize };
}
