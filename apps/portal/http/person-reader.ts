import type { Session } from '@grunnmur/access';
import type { FastifyRequest } from 'fastify';
import type { PortalOptions } from '../options.ts';
import { createCookies } from './cookies.ts';

/**
 * Who is logged in at the portal, for pages and downloads that other rooms serve under the same address. Answers undefined
 * without a session, and for one that has ended.
 */
export function personReader({
  access,
  baseCtx,
  publicUrl,
}: Pick<PortalOptions, 'access' | 'baseCtx' | 'publicUrl'>): (
  request: FastifyRequest,
) => Promise<Session | undefined> {
  const cookies = createCookies(publicUrl);
  return async (request) => {
    const token = cookies.session.read(request);
    if (token === undefined) return undefined;
    return (await access.findSession(baseCtx(request), token)) ?? undefined;
  };
}

/** Where somebody logs in at `level` to come back to `path`. */
export function loginAddress(path: string, level: 3 | 4): string {
  return `/logg-inn?niva=${level}&til=${encodeURIComponent(path)}`;
}
