import { cmsDetail, decryptCmsLate } from '@grunnmur/kernel/crypto';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { isAppError } from '@grunnmur/kernel/errors';
import { newId } from '@grunnmur/kernel/ids';
import { freeBytes, objectKey } from '@grunnmur/kernel/storage';
import { PostError } from '../errors.ts';
import { type PrintLimits, planPages } from '../pdf/index.ts';
import type { FilePart, NyForsendelse, NyttDokument } from '../types.ts';
import { captureSmall } from './capture-small.ts';
import type { AcceptDeps, PostDeps } from './deps.ts';
import { type InspectedPdf, inspectPdf } from './inspect-pdf.ts';
import { type ReadAhead, readAhead } from './read-ahead.ts';
import type { Advarsel } from './warnings.ts';

/** A document whose bytes are safe on disk, not yet known to the database. */
export interface StoredDocument {
  readonly dokument: NyttDokument;
  readonly objekt: string;
  readonly storrelse: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Undefined for other types than PDF. */
  readonly sider: number | undefined;
  readonly advarsler: readonly Advarsel[];
}

/** Documents up to this size are inspected from memory; larger ones from the stored, encrypted file. */
const IN_MEMORY_BYTES = 4 * 1024 * 1024;

/**
 * Streams the uploaded files to storage in the order of the metadata (SvarUt: matched by file name, same order, part
 * names ignored), decrypts what was submitted encrypted, and inspects every PDF. `stored` is filled as it goes, so
 * that the caller can remove everything when a later file fails. `onRead` is called when a small file has come and only
 * the disk is waited for.
 */
export async function receiveDocuments(
  ctx: Ctx,
  deps: AcceptDeps,
  forsendelse: NyForsendelse,
  files: AsyncIterable<FilePart>,
  stored: StoredDocument[],
  onRead: () => void,
): Promise<void> {
  const expected = forsendelse.dokumenter;
  const limit = forsendelse.kunDigitalLevering ? deps.limits.maxDigitalBytes : deps.limits.maxPrintableBytes;
  let left = limit;
  for await (const part of files) {
    const dokument = expectedDocument(expected, stored.length, part);
    const document = await storeDocument(ctx, deps, forsendelse, dokument, part, {
      maxBytes: left,
      limit,
      onRead,
      felt: `/dokumenter/${stored.length}`,
    });
    left -= document.storrelse;
    stored.push(document);
  }
  const missing = expected[stored.length];
  if (missing) throw invalidFile(missing.filnavn, 'mangler i meldingen');
  if (!forsendelse.kunDigitalLevering)
    requireRoom(deps.pdf.printLimits, forsendelse.utskrift.tosidig, stored);
}

/** The whole letter must go into one envelope: its front page, its documents and the blank backs between them. */
function requireRoom(limits: PrintLimits, doubleSided: boolean, stored: readonly StoredDocument[]): void {
  let pages = 1;
  for (const { dokument, sider } of stored) {
    if (dokument.ekskluderesFraUtskrift || sider === undefined) continue;
    pages += planPages({
      pages: sider,
      giroPages: dokument.giroarkSider,
      doubleSided,
      pagesBefore: pages,
    }).length;
  }
  const sheets = doubleSided ? Math.ceil(pages / 2) : pages;
  const { pages: maxPages, sheets: maxSheets } = limits;
  if (pages > maxPages || sheets > maxSheets)
    throw PostError.tooManySheets({ params: { pages, sheets, maxPages, maxSheets } });
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

interface Incoming {
  readonly dokument: NyttDokument;
  readonly key: string;
  readonly isPdf: boolean;
  readonly maxBytes: number;
  /** What the sender may send at most, for the answer. */
  readonly limit: number;
  /** May it come on paper? */
  readonly forPrint: boolean;
  /** JSON pointer of the document in the message. */
  readonly felt: string;
}

async function storeDocument(
  ctx: Ctx,
  deps: AcceptDeps,
  forsendelse: NyForsendelse,
  dokument: NyttDokument,
  part: FilePart,
  { maxBytes, limit, onRead, felt }: { maxBytes: number; limit: number; onRead: () => void; felt: string },
): Promise<StoredDocument> {
  const objekt = newId();
  const key = objectKey(ctx.tenant!, objekt);
  const isPdf = dokument.mimeType.toLowerCase() === 'application/pdf';
  const forPrint = !forsendelse.kunDigitalLevering && !dokument.ekskluderesFraUtskrift;
  const incoming: Incoming = { dokument, key, isPdf, maxBytes, limit, forPrint, felt };
  let written = false;
  let ahead: ReadAhead | undefined;
  try {
    const dispose = part.disposable && !forsendelse.kryptert ? freeBytes : undefined;
    const opening = forsendelse.kryptert ? decryptCmsLate(part.body, deps.decryptionKeys) : undefined;
    ahead = await readAhead(opening?.content ?? part.body, deps.captureBudget, dispose);
    if (ahead.whole) onRead();
    if (ahead.whole?.length === 0) throw PostError.emptyDocument({ params: { filnavn: dokument.filnavn } });
    written = true;
    const { size, sha256, inspected } = ahead.whole
      ? await storeSmall(ctx, deps, incoming, ahead.whole)
      : await storeLarge(ctx, deps, incoming, ahead.source, dispose);
    // Last: what does not open has cost the same as what does and makes no sense.
    opening?.check();
    return { dokument, objekt, storrelse: size, sha256, ...inspected };
  } catch (error) {
    if (written) await deps.storage.remove([key]);
    throw asPostError(error, dokument.filnavn, forsendelse.kryptert);
  } finally {
    ahead?.release();
  }
}

interface Stored {
  readonly size: number;
  readonly sha256: string;
  readonly inspected: InspectedPdf;
}

const NOT_PDF: InspectedPdf = { sider: undefined, advarsler: [] };

/** Written and inspected at the same time. */
async function storeSmall(
  ctx: Ctx,
  deps: AcceptDeps,
  incoming: Incoming,
  bytes: Uint8Array,
): Promise<Stored> {
  const { dokument, isPdf } = incoming;
  const [stored, inspected] = await Promise.allSettled([
    put(ctx, deps, incoming, bytes),
    isPdf ? inspectPdf(deps, dokument, { ...incoming, size: bytes.length, bytes }) : NOT_PDF,
  ]);
  if (stored.status === 'rejected') throw stored.reason;
  if (inspected.status === 'rejected') throw inspected.reason;
  return { ...stored.value, inspected: inspected.value };
}

/** Written while it comes, and inspected afterwards: from memory up to a few megabytes, else from the stored file. */
async function storeLarge(
  ctx: Ctx,
  deps: AcceptDeps,
  incoming: Incoming,
  source: AsyncIterable<Uint8Array>,
  dispose: ((chunk: Uint8Array) => void) | undefined,
): Promise<Stored> {
  const { dokument, isPdf } = incoming;
  const capture = isPdf ? captureSmall(source, IN_MEMORY_BYTES, deps.captureBudget, dispose) : undefined;
  try {
    const { size, sha256 } = await put(ctx, deps, incoming, capture?.source ?? source);
    // Without memory to read ahead even an empty one comes here.
    if (size === 0) throw PostError.emptyDocument({ params: { filnavn: dokument.filnavn } });
    const inspected =
      capture && (await inspectPdf(deps, dokument, { ...incoming, size, bytes: capture.bytes() }));
    return { size, sha256, inspected: inspected ?? NOT_PDF };
  } finally {
    capture?.release();
  }
}

async function put(
  ctx: Ctx,
  deps: PostDeps,
  { key, maxBytes, limit }: Incoming,
  source: AsyncIterable<Uint8Array> | Uint8Array,
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
  const { name, code } = error as { name?: string; code?: string };
  const aboutContent = code === 'bad_key' || (encrypted && CONTENT_ERRORS.has(code ?? ''));
  if (name !== 'CmsError' && !aboutContent) return error;
  return PostError.undecryptable({
    params: { filnavn, detail: aboutContent ? CONTENT_DETAIL : (cmsDetail(code) ?? CONTENT_DETAIL) },
    cause: error,
  });
}
