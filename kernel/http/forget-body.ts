import type { FastifyReply } from 'fastify';

/** What a route may have said of a body before it turned out that there is none. */
const OF_THE_BODY = [
  'content-type',
  'content-length',
  'content-disposition',
  'content-encoding',
  'content-range',
  'accept-ranges',
  'etag',
  'last-modified',
];

/**
 * Makes an answer ready for another body than the one that was promised: an error's. Left standing, the headers of a
 * document that failed before its first byte would name, type and measure the error's text. Fastify hands those of a
 * stream on to the raw response at once, so they are taken back there too.
 * Of a range that cannot be satisfied (416), `Content-Range` tells the size (RFC 9110 §15.5.17) and stays.
 */
export function forgetBody(reply: FastifyReply, status: number): FastifyReply {
  for (const name of OF_THE_BODY) {
    if (status === 416 && name === 'content-range') continue;
    reply.removeHeader(name);
    if (!reply.raw.headersSent) reply.raw.removeHeader(name);
  }
  return reply;
}
