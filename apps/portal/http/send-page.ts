import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

const compress = promisify(gzip);
/** Below this a packet is a packet. */
const MIN_COMPRESSED_BYTES = 1000;

/** Renders a page and sends it, compressed when the browser takes it. */
export async function sendPage(
  reply: FastifyReply,
  status: number,
  page: ReactElement,
): Promise<FastifyReply> {
  const html = Buffer.from(`<!doctype html>${renderToStaticMarkup(page)}`);
  reply.status(status).type('text/html; charset=utf-8').header('vary', 'Accept-Encoding, Cookie');
  const accepts = /\bgzip\b/.test(reply.request.headers['accept-encoding'] ?? '');
  if (!accepts || html.length < MIN_COMPRESSED_BYTES) return reply.send(html);
  return reply.header('content-encoding', 'gzip').send(await compress(html));
}
