import type { Ctx } from '@grunnmur/kernel/ctx';
import { createGroupCommit, withTransaction } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import { PostError } from '../errors.ts';
import { insertReservedId } from '../store/accept-store.ts';
import {
  type Dokument,
  type Forsendelse,
  findByEksternReferanse,
  findDokumenter,
  findForsendelser,
  findKonto,
} from '../store/forsendelse-store.ts';
import { listHendelser } from '../store/hendelse-store.ts';
import { findMottakersystemer, listForsendelsestyper } from '../store/konto-store.ts';
import { readStatuses } from '../store/status-store.ts';
import type { DokumentMetadata, ForsendelseStatus, KontoRef } from '../types.ts';
import { acceptForsendelse, type LetterCommits } from './accept-forsendelse.ts';
import { createCaptureBudget } from './capture-small.ts';
import { commitAccepted } from './commit-accepted.ts';
import { deleteStoredDocuments } from './delete-documents.ts';
import type { PostDeps } from './deps.ts';
import { toHendelse } from './hendelse-text.ts';
import { markReadExternally } from './mark-read.ts';
import type { PostService } from './post-service.ts';
import { signingHistory } from './signing-history.ts';
import { auditReads, ownRead, type ReadOperation, recordRefusals, traceRefusal } from './traces.ts';

/** Answers for one reference at most; a reference is not unique, but nobody reads more. */
const MAX_BY_REFERENCE = 1000;

/** Memory for inspecting small documents of all uploads together; documents beyond it are read back from storage. */
const CAPTURE_BYTES = 64 * 1024 * 1024;

/** The service that every face of the post room calls; `onUnderWay` hears how many letters are being accepted. */
export function createPostService(deps: PostDeps, onUnderWay?: (letters: number) => void): PostService {
  const commits: LetterCommits = createGroupCommit(
    (ctx, letters) => commitAccepted(ctx, letters, deps.limits.duplicateWindowMs),
    { exclusive: (letter) => letter.exclusive, ...(onUnderWay ? { onUnderWay } : {}) },
  );
  const acceptDeps = { ...deps, captureBudget: createCaptureBudget(CAPTURE_BYTES) };
  return {
    accept: (ctx, input) => acceptForsendelse(ctx, acceptDeps, commits, input),
    reserveId: (ctx, konto) => reserveId(ctx, konto),
    locate,
    statuses,
    history: (ctx, konto, id) =>
      ownRead(ctx, konto, id, 'post.forsendelse.hendelser_lest', async (trx) =>
        (await listHendelser(trx, id)).map(toHendelse),
      ),
    signingHistory: (ctx, konto, id) =>
      ownRead(ctx, konto, id, 'post.forsendelse.signering_lest', async (trx, letter) =>
        signingHistory(letter, await findDokumenter(trx, [id]), ctx.now()),
      ),
    metadata: (ctx, konto, id) =>
      ownRead(ctx, konto, id, 'post.forsendelse.metadata_lest', async (trx, letter) =>
        (await findDokumenter(trx, [id])).map((document) => toMetadata(deps, letter, document)),
      ),
    markRead: (ctx, konto, id, read) =>
      traceRefusal(ctx, 'post.forsendelse.lest_eksternt', [id], () =>
        markReadExternally(ctx, konto, id, read),
      ),
    deleteDocuments: (ctx, konto, ids) => deleteDocuments(ctx, deps, konto, ids),
    forsendelsestyper: (ctx) => withTransaction(ctx, listForsendelsestyper),
    mottakersystemer: (ctx, { orgnr, ...filter }) =>
      withTransaction(ctx, (trx) =>
        findMottakersystemer(trx, { ...filter, ...(orgnr ? { orgnr: [orgnr] } : {}) }),
      ),
    findByEksternReferanse: (ctx, konto, reference) =>
      withTransaction(ctx, async (trx) => {
        const rows = await findByEksternReferanse(trx, konto.id, reference, MAX_BY_REFERENCE);
        await auditReads(trx, 'post.forsendelse.sokt', rows);
        return rows.map(({ avgivendeSystem, id, dato }) => ({
          id,
          dato,
          ...(avgivendeSystem ? { avgivendeSystem } : {}),
        }));
      }),
  };
}

async function reserveId(ctx: Ctx, konto: KontoRef): Promise<{ id: string }> {
  const id = newId();
  await withTransaction(ctx, (trx) => insertReservedId(trx, id, konto.id));
  return { id };
}

async function statuses(ctx: Ctx, konto: KontoRef, ids: readonly string[]): Promise<ForsendelseStatus[]> {
  const rows = await withTransaction(ctx, async (trx) => {
    const found = await readStatuses(trx, konto.id, ids);
    await auditReads(trx, 'post.forsendelse.status_lest', found);
    return found;
  });
  if (rows.length < ids.length) {
    const known = new Set(rows.map(({ id }) => id));
    await recordRefusals(
      ctx,
      'post.forsendelse.status_lest',
      ids.filter((id) => !known.has(id)),
    );
  }
  return rows.map(({ mottakerId: _, ...status }) => status);
}

async function locate(
  ctx: Ctx,
  kontoer: readonly KontoRef[],
  forsendelseId: string,
  wanted: ReadOperation,
): Promise<KontoRef> {
  const owner = await withTransaction(ctx, (trx) => findKonto(trx, forsendelseId));
  const konto = kontoer.find((candidate) => candidate.id === owner?.id && candidate.tenant === owner.tenant);
  if (!konto) {
    await recordRefusals(ctx, wanted, [forsendelseId]);
    throw PostError.notFound();
  }
  return konto;
}

function toMetadata(deps: PostDeps, letter: Forsendelse, document: Dokument): DokumentMetadata {
  return {
    filnavn: document.filnavn,
    mimeType: document.mimeType,
    ...(document.dokumentType ? { dokumentType: document.dokumentType } : {}),
    storrelse: document.storrelse,
    sha256: document.sha256.toString('hex'),
    kanSigneres: document.skalSigneres,
    nedlastingUrl: `${deps.publicUrl}/forsendelse/${letter.id}/${document.nr}`,
    ekstraMetadata: document.ekstraMetadata,
    inneholderPersonsensitivInformasjon: document.sensitiv,
  };
}

/**
 * ORIGINALDOKUMENTER and ALLE differ only in whether a generated print file is kept; we keep none (it is made when
 * it is sent), so both delete the same. A letter that has not yet been handed to a channel is delivered no further.
 */
async function deleteDocuments(
  ctx: Ctx,
  deps: PostDeps,
  konto: KontoRef,
  ids: readonly string[],
): Promise<void> {
  const own = await withTransaction(ctx, async (trx) => {
    const letters = await findForsendelser(trx, ids);
    return new Set(letters.filter((letter) => letter.kontoId === konto.id).map((letter) => letter.id));
  });
  const others = ids.filter((id) => !own.has(id));
  if (others.length > 0) {
    await recordRefusals(ctx, 'post.dokumenter.slettet', others);
    throw PostError.notFound();
  }
  await deleteStoredDocuments(ctx, deps, ids, 'dokumenter_slettet');
}
