import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which of a simulator's operations a route is, for `fail({ on })`. */
    operation?: string;
  }
}

/** What the next calls of a simulated service shall meet instead of its answer. The words are the same for every simulator. */
export interface Failure {
  /** Operation that fails; default the one the simulator is most about, where it has one, and else any. */
  readonly on?: string;
  /** How many calls; default 1, `Infinity` until `reset`. */
  readonly times?: number;
  /** Wait before answering. */
  readonly delayMs?: number;
  /**
   * - `status`: answer with `status` (default 503) and the service's own error body
   * - `reset`: break the connection
   * - `malformed`: a success whose body is not what the contract says
   * - `oversize`: a success with 8 MiB of body
   * - `slow`: only wait, then answer as usual
   *
   * Default `status`, and `slow` when nothing but `delayMs` is given.
   */
  readonly kind?: 'status' | 'reset' | 'malformed' | 'oversize' | 'slow';
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** This text as JSON, with status 200 (or `status`): unexpected answers. */
  readonly body?: string;
  /** The call takes effect before the failing answer: what a client sees when only the answer is lost. */
  readonly accepted?: boolean;
  /** Another word for kind `reset`. */
  readonly drop?: boolean;
}

/** Answers with the error body of the service. */
export type ErrorAnswer = (request: FastifyRequest, reply: FastifyReply, status: number) => FastifyReply;

export interface FailuresOptions {
  /** What fails when `on` is not said. Default: any call. */
  readonly operation?: string;
  readonly errorAnswer?: ErrorAnswer;
}

export interface Failures {
  /** Adds to what is already wished; wishes are used up in order. */
  fail(failure: Failure): void;
  /** Forgets all wishes. */
  reset(): void;
  /** Puts the hooks on a simulator's encapsulated instance. */
  install(app: FastifyInstance): void;
}

const OVERSIZE = Buffer.alloc(8 * 1024 * 1024, ' ');

/** Failures on demand. Costs one comparison a call when none is waiting. */
export function createFailures({ operation, errorAnswer = plainError }: FailuresOptions = {}): Failures {
  const waiting: { failure: Failure; left: number }[] = [];
  const afterwards = new WeakMap<FastifyRequest, Failure>();

  function take(called: string | undefined): Failure | undefined {
    const index = waiting.findIndex(({ failure: { on = operation } }) => on === undefined || on === called);
    const found = waiting[index];
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) waiting.splice(index, 1);
    return found.failure;
  }

  async function before(request: FastifyRequest, reply: FastifyReply) {
    const failure = take(request.routeOptions.config.operation);
    if (!failure) return;
    if (failure.delayMs && !failure.accepted) await sleep(failure.delayMs);
    if (kindOf(failure) === 'slow') return;
    if (failure.accepted) afterwards.set(request, failure);
    else await answerFailure(request, reply, failure);
  }

  async function answerFailure(
    request: FastifyRequest,
    reply: FastifyReply,
    failure: Failure,
  ): Promise<void> {
    if (kindOf(failure) === 'reset') {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    const status = statusOf(failure);
    if (status === 429) reply.header('retry-after', '1');
    for (const [name, value] of Object.entries(failure.headers ?? {})) reply.header(name, value);
    const body = bodyOf(failure);
    if (body === undefined) await errorAnswer(request, reply, status);
    else await reply.code(status).type('application/json').send(body);
  }

  async function after(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
    const failure = afterwards.get(request);
    if (!failure) return payload;
    afterwards.delete(request);
    if (failure.delayMs) await sleep(failure.delayMs);
    if (kindOf(failure) === 'reset') {
      request.raw.socket.destroy();
      return payload;
    }
    reply.removeHeader('content-length');
    reply.code(statusOf(failure));
    return (bodyOf(failure) ?? PLAIN_ERROR).toString();
  }

  return {
    fail: (failure) => {
      waiting.push({ failure, left: failure.times ?? 1 });
    },
    reset: () => {
      waiting.length = 0;
    },
    install: (app) => {
      app.addHook('onRequest', (request, reply, done) => {
        if (waiting.length === 0) done();
        else void before(request, reply).then(() => reply.sent || done(), done);
      });
      app.addHook('onSend', async (request, reply, payload) =>
        waiting.length === 0 && !afterwards.has(request) ? payload : after(request, reply, payload),
      );
    },
  };
}

const PLAIN_ERROR = '{"title":"Simulated failure"}';

function plainError(_request: FastifyRequest, reply: FastifyReply, status: number): FastifyReply {
  return reply.code(status).type('application/json').send(PLAIN_ERROR);
}

function kindOf({ kind, drop, status, body, delayMs }: Failure): NonNullable<Failure['kind']> {
  if (kind) return kind;
  if (drop) return 'reset';
  return delayMs !== undefined && status === undefined && body === undefined ? 'slow' : 'status';
}

function statusOf(failure: Failure): number {
  const success = failure.body !== undefined || failure.kind === 'malformed' || failure.kind === 'oversize';
  return failure.status ?? (success ? 200 : 503);
}

/** Undefined: the service's own error body. */
function bodyOf(failure: Failure): Buffer | string | undefined {
  if (failure.body !== undefined) return failure.body;
  if (failure.kind === 'oversize') return OVERSIZE;
  return failure.kind === 'malformed' ? '{"unexpected":[' : undefined;
}
