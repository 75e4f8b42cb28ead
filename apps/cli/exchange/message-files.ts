import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { AsiceFile, ReceivedMessage } from '@grunnmur/exchange-client';
import { CliError, EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';

export interface LocalFile {
  readonly path: string;
  readonly name: string;
  readonly size: number;
}

/** The files of a command line, or a {@link CliError} that names the one that is missing or a folder. */
export async function localFiles(io: Io, given: readonly string[]): Promise<readonly LocalFile[]> {
  return Promise.all(
    given.map(async (argument) => {
      const path = resolve(io.cwd, argument);
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile())
        throw new CliError(EXIT.usage, `${argument}: ${found ? 'is not a file' : 'there is no such file'}`);
      return { path, name: basename(path).normalize('NFC'), size: found.size };
    }),
  );
}

/** One after another, each opened when its turn has come. */
export async function* contentsOf(files: readonly LocalFile[]): AsyncGenerator<AsiceFile> {
  for (const { path, name } of files) yield { name, content: createReadStream(path) };
}

export interface ReceivedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: number;
  /** Where it was saved. */
  readonly path?: string;
}

/**
 * Reads every file to its end, which verifies it, and saves it when a folder is given, below the message's id. A file
 * gets its name only when it is whole. Names cannot lead out of the folder: the container's reader refuses those.
 */
export async function receiveFiles(
  message: ReceivedMessage,
  folder: string | undefined,
): Promise<readonly ReceivedFile[]> {
  const files: ReceivedFile[] = [];
  for await (const { name, mimeType, bytes, body } of message.files()) {
    const file = { name, mimeType, bytes };
    if (folder === undefined) {
      await pipeline(body, async (source) => {
        for await (const _ of source);
      });
      files.push(file);
      continue;
    }
    const path = join(folder, message.meldingId, ...name.split('/'));
    await mkdir(dirname(path), { recursive: true });
    const partial = `${path}.part`;
    try {
      await pipeline(body, createWriteStream(partial, { mode: 0o600 }));
      await rename(partial, path);
    } finally {
      await rm(partial, { force: true });
    }
    files.push({ ...file, path });
  }
  return files;
}
