import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import type { GiveWay, JobDefinition } from '@grunnmur/kernel/jobs';
import { objectKey } from '@grunnmur/kernel/storage';
import type { JobTicket, SendOutcome } from '../external/index.ts';
import type { MergeDocument, MergeResult } from '../pdf/index.ts';
import { changeStatus } from '../service/apply-outcomes.ts';
import { postageZone } from '../service/countries.ts';
import type { PostDeps, Tenant } from '../service/deps.ts';
import { frontPageInput } from '../service/front-page-for.ts';
import type { KontoSettings } from '../service/konto-settings.ts';
import { cancelPrint } from '../service/mark-read.ts';
import { type Dokument, type Forsendelse, findDokumenter } from '../store/forsendelse-store.ts';
import { settingsOf } from './deliver-altinn.ts';
import { deliverJob } from './deliver-channel.ts';

/** Merges front page and documents into one PDF and hands it to the print supplier with a job ticket. */
export function deliverPrintJob(deps: PostDeps, giveWay?: GiveWay): JobDefinition<{ id: string }> {
  return deliverJob({
    giveWay,
    kanal: 'print',
    batch: 8,
    concurrency: 1,
    parallel: 2,
    prepare: async (ctx, letters) => {
      const tenant = await deps.tenant(ctx.tenant!);
      const { settings, documents } = await withTransaction(ctx, async (trx) => ({
        settings: await settingsOf(trx, letters),
        documents: Map.groupBy(
          await findDokumenter(
            trx,
            letters.map((letter) => letter.id),
          ),
          (document) => document.forsendelseId,
        ),
      }));
      return (sendCtx, letter) =>
        print(sendCtx, deps, {
          letter,
          tenant,
          settings: settings.get(letter.kontoId)!,
          documents: documents.get(letter.id) ?? [],
        });
    },
    sent: (trx, letters) => markPrinted(trx, letters),
  });
}

interface PrintInput {
  readonly letter: Forsendelse;
  readonly tenant: Tenant;
  readonly settings: KontoSettings;
  readonly documents: readonly Dokument[];
}

async function print(ctx: Ctx, deps: PostDeps, input: PrintInput): Promise<SendOutcome> {
  const printed = input.documents.filter(
    (document) => !document.ekskluderesFraUtskrift && document.sider !== null,
  );
  const frontPage = await deps.pdf.frontPage(
    frontPageInput({ ...input, documents: printed, now: ctx.now() }),
  );
  // The merged file needs no row: it is made again at a retry, and the sweeper removes one that a crash left behind.
  const key = objectKey(ctx.tenant!, newId());
  try {
    const merged = await mergeTo(deps, key, frontPage, input, printed);
    const pdf = await deps.storage.get(key);
    return await deps.channels.print.send(
      { ...ticket(input, printed, merged), pdf, size: merged.bytes },
      ctx.signal,
    );
  } finally {
    await deps.storage.remove([key]);
  }
}

async function mergeTo(
  deps: PostDeps,
  key: string,
  frontPage: Uint8Array,
  { letter }: PrintInput,
  documents: readonly Dokument[],
): Promise<MergeResult> {
  const copies: { dispose(): Promise<void> }[] = [];
  try {
    const sources: MergeDocument[] = [];
    for (const document of documents) {
      const copy = await deps.storage.localCopy(objectKey(letter.tenantId, document.objekt!));
      copies.push(copy);
      sources.push({
        sealedPath: copy.path,
        dataKey: copy.dataKey,
        size: document.storrelse,
        giroPages: document.giroarkSider,
      });
    }
    const merge = deps.pdf.mergeStream({
      frontPage,
      documents: sources,
      doubleSided: letter.innhold.utskrift.tosidig,
    });
    const [result] = await Promise.all([merge.result, deps.storage.put(key, merge.blocks)]);
    return result;
  } finally {
    for (const copy of copies) await copy.dispose();
  }
}

/** More sheets than a C5 envelope holds go into C4. */
const C5_SHEETS = 10;

function ticket(
  { letter, tenant }: PrintInput,
  documents: readonly Dokument[],
  merged: MergeResult,
): JobTicket {
  const giroPages = documents.flatMap((document, index) =>
    document.giroarkSider.map((page) => merged.documents[index]!.firstPage + page - 1),
  );
  return {
    jobId: letter.id,
    senderOrgnr: tenant.orgnr,
    ...(letter.innhold.konteringskode ? { invoiceReference: letter.innhold.konteringskode } : {}),
    pages: merged.pages,
    sheets: merged.sheets,
    doubleSided: letter.innhold.utskrift.tosidig,
    colour: letter.innhold.utskrift.farger,
    envelope: merged.sheets > C5_SHEETS ? 'C4' : 'C5',
    postage: { class: 'B', zone: postageZone(letter.innhold.mottaker.adresse?.land) },
    giroPages,
  };
}

/** A letter that was read while it was being handed over is no longer to be printed. */
async function markPrinted(trx: Trx, letters: readonly Forsendelse[]): Promise<void> {
  const moved = await changeStatus(
    trx,
    'SENDT_PRINT',
    letters.map(({ id }) => ({ id, kanal: 'print' as const, kode: 'sendt_print' })),
  );
  const overtaken = letters.filter(({ id }) => !moved.has(id)).map(({ id }) => id);
  await cancelPrint(trx, overtaken);
}
