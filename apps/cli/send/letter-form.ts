import { createReadStream, openAsBlob } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { encryptCms } from '@grunnmur/kernel/crypto';
import { CliError, EXIT, said } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { fetchAnswer } from './fetch-answer.ts';
import type { Recipient } from './recipient.ts';

export interface Letter {
  readonly tittel: string;
  readonly mottaker: Recipient;
  /** Paths of PDF files. */
  readonly files: readonly string[];
  readonly kunDigitalLevering: boolean;
  /** Readable only after a login at the highest level; its documents are encrypted before they leave this machine. */
  readonly krevNiva4Innlogging: boolean;
  readonly eksternReferanse?: string;
}

export interface LetterFile {
  readonly path: string;
  readonly filnavn: string;
  /** Bytes. */
  readonly size: number;
}

/** The files, or a {@link CliError} that names the one that is missing, empty or a folder. */
export async function findFiles(io: Io, paths: readonly string[]): Promise<readonly LetterFile[]> {
  return Promise.all(
    paths.map(async (given) => {
      const path = resolve(io.cwd, given);
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile()) {
        throw new CliError(
          EXIT.usage,
          said(found ? 'cli.error.not_file' : 'cli.error.no_file', { path: given }),
        );
      }
      return { path, filnavn: basename(path).normalize('NFC'), size: found.size };
    }),
  );
}

/**
 * The send call's multipart message (SvarUt REST v2: `forsendelse` first, then the documents in its order). Files are
 * read while they are sent, so memory does not grow with them. Call `dispose` afterwards.
 */
export async function letterForm(
  io: Io,
  baseUrl: string,
  letter: Letter,
): Promise<{ form: FormData; dispose: () => Promise<void> }> {
  const files = await findFiles(io, letter.files);
  const { krevNiva4Innlogging: encrypt } = letter;
  const sealed = encrypt ? await sealFiles(io, baseUrl, files) : undefined;
  const form = new FormData();
  form.append(
    'forsendelse',
    new Blob([JSON.stringify(forsendelse(letter, files))], { type: 'application/json' }),
  );
  for (const [index, { path, filnavn }] of (sealed?.files ?? files).entries()) {
    form.append(`filer_${index}`, await openAsBlob(path, { type: 'application/pdf' }), filnavn);
  }
  return { form, dispose: sealed?.dispose ?? (async () => {}) };
}

function forsendelse({ files: _, ...letter }: Letter, files: readonly LetterFile[]) {
  return {
    ...letter,
    // Documents of level 4 must arrive encrypted (SvarUt: validation and limits).
    kryptert: letter.krevNiva4Innlogging,
    avgivendeSystem: 'Grunnmur CLI',
    dokumenter: files.map(({ filnavn }) => ({ filnavn, mimeType: 'application/pdf' })),
  };
}

/** Encrypted copies (CMS) in a private folder: a part of a multipart message must know its length. */
async function sealFiles(io: Io, baseUrl: string, files: readonly LetterFile[]) {
  const answer = await fetchAnswer(io, `${baseUrl}/forsendelse/publickey/hent`);
  if (!answer.ok)
    throw new CliError(EXIT.failed, said('cli.error.no_certificate', { status: answer.status }));
  const certificate = await answer.text();
  const folder = await mkdtemp(join(tmpdir(), 'grunnmur-send-'));
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    const sealed: LetterFile[] = [];
    for (const [index, file] of files.entries()) {
      const path = join(folder, String(index));
      const cipher = encryptCms(createReadStream(file.path), [certificate], { transport: 'oaep' });
      await writeFile(path, cipher, { mode: 0o600, signal: io.signal });
      sealed.push({ ...file, path });
    }
    return { files: sealed, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
