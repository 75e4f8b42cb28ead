import type { CookieSerializeOptions } from '@fastify/cookie';
import { parseCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface PortalCookies {
  readonly session: CookieJarEntry;
  readonly login: CookieJarEntry;
  readonly locale: CookieJarEntry;
}

interface CookieJarEntry {
  read(request: FastifyRequest): string | undefined;
  write(reply: FastifyReply, value: string): void;
  clear(reply: FastifyReply): void;
}

const LOGIN_SECONDS = 15 * 60;
const YEAR_SECONDS = 365 * 24 * 3600;
/** Longer values are not ours. */
const MAX_VALUE = 3000;

/**
 * The portal's three cookies. Over https each gets the `__Host-` prefix: browsers then refuse it without `Secure`,
 * from a sub-domain or for a part of the site (RFC 6265bis §4.1.3.2), so nobody else can plant one.
 */
export function createCookies(publicUrl: () => string): PortalCookies {
  const isSecure = (): boolean => publicUrl().startsWith('https:');
  const entry = (name: string, maxAge?: number): CookieJarEntry => {
    const fullName = (): string => (isSecure() ? `__Host-${name}` : name);
    const options = (): CookieSerializeOptions => ({
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: isSecure(),
    });
    return {
      read: (request) => {
        // Outside the portal's own pages nobody has read the header yet.
        const all = request.cookies ?? parseCookie(request.headers.cookie ?? '');
        const value = all[fullName()];
        return value && value.length <= MAX_VALUE ? value : undefined;
      },
      write: (reply, value) => {
        reply.setCookie(fullName(), value, { ...options(), ...(maxAge === undefined ? {} : { maxAge }) });
      },
      clear: (reply) => {
        reply.clearCookie(fullName(), options());
      },
    };
  };
  return {
    session: entry('grunnmur-okt'),
    login: entry('grunnmur-innlogging', LOGIN_SECONDS),
    locale: entry('grunnmur-sprak', YEAR_SECONDS),
  };
}
