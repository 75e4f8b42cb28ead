import { decryptCms } from '@grunnmur/kernel/crypto';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { isAppError } from '@grunnmur/kernel/errors';
import { newId } from '@grunnmur/kernel/ids';
import { PostError } from '../errors.ts';
import type { FilePart, NyForsendelse, NyttDokument } from '../types.ts';
import { captureSmall } from './capture-small.ts';
import type { AcceptDeps, PostDeps } from './deps.ts';
import { inspectPdf } from './inspect-pdf.ts';
import { objectKey } from './object-key.ts';

/** A document whose bytes are safe on disk, not yet known to the database. */
export interface StoredDocument {
  readonly dokument: NyttDokument;
  readonly objekt: string;
  readonly storrelse: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Undefined for other types than PDF. */
  readonly sider: number | undefined;
}

/** Documents up to this size are inspected from memory; larger ones from the stored, encrypted file. */
const IN_MEMORY_BYTES = 4 * 1024 * 1024;

/**
 * Streams the uploaded files to storage in the order of the metadata (SvarUt: matched by file name, same order, part
 * names ignored), decrypts what was submitted encrypted, and inspects every PDF. `stored` is filled as it goes, so
 * that the caller can remove everything when a later file fails.
 */
export async function receiveDocuments(
  ctx: Ctx,
  deps: AcceptDeps,
  forsendelse: NyForsendelse,
  files: AsyncIterable<FilePart>,
  stored: StoredDocument[],
): Promise<void> {
  const expected = forsendelse.dokumenter;
  const limit = forsendelse.kunDigitalLevering ? deps.limits.maxDigitalBytes : deps.limits.maxPrintableBytes;
  let left = limit;
  for await (const part of files) {
    const dokument = expectedDocument(expected, stored.length, part);
    const document = await storeDocument(ctx, deps, forsendelse, dokument, part, left, limit);
    left -= document.storrelse;
    stored.push(document);
  }
  const missing = expected[stored.length];
  if (missing) throw invalidFile(missing.filnavn, 'mangler i meldingen');
}

function expectedDocument(expected: readonly NyttDokument[], index: number, part: FilePart): NyttDokument {
  const dokument = expected[index];
  const name = part.filename ?? '(uten filnavn)';
  if (!dokument) throw invalidFile(name, 'finnes ikke i metadata');
  if (dokument.filnavn.normalize() === part.filename?.normalize()) return dokument;
  const elsewhere = expected.some((other) => other.filnavn.normalize() === part.filename?.normalize());
  throw invalidFile(
    name,
    elsewhere
      ? `kommer i annen rekkefølge enn i metadata (ventet ${dokument.filnavn})`
      : 'finnes ikke i metadata',
  );
}

function invalidFile(filnavn: string, rule: string) {
  const field = `dokumenter[${filnavn.slice(0, 226)}]`;
  return PostError.invalid({
    params: { detail: `${field}: ${rule}` },
    fields: [{ field, rule: 'part', message: rule }],
  });
}

async function storeDocument(
  ctx: Ctx,
  deps: AcceptDeps,
  forsendelse: NyForsendelse,
  dokument: NyttDokument,
  part: FilePart,
  maxBytes: number,
  limit: number,
): Promise<StoredDocument> {
  const objekt = newId();
  const key = objectKey(ctx.tenant!, objekt);
  const isPdf = dokument.mimeType.toLowerCase() === 'application/pdf';
  const plain = forsendelse.kryptert ? decryptCms(part.body, deps.decryptionKeys) : part.body;
  const capture = isPdf ? captureSmall(plain, IN_MEMORY_BYTES, deps.captureBudget) : undefined;
  let kept = false;
  try {
    const { size, sha256 } = await put(ctx, deps, key, capture?.source ?? plain, maxBytes, limit);
    if (size === 0) throw PostError.emptyDocument({ params: { filnavn: dokument.filnavn } });
    const sider = capture && (await inspectPdf(deps, dokument, { key, size, bytes: capture.bytes() }));
    kept = true;
    return { dokument, objekt, storrelse: size, sha256, sider };
  } catch (error) {
    throw asPostError(error, dokument.filnavn, forsendelse.kryptert);
  } finally {
    capture?.release();
    if (!kept) await deps.storage.remove([key]);
  }
}

async function put(
  ctx: Ctx,
  deps: PostDeps,
  key: string,
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  limit: number,
) {
  try {
    return await deps.storage.put(key, source, { maxBytes, ...(ctx.signal ? { signal: ctx.signal } : {}) });
  } catch (error) {
    if (isAppError(error) && error.status === 413)
      throw PostError.tooLarge({ params: { limit }, cause: error });
    throw error;
  }
}

/** One answer for all that the decrypted bytes decide, so that nobody can decrypt by trial (RFC 3218). */
const CONTENT_DETAIL = 'innholdet kan ikke åpnes, eller dokumentet er tomt, skadet eller beskyttet';
const CONTENT_ERRORS = new Set(
  [PostError.emptyDocument(), PostError.unreadableDocument(), PostError.protectedDocument()].map(
    (error) => error.code,
  ),
);

function asPostError(error: unknown, filnavn: string, encrypted: boolean): unknown {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  const aboutContent = code === 'bad_key' || (encrypted && CONTENT_ERRORS.has(code ?? ''));
  if (name !== 'CmsError' && !aboutContent) return error;
  return PostError.undecryptable({
    params: { filnavn, detail: aboutContent ? CONTENT_DETAIL : message },
    cause: error,
  });
}
