import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { newId } from '../ids/index.ts';
import type { Logger } from '../log/index.ts';
import type { Metrics } from './metrics.ts';
import { problemBody } from './problem.ts';
import { refuseUnstorable } from './refuse-unstorable.ts';
import { requestTarget } from './request-target.ts';
import { toAppError } from './to-app-error.ts';

export type App = FastifyInstance;

export interface AppOptions {
  readonly log: Logger;
  readonly version: string;
  readonly publicUrl: string;
  readonly metrics?: Metrics;
  /** Trust `X-Forwarded-*` from a reverse proxy in front of us. */
  readonly trustProxy?: boolean;
  /** Calls per minute and caller (client address); 0 switches the limit off. */
  readonly ratePerMinute?: number;
  /** Longest time that closing waits for calls that are under way, in ms; then they are cut off. Default 20 000. */
  readonly closePatienceMs?: number;
}

/**
 * Longest time for one request of any face, each of which sets its own shorter one: a client of Dokumentlager waits an hour
 * for 5 GB (fiks-io §2.6).
 */
const REQUEST_TIMEOUT_MS = 65 * 60_000;

/**
 * The HTTP server every face and page is mounted on: limits, security headers, request ids, metrics, OpenAPI 3.1.
 * Logs carry the route's pattern, never the address with its ids.
 */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    rewriteUrl: (request) => requestTarget(request.url ?? '/'),
    genReqId: () => newId(),
    trustProxy: options.trustProxy ?? false,
    bodyLimit: 1_048_576,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    forceCloseConnections: 'idle',
    ajv: {
      customOptions: { allErrors: false, coerceTypes: 'array', useDefaults: true, removeAdditional: false },
    },
  });
  app.server.headersTimeout = 60_000;
  app.addHook('preClose', async () => closeConnections(app, options.closePatienceMs ?? 20_000));
  app.setErrorHandler((thrown, request, reply) => {
    const error = toAppError(thrown);
    if (error.status >= 500)
      request.log.error({ err: error.cause ?? error, reqId: request.id }, 'request failed');
    const answer = problemBody(error, request);
    reply
      .status(error.status)
      .headers(answer.headers ?? {})
      .send(answer.body);
  });
  app.setNotFoundHandler((request, reply) => {
    const answer = problemBody(toAppError({ statusCode: 404 }), request);
    reply
      .status(404)
      .headers(answer.headers ?? {})
      .send(answer.body);
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
  });
  refuseUnstorable(app);
  if (options.ratePerMinute) {
    await app.register(rateLimit, { max: options.ratePerMinute, timeWindow: 60_000, cache: 20_000 });
  }
  await app.register(swagger, {
    // The described interface is the faces; pages, simulators and operations have no tag.
    hideUntagged: true,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Grunnmur',
        version: options.version,
        license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
      },
      servers: [{ url: options.publicUrl }],
    },
  });
  options.metrics?.attach(app);
  return app;
}

/**
 * A connection may become idle just after the server looked for idle ones, and one that never sent anything does not count
 * as idle (Node.js: server.closeIdleConnections); either would hold up the end for as long as it is kept alive.
 */
function closeConnections(app: FastifyInstance, patienceMs: number): void {
  if (!app.server.listening) return;
  const idle = setInterval(() => app.server.closeIdleConnections(), 50);
  const all = setTimeout(() => app.server.closeAllConnections(), patienceMs);
  app.server.once('close', () => {
    clearInterval(idle);
    clearTimeout(all);
  });
}
