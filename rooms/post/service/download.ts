import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { type ObjectFault, objectFault, objectKey } from '@grunnmur/kernel/storage';
import { ZipFile } from 'yazl';
import type { Download } from '../contract.ts';
import { PostError } from '../errors.ts';
import { type Dokument, type Forsendelse, findDokumenter } from '../store/forsendelse-store.ts';
import { insertHendelseOnce, insertHendelser } from '../store/hendelse-store.ts';
import { recordNedlastinger } from '../store/reader-store.ts';
import type { PostDeps } from './deps.ts';
import { archiveNames } from './file-names.ts';
import { recordOpened } from './opening.ts';
import { zipName } from './zip-name.ts';

/** Up to this size a document is read and checked whole before its first byte goes out, so that damage is a page. */
const CHECKED_FIRST_BYTES = 1 << 20;

/** `ctx.tenant` is the letter's tenant. */
export async function downloadOne(
  ctx: Ctx,
  deps: PostDeps,
  letter: Forsendelse,
  document: Dokument,
  total: number,
): Promise<Download> {
  const failed = (error: unknown) => recordFault(ctx, letter, document, error);
  try {
    const body = await deps.storage.get(objectKey(letter.tenantId, document.objekt!));
    return {
      filnavn: document.filnavn,
      mimeType: document.mimeType,
      storrelse: document.storrelse,
      body: document.storrelse <= CHECKED_FIRST_BYTES ? Readable.from([await buffer(body)]) : body,
      completed: () => recordRead(ctx, letter, [document.nr], total),
      failed,
    };
  } catch (error) {
    throw await explained(ctx, letter, document, error);
  }
}

/** All documents as one ZIP, made while it is sent; the documents are opened one after the other. */
export async function downloadAll(
  ctx: Ctx,
  deps: PostDeps,
  letter: Forsendelse,
  documents: readonly Dokument[],
): Promise<Download> {
  // What is lost is told before the first byte; damage inside shows itself when it is read.
  for (const document of documents) await requireStored(ctx, deps, letter, document);
  const zip = new ZipFile();
  const body = zip.outputStream as Readable;
  let reading: { readonly document: Dokument; readonly stream?: Readable } | undefined;
  const names = archiveNames(documents.map((document) => document.filnavn));
  for (const [index, document] of documents.entries()) {
    // PDFs and images are compressed already.
    const options = { compress: false, mtime: letter.mottatt };
    zip.addReadStreamLazy(names[index]!, options, (give) => {
      reading = { document };
      deps.storage.get(objectKey(letter.tenantId, document.objekt!)).then(
        (stream) => {
          reading = { document, stream };
          if (body.destroyed) stream.destroy();
          else give(null, stream);
        },
        (error: Error) => give(error, Readable.from([])),
      );
    });
  }
  zip.on('error', (error: Error) => body.destroy(error));
  // A reader that hangs up must not leave the document open that was being read.
  body.once('close', () => reading?.stream?.destroy());
  zip.end();
  const sender = await deps.tenant(letter.tenantId);
  const numbers = documents.map((document) => document.nr);
  return {
    filnavn: zipName(sender.name, letter.tittel, letter.mottatt),
    mimeType: 'application/zip',
    storrelse: undefined,
    body,
    completed: () => recordRead(ctx, letter, numbers, documents.length),
    failed: (error) => recordFault(ctx, letter, reading?.document ?? documents[0]!, error),
  };
}

async function requireStored(ctx: Ctx, deps: PostDeps, letter: Forsendelse, document: Dokument) {
  const key = objectKey(letter.tenantId, document.objekt!);
  try {
    // `get` rather than `stat`: a header that is damaged, and a store that is not there, have their own names.
    const found = await deps.storage.get(key, { start: 0, end: 0 });
    found.destroy();
  } catch (error) {
    throw await explained(ctx, letter, document, error);
  }
}

/** Opened when the recipient has downloaded every document (SvarUt: the whole file was downloaded by the recipient). */
async function recordRead(
  ctx: Ctx,
  letter: Forsendelse,
  numbers: readonly number[],
  total: number,
): Promise<void> {
  await withTransaction(ctx, async (trx) => {
    const downloaded = await recordNedlastinger(trx, letter.id, ctx.actor.id, numbers);
    const leser = ctx.actor.id === letter.mottakerId ? 'mottaker' : 'annen';
    await insertHendelser(
      trx,
      numbers.map((nr) => ({ forsendelseId: letter.id, kode: 'dokument_lastet_ned', params: { nr, leser } })),
    );
    if (downloaded >= total) await recordOpened(trx, letter);
  });
}

/** `error` as the reader is to see it; a lost or damaged object is written down first. */
async function explained(
  ctx: Ctx,
  letter: Forsendelse,
  document: Dokument,
  error: unknown,
): Promise<unknown> {
  const fault = objectFault(error);
  if (fault === undefined) return error;
  // Deleted between the look at its row and now: that is no fault.
  if (fault === 'missing' && !(await isStillThere(ctx, letter, document))) return PostError.notFound();
  await noteFault(ctx, letter, document, fault);
  return PostError.documentUnavailable({ cause: error });
}

async function recordFault(ctx: Ctx, letter: Forsendelse, document: Dokument, error: unknown): Promise<void> {
  const fault = objectFault(error);
  if (fault !== undefined) await noteFault(ctx, letter, document, fault);
}

async function isStillThere(ctx: Ctx, letter: Forsendelse, document: Dokument): Promise<boolean> {
  const rows = await withTransaction(ctx, (trx) => findDokumenter(trx, [letter.id]));
  return rows.some(({ nr, objekt }) => nr === document.nr && objekt === document.objekt);
}

/** The sender reads it in the letter's log, once; the person sees in hers that the document was not handed out. */
async function noteFault(
  ctx: Ctx,
  letter: Forsendelse,
  document: Dokument,
  fault: ObjectFault,
): Promise<void> {
  const { nr } = document;
  await withTransaction(ctx, async (trx) => {
    await insertHendelseOnce(trx, {
      forsendelseId: letter.id,
      kode: 'dokument_utilgjengelig',
      params: { nr },
    });
    await audit(trx, [
      {
        operation: 'post.dokument.apnet',
        object: letter.id,
        informationKind: 'brev',
        outcome: 'failed',
        detail: { nr, fault },
        ...(letter.mottakerId ? { subject: letter.mottakerId } : {}),
      },
    ]);
  });
}
