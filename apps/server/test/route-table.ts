import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance, RouteOptions } from 'fastify';

/** A route as the running server has it. */
export interface Route {
  readonly method: string;
  /** Pattern, as `/api/exchange/admin/organisasjoner/:orgId/kontoer`. */
  readonly url: string;
  readonly schema: RouteOptions['schema'];
}

/**
 * Runs `start` and lists every route that the server it starts has mounted, hidden ones too. Fastify tells on a diagnostics
 * channel of each application that is made: so the list cannot miss what a room adds later.
 */
export async function withRouteTable<T>(start: () => Promise<T>): Promise<{ result: T; routes: Route[] }> {
  const routes: Route[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url, schema }) => {
      for (const each of [method].flat()) routes.push({ method: each, url, schema });
    });
  };
  subscribe('fastify.initialization', listen);
  try {
    return { result: await start(), routes };
  } finally {
    unsubscribe('fastify.initialization', listen);
  }
}
