import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';

/** What the next calls shall meet instead of a normal answer. */
export interface FailureWish {
  /** Answer with this status and the service's own error body; left out: answer normally (after `delayMs`). */
  readonly status?: number;
  /** How many calls. Default 1; `Infinity` until `reset()`. */
  readonly times?: number;
  /** Wait before answering or dropping. */
  readonly delayMs?: number;
  /** Break the connection without an answer, as a service that is down. */
  readonly drop?: boolean;
  /** Answer with this text as JSON and status 200 (or `status`): malformed and unexpected answers. */
  readonly body?: string;
}

/** A simulated service: a Fastify plugin to mount, and controls for tests and demonstrations. */
export interface Simulator {
  /** Mount with `app.register(simulator.plugin, { prefix })`. */
  readonly plugin: FastifyPluginAsync;
  /** Adds to what is already wished; wishes are used up in order. */
  fail(wish: FailureWish): void;
  /** Forgets wishes and counts. */
  reset(): void;
  /** Calls received since start or `reset()`, failing ones too. */
  readonly calls: number;
}

/** Answers with the error body of the service. */
export type ErrorAnswer = (request: FastifyRequest, reply: FastifyReply, status: number) => FastifyReply;

/**
 * Judges a bearer token: its scopes when it is good, `null` when not. `apps/server` passes the check of the token
 * issuer; the simulator itself knows no keys.
 */
export type VerifyToken = (token: string) => Promise<readonly string[] | null>;

/** Wraps the routes of a service with call counting, wished failures and the service's error bodies. */
export function createSimulator(routes: FastifyPluginAsync, errorAnswer: ErrorAnswer): Simulator {
  let wishes: FailureWish[] = [];
  let calls = 0;

  const nextWish = (): FailureWish | undefined => {
    const [wish] = wishes;
    if (!wish) return undefined;
    const left = (wish.times ?? 1) - 1;
    wishes = left > 0 ? [{ ...wish, times: left }, ...wishes.slice(1)] : wishes.slice(1);
    return wish;
  };
  const interfere = async (request: FastifyRequest, reply: FastifyReply) => {
    calls++;
    const wish = nextWish();
    if (!wish) return;
    if (wish.delayMs) await sleep(wish.delayMs);
    if (wish.drop) {
      reply.hijack();
      request.raw.destroy();
      return;
    }
    if (wish.body !== undefined) {
      return reply
        .code(wish.status ?? 200)
        .type('application/json')
        .send(wish.body);
    }
    if (wish.status === 429) void reply.header('retry-after', '1');
    if (wish.status) return errorAnswer(request, reply, wish.status);
  };

  return {
    plugin: async (app: FastifyInstance) => {
      app.addHook('onRequest', interfere);
      app.setErrorHandler((error: { statusCode?: number; status?: number }, request, reply) =>
        errorAnswer(request, reply, error.statusCode ?? error.status ?? 500),
      );
      app.setNotFoundHandler((request, reply) => errorAnswer(request, reply, 404));
      await app.register(routes);
    },
    fail: (wish) => {
      wishes.push(wish);
    },
    reset: () => {
      wishes = [];
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
