import { cmsDetail, decryptCms } from '@grunnmur/kernel/crypto';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { KernelError } from '@grunnmur/kernel/errors';
import { newId } from '@grunnmur/kernel/ids';
import { objectKey } from '@grunnmur/kernel/storage';
import { DocumentsError } from '../errors.ts';
import type { DokumentlagerDeps } from './deps.ts';
import { invalidField } from './field-report.ts';

/** Bytes that are safe in storage, and that no row names yet. */
export interface StoredObject {
  readonly id: string;
  readonly key: string;
  /** As they came in. */
  readonly sentBytes: number;
  /** As they are given out. */
  readonly plainBytes: number;
  /** Lower-case hex, of the bytes as they are given out. */
  readonly sha256: string;
}

/** CMS in pieces of 1000 bytes, as Java writes it, is 0.4 % larger than its content. */
const CMS_OVERHEAD = 1.02;
const CMS_HEADER_BYTES = 2 * 1024 * 1024;

/** Most bytes of an encrypted document. The decrypted ones have a limit of their own. */
export function maxSentBytes(maxBytes: number, kryptert: boolean): number {
  return kryptert ? Math.ceil(maxBytes * CMS_OVERHEAD) + CMS_HEADER_BYTES : maxBytes;
}

/**
 * Streams a document into storage. An encrypted one is decrypted on its way in: what cannot be decrypted is refused
 * before anything is accepted, the size is known for `Content-Length`, any part can be read (`Range`), and a later
 * renewal of the platform's key touches no stored document. The store encrypts everything with a key of the tenant.
 * When it throws, nothing is left.
 */
export async function storeObject(
  ctx: Ctx,
  deps: DokumentlagerDeps,
  tenant: string,
  source: AsyncIterable<Uint8Array>,
  kryptert: boolean,
): Promise<StoredObject> {
  const id = newId();
  const key = objectKey(tenant, id);
  const { maxBytes } = deps.limits;
  const sent = { bytes: 0 };
  const counted = count(source, sent, maxSentBytes(maxBytes, kryptert), maxBytes);
  const plain = kryptert ? decryptCms(counted, deps.decryptionKeys) : counted;
  try {
    const stored = await deps.storage.put(key, plain, {
      maxBytes,
      ...(ctx.signal ? { signal: ctx.signal } : {}),
    });
    if (stored.size > 0) {
      return { id, key, sentBytes: sent.bytes, plainBytes: stored.size, sha256: stored.sha256 };
    }
  } catch (error) {
    throw asUploadError(error);
  }
  await deps.storage.remove([key]);
  throw kryptert ? undecryptable(CONTENT_DETAIL) : invalidField('dokument', 'empty', 'er tomt');
}

/** Removes bytes that will not get a row. What cannot be removed now is the sweeper's. */
export async function discardObject(ctx: Ctx, deps: DokumentlagerDeps, key: string): Promise<void> {
  await deps.storage
    .remove([key])
    .catch((error: unknown) => ctx.log.warn({ err: error }, 'object left for the sweeper'));
}

async function* count(
  source: AsyncIterable<Uint8Array>,
  sent: { bytes: number },
  max: number,
  limit: number,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    sent.bytes += chunk.length;
    if (sent.bytes > max) throw KernelError.tooLarge({ params: { limit } });
    yield chunk;
  }
}

/** One answer for all that the decrypted bytes decide, so that nobody can decrypt by trial (RFC 3218). */
const CONTENT_DETAIL = 'innholdet kan ikke åpnes, eller er tomt';

function asUploadError(error: unknown): unknown {
  const { name, code } = error as { name?: string; code?: string };
  if (name !== 'CmsError') return error;
  return undecryptable(cmsDetail(code) ?? CONTENT_DETAIL, error);
}

function undecryptable(detail: string, cause?: unknown) {
  return DocumentsError.undecryptable({ params: { detail }, cause });
}
