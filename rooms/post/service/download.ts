import { Readable } from 'node:stream';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { ZipFile } from 'yazl';
import type { Download } from '../contract.ts';
import type { Dokument, Forsendelse } from '../store/forsendelse-store.ts';
import { insertHendelser } from '../store/hendelse-store.ts';
import { recordNedlastinger } from '../store/reader-store.ts';
import type { PostDeps } from './deps.ts';
import { markRead } from './mark-read.ts';
import { objectKey } from './object-key.ts';

/** `ctx.tenant` is the letter's tenant. */
export async function downloadOne(
  ctx: Ctx,
  deps: PostDeps,
  letter: Forsendelse,
  document: Dokument,
  total: number,
): Promise<Download> {
  return {
    filnavn: document.filnavn,
    mimeType: document.mimeType,
    storrelse: document.storrelse,
    body: await deps.storage.get(objectKey(letter.tenantId, document.objekt!)),
    completed: () => recordRead(ctx, letter, [document.nr], total),
  };
}

/** All documents as one ZIP, made while it is sent; the documents are opened one after the other. */
export function downloadAll(
  ctx: Ctx,
  deps: PostDeps,
  letter: Forsendelse,
  documents: readonly Dokument[],
): Download {
  const zip = new ZipFile();
  for (const document of documents) {
    // PDFs and images are compressed already.
    const options = { compress: false, mtime: letter.mottatt };
    zip.addReadStreamLazy(document.filnavn, options, (give) => {
      deps.storage.get(objectKey(letter.tenantId, document.objekt!)).then(
        (stream) => give(null, stream),
        (error: Error) => give(error, Readable.from([])),
      );
    });
  }
  const body = zip.outputStream as Readable;
  zip.on('error', (error: Error) => body.destroy(error));
  zip.end();
  return {
    filnavn: `brev-${letter.id}.zip`,
    mimeType: 'application/zip',
    storrelse: undefined,
    body,
    completed: () =>
      recordRead(
        ctx,
        letter,
        documents.map((document) => document.nr),
        documents.length,
      ),
  };
}

/** LEST when the recipient has downloaded every document (SvarUt: the whole file was downloaded by the recipient). */
async function recordRead(
  ctx: Ctx,
  letter: Forsendelse,
  numbers: readonly number[],
  total: number,
): Promise<void> {
  await withTransaction(ctx, async (trx) => {
    const downloaded = await recordNedlastinger(trx, letter.id, ctx.actor.id, numbers);
    await insertHendelser(
      trx,
      numbers.map((nr) => ({ forsendelseId: letter.id, kode: 'dokument_lastet_ned', params: { nr } })),
    );
    // Others whom the sender let in (eksponertFor) may read without the letter counting as opened.
    const isRecipient = ctx.actor.id === letter.mottakerId;
    if (isRecipient && downloaded >= total && letter.lest === null) await markRead(trx, letter.id, 'lest');
  });
}
