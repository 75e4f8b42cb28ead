import type { IntegrationPrincipal } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import {
  changeTilgjengelighet,
  deleteDokument,
  deleteKorrelasjon,
  type Sokeresultat,
  searchDokumenter,
} from './change-dokument.ts';
import type { DokumentlagerDeps } from './deps.ts';
import {
  type DokumentMetadata,
  type Leser,
  type Nedlasting,
  openDokument,
  readDokumentMetadata,
} from './download-dokument.ts';
import type { JsonObject } from './field-report.ts';
import type { KontoPath } from './own-konto.ts';
import { traceRefusal } from './traces.ts';
import { type Upload, type UploadResult, uploadDokument } from './upload-dokument.ts';

type DokumentPath = KontoPath & { readonly dokumentId: string };

/** Dokumentlager (fiks-io §2.6). `ctx` acts as the caller; its tenant does not matter. */
export interface Dokumentlager {
  upload(ctx: Ctx, principal: IntegrationPrincipal, upload: Upload): Promise<UploadResult>;
  /** `null`: available for ever. */
  changeTilgjengelighet(
    ctx: Ctx,
    principal: IntegrationPrincipal,
    path: DokumentPath,
    body: JsonObject,
  ): Promise<{ id: string; tilgjengeligTil: string | null }>;
  delete(ctx: Ctx, principal: IntegrationPrincipal, path: DokumentPath): Promise<void>;
  deleteKorrelasjon(
    ctx: Ctx,
    principal: IntegrationPrincipal,
    path: KontoPath & { readonly korrelasjonsid: string },
  ): Promise<void>;
  search(
    ctx: Ctx,
    principal: IntegrationPrincipal,
    path: KontoPath,
    query: { readonly fra: unknown; readonly til: unknown },
    body: JsonObject,
  ): Promise<Sokeresultat>;
  open(ctx: Ctx, leser: Leser, id: string): Promise<Nedlasting>;
  metadata(ctx: Ctx, leser: Leser, id: string): Promise<DokumentMetadata>;
}

export function createDokumentlager(deps: DokumentlagerDeps): Dokumentlager {
  return {
    upload: (ctx, principal, upload) => uploadDokument(ctx, deps, principal, upload),
    changeTilgjengelighet: (ctx, principal, path, body) =>
      traceRefusal(ctx, 'exchange.dokument.endret', { dokument: path.dokumentId }, () =>
        changeTilgjengelighet(ctx, deps, principal, path, body),
      ),
    delete: (ctx, principal, path) =>
      traceRefusal(ctx, 'exchange.dokument.slettet', { dokument: path.dokumentId }, () =>
        deleteDokument(ctx, deps, principal, path),
      ),
    deleteKorrelasjon: (ctx, principal, path) =>
      traceRefusal(ctx, 'exchange.korrelasjon.slettet', { korrelasjon: path.korrelasjonsid }, () =>
        deleteKorrelasjon(ctx, deps, principal, path),
      ),
    search: (ctx, principal, path, query, body) =>
      traceRefusal(ctx, 'exchange.dokument.sokt', { korrelasjon: body.korrelasjonsid }, () =>
        searchDokumenter(ctx, deps, principal, path, query, body),
      ),
    open: (ctx, leser, id) =>
      traceRefusal(ctx, 'exchange.dokument.lest', { dokument: id }, () => openDokument(ctx, deps, leser, id)),
    metadata: (ctx, leser, id) =>
      traceRefusal(ctx, 'exchange.dokument.metadata_lest', { dokument: id }, () =>
        readDokumentMetadata(ctx, deps, leser, id),
      ),
  };
}
