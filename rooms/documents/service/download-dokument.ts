import type { Readable } from 'node:stream';
import { audit } from '@grunnmur/kernel/audit';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { isUuid, newId } from '@grunnmur/kernel/ids';
import { type ByteRange, objectFault, objectKey } from '@grunnmur/kernel/storage';
import { DocumentsError } from '../errors.ts';
import { type DokumentRow, findForDownload, insertNedlasting } from '../store/dokument-store.ts';
import type { DokumentlagerDeps } from './deps.ts';
import type { EksponertFor } from './eksponert-for.ts';
import { isGone } from './removal.ts';
import { type DokumentUse, personsOf } from './traces.ts';

/** Who asks for a document: an integration that has logged in, or a person with the level of the login. */
export type Leser =
  | { readonly kind: 'integrasjon'; readonly integrasjonId: string }
  | { readonly kind: 'person'; readonly fnr: string; readonly level: 3 | 4 };

export interface DokumentMetadata {
  readonly id: string;
  readonly dokumentnavn: string;
  readonly mimeType: string;
  readonly kryptertStorrelse: number;
  readonly ukryptertStorrelse: number;
  readonly korrelasjonsid?: string;
}

export interface Nedlasting {
  readonly metadata: DokumentMetadata;
  /** Bytes as they are given out: what `Content-Length` and ranges count. */
  readonly storrelse: number;
  /** Strong: SHA-256 of the bytes, lower-case hex. */
  readonly sha256: string;
  /**
   * The bytes, or a part of them. Throws `exchange.dokument_gone` when they are removed right now, and `storage.missing`
   * or `storage.corrupt` (500) when they are lost or damaged.
   */
  open(range?: ByteRange): Promise<Readable>;
  /** Call when the last byte has been handed over: the sender's log says that the document was fetched. */
  completed(): Promise<void>;
  /** Call when the bytes failed: the log says that the document was not handed out. */
  failed(error: Error): Promise<void>;
}

/**
 * A document for one who may have it (fiks-io §2.6). Throws `exchange.dokument_not_found` (404),
 * `exchange.dokument_not_exposed` (403), and `exchange.dokument_gone` (410) when it is deleted or past its time.
 */
export async function openDokument(
  ctx: Ctx,
  deps: DokumentlagerDeps,
  leser: Leser,
  id: string,
): Promise<Nedlasting> {
  const row = await requireReadable(ctx, deps, leser, id);
  const own = withCtx(ctx, { tenant: row.tenant_id });
  await auditRead(own, row, leser, 'exchange.dokument.lest');
  const failed = async (error: unknown) => {
    const fault = objectFault(error);
    if (fault) await auditRead(own, row, leser, 'exchange.dokument.lest', { outcome: 'failed', fault });
  };
  return {
    metadata: toMetadata(row),
    storrelse: row.ukryptert_storrelse,
    sha256: row.sha256.toString('hex'),
    open: async (range) => {
      try {
        return await deps.storage.get(objectKey(row.tenant_id, row.id), range);
      } catch (error) {
        // Removed between the look at its row and now: that is no fault.
        const isMissing = objectFault(error) === 'missing';
        if (isMissing && isGone(await requireRow(ctx, row.id), ctx.now()))
          throw DocumentsError.dokumentGone({ cause: error });
        await failed(error);
        throw error;
      }
    },
    failed,
    completed: async () => {
      if (row.ikke_lagre_lastet_ned) return;
      await withTransaction(own, (trx) => insertNedlasting(trx, newId(), row.id));
    },
  };
}

/** What is known of a document, for one who may have it; throws as {@link openDokument}. */
export async function readDokumentMetadata(
  ctx: Ctx,
  deps: DokumentlagerDeps,
  leser: Leser,
  id: string,
): Promise<DokumentMetadata> {
  const row = await requireReadable(ctx, deps, leser, id);
  await auditRead(withCtx(ctx, { tenant: row.tenant_id }), row, leser, 'exchange.dokument.metadata_lest');
  return toMetadata(row);
}

async function requireReadable(
  ctx: Ctx,
  deps: DokumentlagerDeps,
  leser: Leser,
  id: string,
): Promise<DokumentRow> {
  const row = await requireRow(ctx, id);
  if (!(await mayRead(ctx, deps, leser, row))) throw DocumentsError.dokumentNotExposed();
  if (isGone(row, ctx.now())) throw DocumentsError.dokumentGone();
  return row;
}

async function requireRow(ctx: Ctx, id: string): Promise<DokumentRow> {
  const row = isUuid(id) ? await withTransaction(ctx, (trx) => findForDownload(trx, id)) : undefined;
  if (!row) throw DocumentsError.dokumentNotFound();
  return row;
}

/**
 * An integration may have what it is named for, and what belongs to its own konto: its uploads, or the payloads of
 * messages to it. A person may have what is opened to her, at the level of the login that the document asks for.
 * ORGANISASJON, AUTORISASJON and MATRIKKELENHET say which persons may act for somebody else; nobody here can tell yet,
 * so they open a document to nobody.
 */
async function mayRead(
  ctx: Ctx,
  deps: Pick<DokumentlagerDeps, 'kontoer'>,
  leser: Leser,
  row: DokumentRow,
): Promise<boolean> {
  const eksponertFor = row.eksponert_for as readonly EksponertFor[];
  if (leser.kind === 'person') {
    const named = eksponertFor.some((entry) => entry.type === 'PERSON' && entry.fnr === leser.fnr);
    return named && leser.level >= row.sikkerhetsniva;
  }
  if (eksponertFor.some((entry) => entry.type === 'INTEGRASJON' && entry.id === leser.integrasjonId))
    return true;
  const konto = await deps.kontoer.find(ctx, row.konto_id);
  return konto !== undefined && !konto.slettet && konto.integrasjonId === leser.integrasjonId;
}

/**
 * Readings are in the access log of the organisation that owns the document. Payloads are not: they are encrypted from
 * system to system, and the message's own timeline says when it was delivered.
 */
async function auditRead(
  ctx: Ctx,
  row: DokumentRow,
  leser: Leser,
  operation: DokumentUse,
  { outcome = 'ok', ...detail }: { outcome?: 'ok' | 'failed'; fault?: string } = {},
): Promise<void> {
  if (row.nyttelast) return;
  const [only, ...others] = personsOf(row);
  const subject = leser.kind === 'person' ? leser.fnr : others.length === 0 ? only : undefined;
  await withTransaction(ctx, (trx) =>
    audit(trx, [
      {
        operation,
        object: row.id,
        informationKind: 'dokument',
        outcome,
        ...(detail.fault ? { detail } : {}),
        ...(subject === undefined ? {} : { subject }),
      },
    ]),
  );
}

function toMetadata(row: DokumentRow): DokumentMetadata {
  return {
    id: row.id,
    dokumentnavn: row.navn,
    mimeType: row.mimetype,
    kryptertStorrelse: row.kryptert_storrelse,
    ukryptertStorrelse: row.ukryptert_storrelse,
    ...(row.korrelasjonsid === null ? {} : { korrelasjonsid: row.korrelasjonsid }),
  };
}
