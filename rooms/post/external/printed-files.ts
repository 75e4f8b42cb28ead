import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { freeBytes } from '@grunnmur/kernel/storage';

/** A print file that is coming in. */
export interface IncomingFile {
  /** Writes one chunk and frees its memory. */
  write(chunk: Uint8Array): Promise<void>;
  /** Keeps the file under the job's id, and forgets the oldest ones beyond the limits. */
  keep(jobId: string): Promise<void>;
  /** Nothing is left of a file that was not kept. Always call it. */
  close(): Promise<void>;
}

/** The newest print files of a demonstration, for whoever wants to look at the paper. */
export interface PrintedFiles {
  receive(): Promise<IncomingFile>;
  /** The file of a job, if it is still kept. */
  read(jobId: string): Promise<{ readonly bytes: number; readonly stream: ReadStream } | undefined>;
}

const MOST_FILES = 100;
const MOST_BYTES = 500_000_000;
const JOB_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Keeps at most 100 files and 500 MB in `folder`. Without a folder nothing is kept. */
export function printedFiles(folder: string | undefined): PrintedFiles {
  let counter = 0;
  if (folder === undefined) return { receive: async () => DISCARD, read: async () => undefined };
  const pathOf = (jobId: string) => join(folder, `${jobId}.pdf`);
  return {
    async receive() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, `${process.pid}-${counter++}.incoming`);
      const file = await open(path, 'w', 0o600);
      return {
        write: async (chunk) => {
          await file.write(chunk);
          freeBytes(chunk);
        },
        keep: async (jobId) => {
          await rename(path, pathOf(jobId));
          await forgetOldest(folder);
        },
        close: async () => {
          await file.close();
          await rm(path, { force: true });
        },
      };
    },
    async read(jobId) {
      if (!JOB_ID.test(jobId)) return undefined;
      const found = await stat(pathOf(jobId)).catch(() => undefined);
      return found && { bytes: found.size, stream: createReadStream(pathOf(jobId)) };
    },
  };
}

const DISCARD: IncomingFile = {
  write: async (chunk) => freeBytes(chunk),
  keep: async () => undefined,
  close: async () => undefined,
};

async function forgetOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.pdf'));
  const found = await Promise.all(
    names.map(async (name) => ({ name, file: await stat(join(folder, name)).catch(() => undefined) })),
  );
  const newestFirst = found
    .flatMap(({ name, file }) => (file ? [{ name, size: file.size, at: file.mtimeMs }] : []))
    .sort((one, other) => other.at - one.at);
  let bytes = 0;
  for (const [index, { name, size }] of newestFirst.entries()) {
    bytes += size;
    // The newest stays whatever its size.
    if (index > 0 && (index >= MOST_FILES || bytes > MOST_BYTES))
      await rm(join(folder, name), { force: true });
  }
}
