import type { FastifyRequest } from 'fastify';

/**
 * Whether the reader's browser draws a PDF inside a page. Those of phones do not: Android shows nothing or a button,
 * iOS the first page alone. A frame there would fetch the letter unseen and have it count as opened, and style rules
 * cannot keep a browser from that without script; so the server asks who reads: by client hint where there is one
 * (Sec-CH-UA-Mobile), else by the name, as documented for both systems.
 */
export function showsDocuments(request: FastifyRequest): boolean {
  const { 'sec-ch-ua-mobile': hint, 'user-agent': agent = '' } = request.headers;
  if (hint === '?1') return false;
  return !/Mobi|Android|iPhone|iPad/i.test(agent);
}
