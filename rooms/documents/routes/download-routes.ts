import type { Readable } from 'node:stream';
import { caller } from '@grunnmur/access';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { KernelError } from '@grunnmur/kernel/errors';
import { seeOther, whenSent } from '@grunnmur/kernel/http';
import { StorageError } from '@grunnmur/kernel/storage';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { DocumentsError } from '../errors.ts';
import type { Leser, Nedlasting } from '../service/download-dokument.ts';
import { byteRange, isUnchanged, rangeApplies } from './byte-range.ts';
import { contentDisposition } from './content-disposition.ts';
import { createCoverage } from './coverage.ts';
import { documented, documentedBytes } from './documented.ts';
import type { DokumentlagerFaceDeps, PersonDownloads } from './face-deps.ts';

interface DokumentParams {
  dokumentId: string;
}

const DokumentMetadata = Type.Object({
  id: Type.String({ format: 'uuid' }),
  dokumentnavn: Type.String(),
  mimeType: Type.String(),
  kryptertStorrelse: Type.Integer(),
  ukryptertStorrelse: Type.Integer(),
  korrelasjonsid: Type.Optional(Type.String({ format: 'uuid' })),
});

/** `GET /nedlasting/{dokumentId}` and its metadata, for integrations. */
export function downloadRoutes(scope: FastifyInstance, deps: DokumentlagerFaceDeps): void {
  const description = documentedBytes('lastNed', 'Last ned et dokument', 'application/octet-stream');
  getAndHead(scope, '/nedlasting/:dokumentId', description, async (request, reply) => {
    const { ctx, leser } = integrationReader(request);
    const document = await deps.dokumentlager.open(ctx, leser, request.params.dokumentId);
    return send(request, reply, ctx, document, deps.limits.downloadIdleMs);
  });
  scope.get<{ Params: DokumentParams }>(
    '/nedlasting/:dokumentId/metadata',
    { schema: documented('metadata', 'Metadata om et dokument', 200, DokumentMetadata) },
    async (request) => {
      const { ctx, leser } = integrationReader(request);
      return deps.dokumentlager.metadata(ctx, leser, request.params.dokumentId);
    },
  );
}

/** `GET /nedlasting/niva4/{dokumentId}`: for a person who has logged in at level 4; a browser is sent to do so. */
export function personDownloadRoute(
  scope: FastifyInstance,
  deps: DokumentlagerFaceDeps,
  persons: PersonDownloads,
): void {
  const summary = 'Last ned et dokument som person';
  const description = documentedBytes('lastNedPerson', summary, 'application/octet-stream');
  getAndHead(scope, '/nedlasting/niva4/:dokumentId', description, async (request, reply) => {
    const found = await persons.find(request);
    if (found?.level !== 4) {
      if (isBrowser(request)) return seeOther(reply, persons.loginAddress(request.url));
      throw found ? DocumentsError.dokumentNotExposed() : KernelError.unauthenticated();
    }
    const ctx = withCtx(deps.baseCtx(request), { tenant: null, actor: { kind: 'person', id: found.fnr } });
    const leser: Leser = { kind: 'person', fnr: found.fnr, level: found.level };
    const document = await deps.dokumentlager.open(ctx, leser, request.params.dokumentId);
    return send(request, reply, ctx, document, deps.limits.downloadIdleMs);
  });
}

function isBrowser(request: FastifyRequest): boolean {
  return request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
}

type DownloadHandler = (
  request: FastifyRequest<{ Params: DokumentParams }>,
  reply: FastifyReply,
) => Promise<FastifyReply>;

/** HEAD by itself: the one that Fastify derives from GET would read the whole document. */
function getAndHead(
  scope: FastifyInstance,
  url: string,
  description: FastifySchema,
  handler: DownloadHandler,
) {
  scope.get<{ Params: DokumentParams }>(url, { schema: description, exposeHeadRoute: false }, handler);
  scope.head<{ Params: DokumentParams }>(url, { schema: { hide: true } }, handler);
}

function integrationReader(request: FastifyRequest<{ Params: DokumentParams }>): { ctx: Ctx; leser: Leser } {
  const { ctx, principal } = caller(request);
  return { ctx, leser: { kind: 'integrasjon', integrasjonId: principal.integrationId } };
}

/** Answers the document or the part asked for, with a `Content-Length` that is right (fiks-io §2.6: .NET relies on it). */
async function send(
  request: FastifyRequest<{ Params: DokumentParams }>,
  reply: FastifyReply,
  ctx: Ctx,
  document: Nedlasting,
  idleMs: number,
): Promise<FastifyReply> {
  const { storrelse } = document;
  const etag = `"${document.sha256}"`;
  if (isUnchanged(request.headers['if-none-match'], etag))
    return reply.status(304).headers({ etag, 'cache-control': CACHE_CONTROL }).send();
  const applies = rangeApplies(request.headers['if-range'] as string | undefined, etag);
  const range = applies ? byteRange(request.headers.range, storrelse) : undefined;
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${storrelse}`);
    throw StorageError.rangeNotSatisfiable();
  }
  const { start, end } = range ?? { start: 0, end: storrelse - 1 };
  // Opened before any header is set: an error is answered as an error, with its own.
  const body = request.method === 'HEAD' ? undefined : await document.open(range);
  if (range) reply.status(206).header('content-range', `bytes ${start}-${end}/${storrelse}`);
  reply.headers({
    ...contentHeaders(document.metadata, etag),
    'content-length': String(end - start + 1),
  });
  if (body) recordWhenSent({ request, reply, ctx, document, body, start, end: end + 1 });
  // A reader that takes nothing would hold its file and its connection for ever.
  reply.raw.setTimeout(idleMs, () => reply.raw.destroy());
  return reply.send(body);
}

const CACHE_CONTROL = 'private, no-cache';

function contentHeaders({ mimeType, dokumentnavn }: Nedlasting['metadata'], etag: string) {
  return {
    etag,
    'accept-ranges': 'bytes',
    'cache-control': CACHE_CONTROL,
    'content-type': mimeType,
    'content-disposition': contentDisposition(dokumentnavn),
    // A page that a sender has uploaded must not act as one of ours.
    'content-security-policy': 'sandbox',
  };
}

interface Sending {
  readonly request: FastifyRequest<{ Params: DokumentParams }>;
  readonly reply: FastifyReply;
  readonly ctx: Ctx;
  readonly document: Nedlasting;
  readonly body: Readable;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

const coverage = createCoverage();

/** A download counts once, when all of the document has been sent, be it in parts that follow each other. */
function recordWhenSent({ request, reply, ctx, document, body, start, end }: Sending): void {
  const reader = `${document.metadata.id} ${ctx.actor.kind}:${ctx.actor.id}`;
  whenSent(request, reply, body, {
    sent: async () => {
      if (coverage.add(reader, start, end) < document.storrelse) return;
      coverage.forget(reader);
      await document.completed();
    },
    failed: document.failed,
    // Where the reader will go on; the head of the answer makes it a little more than it got.
    cut: (bytes) => void coverage.add(reader, start, Math.min(start + bytes, end - 1)),
  });
}
