import { createFailures, type ErrorAnswer, type Failures } from '@grunnmur/kernel/simulator';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';

/** A simulated service: a Fastify plugin to mount, and controls for tests and demonstrations. */
export interface Simulator {
  /** Mount with `app.register(simulator.plugin, { prefix })`. */
  readonly plugin: FastifyPluginAsync;
  readonly fail: Failures['fail'];
  /** Forgets wishes and counts. */
  reset(): void;
  /** Calls received since start or `reset()`, failing ones too. */
  readonly calls: number;
}

/**
 * Judges a bearer token: its scopes when it is good, `null` when not. `apps/server` passes the check of the token
 * issuer; the simulator itself knows no keys.
 */
export type VerifyToken = (token: string) => Promise<readonly string[] | null>;

/** Wraps the routes of a service with call counting, wished failures and the service's error bodies. */
export function createSimulator(routes: FastifyPluginAsync, errorAnswer: ErrorAnswer): Simulator {
  const failures = createFailures({ errorAnswer });
  let calls = 0;

  return {
    plugin: async (app: FastifyInstance) => {
      app.addHook('onRequest', async () => {
        calls++;
      });
      failures.install(app);
      app.setErrorHandler((error: { statusCode?: number; status?: number }, request, reply) =>
        errorAnswer(request, reply, error.statusCode ?? error.status ?? 500),
      );
      app.setNotFoundHandler((request, reply) => errorAnswer(request, reply, 404));
      await app.register(routes);
    },
    fail: failures.fail,
    reset: () => {
      failures.reset();
      calls = 0;
    },
    get calls() {
      return calls;
    },
  };
}

/**
 * Checks the bearer token and one of the scopes before any route is run: 401 without a good token, 403 without a
 * fitting scope. Hands the scopes to `onScopes`.
 */
export function bearerCheck(verify: VerifyToken, accepted: readonly string[], errorAnswer: ErrorAnswer) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const scopes = token ? await verify(token) : null;
    if (!scopes) {
      void reply.header('www-authenticate', token ? 'Bearer error="invalid_token"' : 'Bearer');
      return errorAnswer(request, reply, 401);
    }
    if (!accepted.some((scope) => scopes.includes(scope))) return errorAnswer(request, reply, 403);
    grantedScopes.set(request, scopes);
  };
}

const grantedScopes = new WeakMap<FastifyRequest, readonly string[]>();

/** The scopes of the token that `bearerCheck` let in. */
export function scopesOf(request: FastifyRequest): readonly string[] {
  return grantedScopes.get(request) ?? [];
}
