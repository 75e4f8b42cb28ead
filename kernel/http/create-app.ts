import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { KernelError } from '../errors/index.ts';
import { retryHeaders } from '../errors/trouble.ts';
import { newId } from '../ids/index.ts';
import type { Logger } from '../log/index.ts';
import { connectionBudget } from '../net/index.ts';
import { MINUTE_MS } from '../time/index.ts';
import { BODY_RULES, type BodyRule, bodyWatch, watchBody } from './body-patience.ts';
import { type ConnectionLimits, guardConnections } from './connection-guard.ts';
import { forgetBody } from './forget-body.ts';
import type { Metrics } from './metrics.ts';
import { createApiDocument } from './openapi.ts';
import { problemBody } from './problem.ts';
import { rateStore } from './rate-store.ts';
import { refuseUnstorable } from './refuse-unstorable.ts';
import { requestTarget } from './request-target.ts';
import { DEFAULT_BODY_LIMIT, toAppError } from './to-app-error.ts';

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
  /** Default: what the open files of this process allow, half of it from one address. */
  readonly connections?: ConnectionLimits;
  /** Time of bodies that are read whole. Default {@link BODY_RULES}`.parsed`. */
  readonly bodyRule?: BodyRule;
  /** Longest time that closing waits for calls that are under way, in ms; then they are cut off. Default 20 000. */
  readonly closePatienceMs?: number;
}

/**
 * Longest time for one request of any face, whose body has far less time by its rate (body-patience.ts) and by the face's
 * own limits: a client of Dokumentlager waits an hour for 5 GB (fiks-io §2.6).
 */
const REQUEST_TIMEOUT_MS = 65 * 60_000;
/** From the first byte of a connection or a request to the end of its header. */
const HEADERS_TIMEOUT_MS = 20_000;

/**
 * The HTTP server every face and page is mounted on: limits, security headers, request ids, metrics, OpenAPI 3.1.
 * Logs carry the route's pattern, never the address with its ids.
 */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  /** Paths before a wildcard that takes the caller's own text; known when the routes are. */
  const asGiven: string[] = [];
  const app: FastifyInstance = Fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    rewriteUrl: (request) => requestTarget(request.url ?? '/', asGiven),
    genReqId: () => newId(),
    trustProxy: options.trustProxy ?? false,
    bodyLimit: DEFAULT_BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: 0,
    http: { connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 4 },
    keepAliveTimeout: 72_000,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    forceCloseConnections: 'idle',
    ajv: {
      customOptions: {
        // Queries like bodies: what is wrong is told at once (`toAppError` bounds the list).
        allErrors: true,
        coerceTypes: 'array',
        useDefaults: true,
        removeAdditional: false,
        // What a rule says in words (see rule-text.ts).
        keywords: ['x-regel'],
        verbose: true,
      },
    },
  });
  app.server.headersTimeout = HEADERS_TIMEOUT_MS;
  limitClients(app, options);
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.ownText && url.endsWith('/*')) asGiven.push(url.slice(0, -1));
  });
  app.addHook('preClose', async () => closeConnections(app, options.closePatienceMs ?? 20_000));
  app.setErrorHandler((thrown, request, reply) => {
    const error = toAppError(thrown, request.routeOptions.bodyLimit);
    if (error.status >= 500)
      request.log.error({ err: error.cause ?? error, reqId: request.id }, 'request failed');
    const answer = problemBody(error, request);
    forgetBody(reply, error.status)
      .status(error.status)
      .headers({ ...retryHeaders(error), ...answer.headers })
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
    await app.register(rateLimit, {
      max: options.ratePerMinute,
      timeWindow: MINUTE_MS,
      store: rateStore(MINUTE_MS),
    });
  }
  await app.register(swagger, {
    // The described interface is the faces; pages, simulators and operations have no tag.
    hideUntagged: true,
    ...createApiDocument(),
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Grunnmur',
        description:
          'De publiserte grensesnittene for SvarUt, Fiks IO og Fiks Dokumentlager, og Grunnmurs egne. Feil har hvert grensesnitts egen form.',
        contact: { name: 'Grunnmur', url: options.publicUrl },
        version: options.version,
        license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
      },
      servers: [{ url: options.publicUrl }],
    },
  });
  options.metrics?.attach(app);
  return app;
}

/** Bodies have their time and connections their number, whatever route, page or library answers. */
function limitClients(app: FastifyInstance, options: AppOptions): void {
  const { http } = connectionBudget();
  const limits = options.connections ?? { maxConnections: http, maxPerAddress: Math.ceil(http / 2) };
  const guard = guardConnections(app.server, limits, options.log);
  const rule = options.bodyRule ?? BODY_RULES.parsed;
  app.server.prependListener('request', (request) => watchBody(request, rule));
  app.addHook('onRequest', async (request, reply) => {
    // Cut for asking too much ahead: what came in the same packet is read on by Node.js, and worked on by nobody.
    if (request.raw.socket.destroyed) return reply.hijack();
    bodyWatch(request.raw)?.use(rule, () => {
      if (reply.sent) request.raw.socket.destroy();
      else reply.header('connection', 'close').send(KernelError.timeout());
    });
    return undefined;
  });
  options.metrics?.gauge(
    'grunnmur_http_connections',
    'HTTP connections: open now, refused and evicted since start',
    ['state'],
    async () => Object.entries(guard.stats()).map(([state, value]) => ({ labels: { state }, value })),
  );
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
