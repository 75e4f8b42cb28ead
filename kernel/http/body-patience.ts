import type { IncomingMessage } from 'node:http';

/** How long a body may take: `graceMs`, and a second more for each `bytesPerSecond` that have come. */
export interface BodyRule {
  readonly graceMs: number;
  readonly bytesPerSecond: number;
}

/**
 * The one table of body times. `parsed` is every body that is read whole before the route runs (JSON, forms: 1 MiB at
 * most, so two and a half minutes at the very slowest); `upload` every one that a route reads as it comes, which has its
 * own limits for pauses and for the whole besides. Time in which we do not read is not the client's.
 */
export const BODY_RULES = {
  parsed: { graceMs: 10_000, bytesPerSecond: 8 * 1024 },
  upload: { graceMs: 20_000, bytesPerSecond: 8 * 1024 },
} as const satisfies Record<string, BodyRule>;

export interface BodyWatch {
  /** Sets the rule and what happens when it is broken; both hold until they are set again. */
  use(rule: BodyRule, expire: () => void): void;
}

/** For our answer to be sent, and the connection to be closed in an orderly way. */
const LAST_WORD_MS = 2_000;

const watches = new WeakMap<IncomingMessage, BodyWatch>();

/** The watch over a request's body, for who reads it; undefined when there is no body. */
export function bodyWatch(request: IncomingMessage): BodyWatch | undefined {
  return watches.get(request);
}

/** True when octets follow the header. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Watches the body of `request` from when it is first read until its last byte, also after the answer: what is then
 * thrown away keeps the connection all the same. Until somebody says otherwise a body that is too slow costs its
 * connection. Durations are by the monotonic clock.
 */
export function watchBody(request: IncomingMessage, rule: BodyRule): void {
  if (!hasBody(request)) return;
  const { socket } = request;
  const bytesBefore = socket.bytesRead;
  let current = rule;
  let expire = (): void => void socket.destroy();
  let readingSince: number | undefined;
  let readMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const elapsed = (): number => readMs + (readingSince === undefined ? 0 : performance.now() - readingSince);
  const left = (): number =>
    current.graceMs + ((socket.bytesRead - bytesBefore) / current.bytesPerSecond) * 1000 - elapsed();
  const arm = (): void => {
    clearTimeout(timer);
    // What lies in the socket is read before anybody is called slow: we may have stood still ourselves.
    timer = setTimeout(() => setImmediate(look), Math.max(left(), 1)).unref();
  };
  const look = (): void => {
    if (request.complete || request.destroyed || readingSince === undefined) return;
    if (left() > 0) {
      arm();
      return;
    }
    // Once is enough for whoever answers; should the connection stay, it is cut at the next look.
    const expired = expire;
    expire = () => void socket.destroy();
    current = { graceMs: elapsed() + LAST_WORD_MS, bytesPerSecond: Number.POSITIVE_INFINITY };
    arm();
    expired();
  };
  const stop = (): void => {
    readMs = elapsed();
    readingSince = undefined;
    clearTimeout(timer);
  };
  request.on('resume', () => {
    readingSince ??= performance.now();
    arm();
  });
  request.on('pause', stop);
  request.on('end', stop);
  request.on('close', stop);
  watches.set(request, {
    use: (next, then) => {
      current = next;
      expire = then;
      if (readingSince !== undefined) arm();
    },
  });
}
