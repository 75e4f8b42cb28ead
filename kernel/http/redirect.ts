import type { FastifyReply } from 'fastify';
import { localPath } from './local-path.ts';

/** Our own addresses may hold a return address, written with `%` three times as long. */
const MAX_LENGTH = 4000;

/**
 * Sends a browser on to `path` on this site, or to `fallback` when `path` could be read as another site's. 303: it goes
 * on with GET, and going back does not post again. The only ways to redirect are here; test/boundaries holds to it.
 */
export function seeOther(reply: FastifyReply, path: unknown, fallback = '/'): FastifyReply {
  return reply.redirect(localPath(path, fallback, MAX_LENGTH), 303);
}

/**
 * Sends a browser to another site, or to this one by its full public name. For addresses that come from the
 * configuration or the login service's own metadata, never from a request.
 */
export function seeElsewhere(reply: FastifyReply, address: URL): FastifyReply {
  return reply.redirect(address.href, 303);
}
