import { closeSync, existsSync, openSync, readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which of a simulator's operations a route is, for `fail({ on })`. */
    operation?: string;
  }
}

/** Is the bearer token good for the scope? The simulators are only as strict as this function. */
export type Authorise = (token: string, scope: string) => boolean | Promise<boolean>;

export interface SimulatorOptions {
  readonly authorise: Authorise;
  /** Clock; tests fix it. */
  readonly now?: () => Date;
  /** Letters remembered; the oldest is forgotten first. Default 200 000. */
  readonly capacity?: number;
  /** Append-only file with one JSON array per event, read at start: what was received survives a killed process. */
  readonly logPath?: string;
}

export interface Failure {
  /** Operation that fails; default `send`. */
  readonly on?: string;
  /** How many calls; default 1. */
  readonly times?: number;
  /** Wait before answering. */
  readonly delayMs?: number;
  /**
   * - `status` (default): answer with `status` (default 503)
   * - `reset`: break the connection
   * - `malformed`: a success whose body is not what the contract says
   * - `oversize`: a success with 8 MiB of body
   * - `slow`: only wait, then answer as usual
   */
  readonly kind?: 'status' | 'reset' | 'malformed' | 'oversize' | 'slow';
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The call takes effect before the failing answer: what a client sees when only the answer is lost. */
  readonly accepted?: boolean;
}

export interface Failures {
  fail(failure: Failure): void;
  /** Puts the hooks on a simulator's encapsulated instance. */
  install(app: FastifyInstance): void;
}

const OVERSIZE = Buffer.alloc(8 * 1024 * 1024, ' ');

/** Failures on demand, shared by the simulators. Costs one comparison a call when none is waiting. */
export function createFailures(): Failures {
  const waiting: { failure: Failure; left: number }[] = [];
  const afterwards = new WeakMap<FastifyRequest, Failure>();

  function take(operation: string | undefined): Failure | undefined {
    const index = waiting.findIndex(({ failure }) => (failure.on ?? 'send') === operation);
    const found = waiting[index];
    if (!found) return undefined;
    found.left -= 1;
    if (found.left === 0) waiting.splice(index, 1);
    return found.failure;
  }

  async function before(request: FastifyRequest, reply: FastifyReply) {
    const failure = take(request.routeOptions.config.operation);
    if (!failure) return;
    if (failure.delayMs && !failure.accepted) await sleep(failure.delayMs);
    if (failure.kind === 'slow') return;
    if (failure.accepted) afterwards.set(request, failure);
    else await answerFailure(reply, failure);
  }

  async function after(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
    const failure = afterwards.get(request);
    if (!failure) return payload;
    afterwards.delete(request);
    if (failure.delayMs) await sleep(failure.delayMs);
    if (failure.kind === 'reset') {
      request.raw.socket.destroy();
      return payload;
    }
    reply.removeHeader('content-length');
    reply.code(statusOf(failure));
    return bodyOf(failure).toString();
  }

  return {
    fail(failure) {
      waiting.push({ failure, left: failure.times ?? 1 });
    },
    install(app) {
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

async function answerFailure(reply: FastifyReply, failure: Failure): Promise<void> {
  if (failure.kind === 'reset') {
    reply.hijack();
    reply.raw.socket?.destroy();
    return;
  }
  for (const [name, value] of Object.entries(failure.headers ?? {})) reply.header(name, value);
  await reply.code(statusOf(failure)).type('application/json').send(bodyOf(failure));
}

function statusOf(failure: Failure): number {
  return failure.status ?? (failure.kind === 'malformed' || failure.kind === 'oversize' ? 200 : 503);
}

function bodyOf(failure: Failure): Buffer | string {
  if (failure.kind === 'oversize') return OVERSIZE;
  return failure.kind === 'malformed' ? '{"unexpected":[' : '{"title":"Simulated failure"}';
}

/** Remembers good tokens for a minute, so that a benchmark measures letters and not signature checks. */
export function cachedAuthorise(authorise: Authorise, scope: string, now: () => Date) {
  const good = new Map<string, number>();
  return async (header: string | undefined): Promise<boolean> => {
    const token = /^Bearer ([\w.~+/=-]+)$/.exec(header ?? '')?.[1];
    if (token === undefined) return false;
    const at = now().getTime();
    const until = good.get(token);
    if (until !== undefined && until > at) return true;
    if (!(await authorise(token, scope))) return false;
    if (good.size >= 1000) good.clear();
    good.set(token, at + 60_000);
    return true;
  };
}

/** One line of the log: a kind and its values. */
export type LogLine = readonly [kind: string, ...values: unknown[]];

export interface EventLog {
  /** In the operating system's hands before it returns: survives `kill -9`, not a power cut. */
  append(line: LogLine): void;
  close(): void;
}

/** Replays what the file holds through `replay`, then appends to it. Without a path it does nothing. */
export function openEventLog(path: string | undefined, replay: (line: LogLine) => void): EventLog {
  if (path === undefined) return { append: () => undefined, close: () => undefined };
  if (existsSync(path)) for (const line of linesOf(path)) replay(line);
  let fd: number | undefined = openSync(path, 'a', 0o600);
  // Ends a line that a killed process left half written.
  writeSync(fd, '\n');
  return {
    append(line) {
      if (fd !== undefined) writeSync(fd, `${JSON.stringify(line)}\n`);
    },
    close() {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

function* linesOf(path: string): Generator<LogLine> {
  for (const text of textLines(path)) {
    // The last line may be cut where the process was killed.
    const line = text.endsWith(']') ? (JSON.parse(text) as unknown) : undefined;
    if (Array.isArray(line) && typeof line[0] === 'string') yield line as unknown as LogLine;
  }
}

/** Reads piece by piece: the log of a long run does not fit in memory. */
function* textLines(path: string): Generator<string> {
  const fd = openSync(path, 'r');
  const decoder = new StringDecoder('utf8');
  const chunk = Buffer.alloc(256 * 1024);
  let rest = '';
  try {
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, read))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    yield rest;
  } finally {
    closeSync(fd);
  }
}

/** A map that forgets its oldest entry when it is full. */
export function boundedMap<V>(capacity: number, onForget: (value: V) => void = () => undefined) {
  const map = new Map<string, V>();
  return {
    get: (key: string) => map.get(key),
    has: (key: string) => map.has(key),
    delete: (key: string) => map.delete(key),
    values: () => map.values(),
    /** The oldest values, at most `count`. */
    first(count: number): V[] {
      const found: V[] = [];
      for (const value of map.values()) {
        if (found.length >= count) break;
        found.push(value);
      }
      return found;
    },
    get size() {
      return map.size;
    },
    set(key: string, value: V) {
      map.set(key, value);
      if (map.size <= capacity) return;
      for (const [oldest, forgotten] of map) {
        map.delete(oldest);
        onForget(forgotten);
        break;
      }
    },
  };
}

export const DEFAULT_CAPACITY = 200_000;
