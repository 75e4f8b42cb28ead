import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/**
 * A form token bound to the session: `<random>.<HMAC(session token, random)>`. It needs no server secret and no
 * storage, ends with the session, and differs on every page, so that compression cannot leak it (BREACH).
 */
export function csrfToken(sessionToken: string): string {
  const salt = randomBytes(16).toString('base64url');
  return `${salt}.${sign(sessionToken, salt)}`;
}

export function csrfTokenMatches(sessionToken: string, token: unknown): boolean {
  if (typeof token !== 'string' || token.length > 200) return false;
  const [salt, signature] = token.split('.', 2);
  if (!salt || !signature) return false;
  const expected = Buffer.from(sign(sessionToken, salt));
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/**
 * True when the browser itself says that the request comes from our own pages. Old browsers say nothing; the form
 * token decides for them.
 */
export function fromOwnSite(request: FastifyRequest, publicUrl: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin } = request.headers;
  return origin === undefined || origin === new URL(publicUrl).origin;
}

function sign(sessionToken: string, salt: string): string {
  return createHmac('sha256', sessionToken).update(`csrf ${salt}`).digest('base64url');
}
