import { createHash } from 'node:crypto';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { KernelError } from '@grunnmur/kernel/errors';
import { newId } from '@grunnmur/kernel/ids';
import type { ObjectStore } from '@grunnmur/kernel/storage';
import { objectKey } from '@grunnmur/kernel/storage';
import type { Documents, StoredPayload } from '../../contract.ts';
import type { Konto } from '../../types.ts';
import type { MeldingLimits } from './limits.ts';

/** A payload that is safe, where its size wants it; not yet known to the database. */
export type Payload =
  | { readonly kind: 'none' }
  | { readonly kind: 'inline'; readonly bytes: Buffer; readonly sha256: string }
  | { readonly kind: 'object'; readonly objekt: string; readonly size: number; readonly sha256: string }
  | { readonly kind: 'document'; readonly stored: StoredPayload };

export interface PayloadDeps {
  readonly storage: ObjectStore;
  readonly documents: Pick<Documents, 'store'>;
  readonly limits: MeldingLimits;
}

/** The `data` part: whether it holds anything is known by its first byte, before it is stored. */
export interface OpenPayload {
  readonly chunks: AsyncIterator<Uint8Array>;
  readonly first: Uint8Array;
}

/** Undefined for an empty part: a message without payload (fiks-io §3.4: "has payload"). */
export async function openPayload(body: AsyncIterable<Uint8Array>): Promise<OpenPayload | undefined> {
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await chunks.next();
    if (done) return undefined;
    if (value.length > 0) return { chunks, first: value };
  }
}

/**
 * Streams the payload to where its size wants it, with constant memory: a row, an object, or Dokumentlager. The size is known
 * only at the end (§2.2: chunked), so what turns out too large for an object is carried on into Dokumentlager.
 */
export async function receivePayload(
  ctx: Ctx,
  deps: PayloadDeps,
  mottaker: Konto,
  payload: OpenPayload,
  announcedBytes: number | undefined,
): Promise<Payload> {
  const { limits } = deps;
  const start = await readUpTo(payload, limits.inlineMaxBytes);
  if (start.ended) {
    const bytes = Buffer.concat(start.chunks);
    return { kind: 'inline', bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  }
  // The whole call is a little more than its payload.
  const surelyLarge =
    (announcedBytes ?? 0) > limits.dokumentlagerOverBytes + limits.maxMetadataBytes + 65_536;
  if (surelyLarge) return storeDocument(ctx, deps, mottaker, follow(start.chunks, payload.chunks));
  return storeObject(ctx, deps, mottaker, start.chunks, payload.chunks);
}

/** Removes what was stored for a message that is not accepted after all. A document without its row goes with the sweeper. */
export async function discardPayload(deps: PayloadDeps, mottaker: Konto, payload: Payload): Promise<void> {
  if (payload.kind === 'object') await deps.storage.remove([objectKey(mottaker.tenant, payload.objekt)]);
}

async function storeObject(
  ctx: Ctx,
  deps: PayloadDeps,
  mottaker: Konto,
  start: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): Promise<Payload> {
  const { storage, limits } = deps;
  const objekt = newId();
  const key = objectKey(mottaker.tenant, objekt);
  const over: Uint8Array[] = [];
  const source = upTo(follow(start, rest), limits.dokumentlagerOverBytes, over);
  const { size, sha256 } = await storage.put(key, source, ctx.signal ? { signal: ctx.signal } : {});
  if (over.length === 0) return { kind: 'object', objekt, size, sha256 };
  try {
    return await storeDocument(ctx, deps, mottaker, joined(storage, key, over, rest));
  } finally {
    await storage.remove([key]);
  }
}

async function storeDocument(
  ctx: Ctx,
  deps: PayloadDeps,
  mottaker: Konto,
  source: AsyncIterable<Uint8Array>,
): Promise<Payload> {
  const stored = await deps.documents.store(ctx, {
    source,
    maxBytes: deps.limits.maxPayloadBytes,
    mottaker,
    ...(ctx.signal ? { signal: ctx.signal } : {}),
  });
  return { kind: 'document', stored };
}

async function readUpTo({ first, chunks }: OpenPayload, max: number) {
  const read = [first];
  let size = first.length;
  while (size <= max) {
    const { done, value } = await chunks.next();
    if (done) return { chunks: read, ended: true };
    read.push(value);
    size += value.length;
  }
  return { chunks: read, ended: false };
}

async function* follow(start: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>) {
  yield* start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** Ends where `max` would be passed; the chunk that would pass it is left in `over`. */
async function* upTo(source: AsyncGenerator<Uint8Array>, max: number, over: Uint8Array[]) {
  let size = 0;
  for (let next = await source.next(); !next.done; next = await source.next()) {
    size += next.value.length;
    if (size > max) {
      over.push(next.value);
      return;
    }
    yield next.value;
  }
}

async function* joined(
  storage: ObjectStore,
  key: string,
  over: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* await storage.get(key);
  yield* follow(over, rest);
}

/** What the whole call may announce; more is refused before a byte of it is read. */
export function refuseAnnounced(announcedBytes: number | undefined, limits: MeldingLimits): void {
  if ((announcedBytes ?? 0) > limits.maxPayloadBytes + limits.maxMetadataBytes + 65_536)
    throw KernelError.tooLarge({ params: { limit: limits.maxPayloadBytes } });
}
