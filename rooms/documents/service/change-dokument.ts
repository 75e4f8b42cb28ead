import type { IntegrationPrincipal } from '@grunnmur/access';
import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { isUuid } from '@grunnmur/kernel/ids';
import { enqueue } from '@grunnmur/kernel/jobs';
import { DocumentsError } from '../errors.ts';
import {
  type DokumentRow,
  findOwn,
  hasKorrelasjon,
  markDeleted,
  searchKorrelasjon,
  setTilgjengeligTil,
} from '../store/dokument-store.ts';
import type { DokumentlagerDeps } from './deps.ts';
import { checked, type JsonObject } from './field-report.ts';
import { type KontoPath, ownKonto } from './own-konto.ts';
import { readKorrelasjonsid } from './read-metadata.ts';
import { DELETE_KORRELASJON, isGone, type KorrelasjonPayload, recordDeletion } from './removal.ts';
import { readTilgjengelighet, tilgjengeligTil } from './tilgjengelighet.ts';
import { auditSearch, usesOf } from './traces.ts';

interface Treff {
  readonly id: string;
  readonly dokumentnavn: string;
  readonly kryptertStorrelse: number;
  readonly ukryptertStorrelse: number;
  readonly opprettet: string;
  readonly mimetype: string;
  readonly slettet: boolean;
  readonly korrelasjonsid: string;
}

export interface Sokeresultat {
  readonly totaltAntallTreff: number;
  readonly dokumenter: readonly Treff[];
}

/** Most hits of one answer. */
const MAX_HITS = 1000;

/** Gives a document another time to live, counted from now. */
export async function changeTilgjengelighet(
  ctx: Ctx,
  deps: DokumentlagerDeps,
  principal: IntegrationPrincipal,
  path: KontoPath & { readonly dokumentId: string },
  body: JsonObject,
): Promise<{ id: string; tilgjengeligTil: string | null }> {
  const own = await ownKonto(ctx, deps, principal, path);
  const wish = checked((report) => readTilgjengelighet(body, ctx.now(), report));
  const til = tilgjengeligTil(wish, ctx.now());
  return withTransaction(own.ctx, async (trx) => {
    const dokument = await requireOwn(trx, own.konto.id, path.dokumentId);
    await setTilgjengeligTil(trx, dokument.id, til);
    await audit(trx, usesOf('exchange.dokument.endret', dokument));
    return { id: dokument.id, tilgjengeligTil: til?.toISOString() ?? null };
  });
}

/** Takes a document back: gone for every reader at once, its bytes soon after the commit. */
export async function deleteDokument(
  ctx: Ctx,
  deps: DokumentlagerDeps,
  principal: IntegrationPrincipal,
  path: KontoPath & { readonly dokumentId: string },
): Promise<void> {
  const own = await ownKonto(ctx, deps, principal, path);
  await withTransaction(own.ctx, async (trx) => {
    const dokument = await requireOwn(trx, own.konto.id, path.dokumentId);
    await recordDeletion(trx, await markDeleted(trx, [dokument.id]));
  });
}

/** Takes back everything uploaded with the korrelasjonsid until now, by a job (fiks-io §2.6: asynchronously). */
export async function deleteKorrelasjon(
  ctx: Ctx,
  deps: DokumentlagerDeps,
  principal: IntegrationPrincipal,
  path: KontoPath & { readonly korrelasjonsid: string },
): Promise<void> {
  const own = await ownKonto(ctx, deps, principal, path);
  const korrelasjonsid = checked((report) => readKorrelasjonsid(path.korrelasjonsid, report))!;
  await withTransaction(own.ctx, async (trx) => {
    if (!(await hasKorrelasjon(trx, own.konto.id, korrelasjonsid))) throw DocumentsError.dokumentNotFound();
    const payload: KorrelasjonPayload = {
      kontoId: own.konto.id,
      korrelasjonsid,
      until: ctx.now().toISOString(),
    };
    await enqueue(trx, [
      { queue: DELETE_KORRELASJON, tenant: own.konto.tenant, payload, subject: own.konto.id },
    ]);
    await audit(trx, [
      {
        operation: 'exchange.korrelasjon.slettet',
        object: korrelasjonsid,
        informationKind: 'dokument',
        outcome: 'ok',
      },
    ]);
  });
}

/** Documents of the konto with a korrelasjonsid, deleted ones too. `fra` counts from 0; `til` is one past the last. */
export async function searchDokumenter(
  ctx: Ctx,
  deps: DokumentlagerDeps,
  principal: IntegrationPrincipal,
  path: KontoPath,
  query: { readonly fra: unknown; readonly til: unknown },
  body: JsonObject,
): Promise<Sokeresultat> {
  const own = await ownKonto(ctx, deps, principal, path);
  const { korrelasjonsid, offset, limit } = readSearch(query, body);
  const { total, rows } = await withTransaction(own.ctx, async (trx) => {
    const found = await searchKorrelasjon(trx, { kontoId: own.konto.id, korrelasjonsid, offset, limit });
    await auditSearch(trx, korrelasjonsid, found.rows);
    return found;
  });
  return { totaltAntallTreff: total, dokumenter: rows.map((row) => toTreff(row, ctx.now())) };
}

function readSearch(
  query: { readonly fra: unknown; readonly til: unknown },
  body: JsonObject,
): { korrelasjonsid: string; offset: number; limit: number } {
  return checked((report) => {
    const position = (name: 'fra' | 'til', fallback: number): number => {
      const value = query[name];
      // The Java client writes a position that is not set as "null".
      if (value === undefined || value === '' || value === 'null') return fallback;
      if (typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
      report(name, 'integer', 'må være et heltall fra 0');
      return fallback;
    };
    if ((body.korrelasjonsid ?? undefined) === undefined) report('korrelasjonsid', 'required', 'mangler');
    const korrelasjonsid = readKorrelasjonsid(body.korrelasjonsid, report) ?? '';
    const offset = position('fra', 0);
    const end = position('til', offset + 100);
    if (end < offset) report('til', 'minimum', 'må være minst fra');
    return { korrelasjonsid, offset, limit: Math.min(Math.max(end - offset, 0), MAX_HITS) };
  });
}

function toTreff(row: DokumentRow, now: Date): Treff {
  return {
    id: row.id,
    dokumentnavn: row.navn,
    kryptertStorrelse: row.kryptert_storrelse,
    ukryptertStorrelse: row.ukryptert_storrelse,
    opprettet: row.opprettet.toISOString(),
    mimetype: row.mimetype,
    slettet: isGone(row, now),
    korrelasjonsid: row.korrelasjonsid!,
  };
}

async function requireOwn(trx: Trx, kontoId: string, dokumentId: string): Promise<DokumentRow> {
  const row = isUuid(dokumentId) ? await findOwn(trx, kontoId, dokumentId) : undefined;
  if (!row) throw DocumentsError.dokumentNotFound();
  if (isGone(row, trx.ctx.now())) throw DocumentsError.dokumentGone();
  return row;
}
