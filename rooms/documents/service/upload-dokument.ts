import type { IntegrationPrincipal } from '@grunnmur/access';
import type { Konto } from '@grunnmur/exchange';
import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { isRolledBack, withTransaction } from '@grunnmur/kernel/db';
import { isAppError, KernelError } from '@grunnmur/kernel/errors';
import { insertDokument } from '../store/dokument-store.ts';
import type { DokumentlagerDeps } from './deps.ts';
import { invalidField, parseJsonObject } from './field-report.ts';
import { type KontoPath, ownKonto } from './own-konto.ts';
import { type NyttDokument, readMetadata } from './read-metadata.ts';
import { discardObject, type StoredObject, storeObject } from './store-object.ts';
import { tilgjengeligTil } from './tilgjengelighet.ts';
import { usesOf } from './traces.ts';

interface UploadPart {
  readonly name: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface Upload extends KontoPath {
  /** The sender has encrypted the document for the platform's certificate. */
  readonly kryptert: boolean;
  /** `metadata` and `dokument`, in either order; others are passed over. */
  readonly parts: AsyncIterable<UploadPart>;
}

export interface UploadResult {
  readonly id: string;
  readonly dokumentnavn: string;
  readonly mimeType: string;
  readonly ukryptertStorrelse: number;
  readonly kryptertStorrelse: number;
}

interface Received {
  metadata?: NyttDokument;
  object?: StoredObject;
}

/** Takes a document: rules, bytes to storage, one durable commit. Nothing remains of one that is refused. */
export async function uploadDokument(
  ctx: Ctx,
  deps: DokumentlagerDeps,
  principal: IntegrationPrincipal,
  upload: Upload,
): Promise<UploadResult> {
  const own = await ownKonto(ctx, deps, principal, upload);
  const received: Received = {};
  try {
    await receive(own.ctx, deps, own.konto, upload, received);
    // An upload may last long: the konto may be gone meanwhile.
    await ownKonto(ctx, deps, principal, upload);
  } catch (error) {
    if (received.object) await discardObject(own.ctx, deps, received.object.key);
    throw error;
  }
  return commit(own.ctx, deps, own.konto, upload.kryptert, received.metadata!, received.object!);
}

async function receive(
  ctx: Ctx,
  deps: DokumentlagerDeps,
  konto: Konto,
  upload: Upload,
  received: Received,
): Promise<void> {
  for await (const part of upload.parts) {
    if (part.name === 'metadata') {
      if (received.metadata) throw invalidField('metadata', 'once', 'finnes mer enn én gang');
      const bytes = await readSmall(part.body, deps.limits.maxJsonBytes);
      received.metadata = readMetadata(parseJsonObject(bytes, 'metadata'), ctx.now(), deps);
    } else if (part.name === 'dokument') {
      if (received.object) throw invalidField('dokument', 'once', 'finnes mer enn én gang');
      received.object = await storeObject(ctx, deps, konto.tenant, part.body, upload.kryptert);
    }
  }
  if (!received.metadata) throw invalidField('metadata', 'required', 'mangler');
  if (!received.object) throw invalidField('dokument', 'required', 'mangler');
}

async function readSmall(body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw KernelError.tooLarge({ params: { limit } });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** When it cannot be known whether the commit happened, the object stays and the sweeper decides by the row. */
async function commit(
  ctx: Ctx,
  deps: DokumentlagerDeps,
  konto: Konto,
  kryptert: boolean,
  metadata: NyttDokument,
  object: StoredObject,
): Promise<UploadResult> {
  try {
    await withTransaction(ctx, async (trx) => {
      await insertDokument(trx, {
        id: object.id,
        tenant_id: konto.tenant,
        konto_id: konto.id,
        navn: metadata.navn,
        mimetype: metadata.mimetype,
        kryptert,
        kryptert_storrelse: object.sentBytes,
        ukryptert_storrelse: object.plainBytes,
        sha256: Buffer.from(object.sha256, 'hex'),
        sikkerhetsniva: metadata.sikkerhetsniva,
        eksponert_for: metadata.eksponertFor,
        korrelasjonsid: metadata.korrelasjonsid ?? null,
        ikke_lagre_lastet_ned: metadata.ikkeLagreLastetNed,
        tilgjengelig_til: tilgjengeligTil(metadata.tilgjengelighet, ctx.now()),
        opprettet: ctx.now(),
        opprettet_av: `${ctx.actor.kind}:${ctx.actor.id}`,
      });
      await audit(
        trx,
        usesOf('exchange.dokument.lastet_opp', { id: object.id, eksponert_for: metadata.eksponertFor }),
      );
    });
  } catch (error) {
    if (!isAppError(error) && !isRolledBack(error)) throw KernelError.unavailable({ cause: error });
    await discardObject(ctx, deps, object.key);
    throw error;
  }
  return {
    id: object.id,
    dokumentnavn: metadata.navn,
    mimeType: metadata.mimetype,
    ukryptertStorrelse: object.plainBytes,
    kryptertStorrelse: object.sentBytes,
  };
}
