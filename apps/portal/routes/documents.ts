import { KernelError } from '@grunnmur/kernel/errors';
import { whenSent } from '@grunnmur/kernel/http';
import type { Download } from '@grunnmur/post';
import contentDisposition from 'content-disposition';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { letterId, refuseSpeculation } from '../http/letter-request.ts';
import { type Portal, personCtx, requireSession } from '../http/portal-context.ts';
import { documentHeaders } from '../http/security-headers.ts';
import { isPdf } from '../view/letter.ts';

interface DocumentRoute {
  Params: { id: string; nr: string };
}

/**
 * Documents of a letter. Both addresses give the same: the portal's own, and the one that SvarUt's metadata and
 * notices carry (`/forsendelse/{id}/{n}`).
 */
export function registerDocuments(scope: FastifyInstance, portal: Portal): void {
  const { post } = portal.options;
  // No HEAD: it would run the handler, and the letter would be marked as opened without anybody having it.
  const route = { exposeHeadRoute: false };

  const sendDocument = async (request: FastifyRequest<DocumentRoute>, reply: FastifyReply) => {
    const ctx = personCtx(portal, request);
    refuseSpeculation(request);
    const id = letterId(request.params.id);
    const nr = documentNr(request.params.nr);
    const download = await post.openDocument(ctx, id, nr, requireSession(request).level);
    return send(request, reply, download, isPdf(download));
  };
  scope.get<DocumentRoute>('/brev/:id/dokument/:nr', route, sendDocument);
  scope.get<DocumentRoute>('/forsendelse/:id/:nr', route, sendDocument);

  scope.get<{ Params: { id: string } }>('/brev/:id/alt', route, async (request, reply) => {
    const ctx = personCtx(portal, request);
    refuseSpeculation(request);
    const id = letterId(request.params.id);
    return send(request, reply, await post.openAll(ctx, id, requireSession(request).level), false);
  });
}

/** Position in the letter, from 0. */
function documentNr(value: string): number {
  if (!/^\d{1,4}$/.test(value)) throw KernelError.notFound();
  return Number(value);
}

/** A PDF may open in the browser's own viewer; everything else is saved, and nothing is ever run. */
function send(
  request: FastifyRequest,
  reply: FastifyReply,
  download: Download,
  inline: boolean,
): FastifyReply {
  reply.headers({
    'content-type': isPdf(download) ? 'application/pdf' : download.mimeType,
    'content-disposition': contentDisposition(download.filnavn, {
      type: inline ? 'inline' : 'attachment',
      fallback: asciiName(download.filnavn),
    }),
    ...documentHeaders(inline),
    'accept-ranges': 'none',
    ...(download.storrelse === undefined ? {} : { 'content-length': download.storrelse }),
  });
  whenSent(request, reply, download.body, { sent: download.completed, failed: download.failed });
  return reply.send(download.body);
}

/** For what does not know `filename*` (RFC 6266 §4.3): letters without their marks, the rest as underscores. */
function asciiName(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '');
  return plain.replace(/[^\x20-\x7e]/g, '_');
}
