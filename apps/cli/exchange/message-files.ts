import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AsiceFile, ReceivedMessage } from '@grunnmur/exchange-client';
import { CliError, EXIT, said } from '../exit-codes.ts';
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
        throw new CliError(
          EXIT.usage,
          said(found ? 'cli.error.not_file' : 'cli.error.no_file', { path: argument }),
        );
      return { path, name: basename(path).normalize('NFC'), size: found.size };
    }),
  );
}

/** One after another, each opened when its turn has come. */
export async function* contentsOf(files: readonly LocalFile[]): AsyncGenerator<AsiceFile> {
  for (const { path, name } of files) yield { name, content: createReadStream(path) };
}

interface ReceivedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: number;
  /** Where it was saved. */
  readonly path?: string;
}

/** What a message carried, when all of it has been read and found right. */
export interface Received {
  readonly files: readonly ReceivedFile[];
  /** Names of the certificates whose signatures fit the files; their chains are not validated (fiks-io §4.1). */
  readonly signers: readonly string[];
}

/**
 * Reads every file to its end, which verifies it, and saves it when a folder is given, below the message's id. A file
 * gets its name only when it is whole. Names cannot lead out of the folder: the container's reader refuses those.
 */
export async function receiveFiles(message: ReceivedMessage, folder: string | undefined): Promise<Received> {
  if (!message.hasPayload) return { files: [], signers: [] };
  const container = await message.openContainer();
  try {
    const files: ReceivedFile[] = [];
    for await (const { name, mimeType, bytes, body } of container.entries()) {
      const path = folder && join(folder, message.meldingId, ...name.split('/'));
      await (path ? save(body, path) : drain(body));
      files.push({ name, mimeType, bytes, ...(path ? { path } : {}) });
    }
    return { files, signers: container.signers.map(({ subject }) => nameIn(subject)) };
  } finally {
    await container.close();
  }
}

async function drain(body: Readable): Promise<void> {
  await pipeline(body, async (source) => {
    for await (const _ of source);
  });
}

async function save(body: Readable, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.part`;
  try {
    await pipeline(body, createWriteStream(partial, { mode: 0o600 }));
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

/** Organisation or name of a certificate's subject; else all of it. */
function nameIn(subject: string): string {
  const part = (name: string) => new RegExp(`(?:^|[\\n,] ?)${name}=([^\\n,]+)`).exec(subject)?.[1];
  return part('O') ?? part('CN') ?? subject.replaceAll('\n', ', ');
}
