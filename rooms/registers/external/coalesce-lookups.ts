/**
 * Coalescing of look-ups: calls made at nearly the same time become one request. Written here because the common
 * package for it (dataloader) has no cancellation: we must not look a person up after the only one who asked has
 * hung up, and must stop the request when all of them have.
 */
export interface CoalesceOptions<V> {
  /** Most keys in one request. */
  readonly maxBatch: number;
  /** How long the first call of a batch waits for company, in milliseconds. */
  readonly waitMs: number;
  /** Requests under way at once; further batches wait. */
  readonly maxConcurrent: number;
  readonly load: (keys: readonly string[], signal: AbortSignal) => Promise<ReadonlyMap<string, V>>;
  /** What a call gets when the answer lacks one of its keys. */
  readonly missing: () => Error;
  /**
   * True for an error that one bad key may have caused. The batch is then repeated call by call, so that nobody
   * suffers from a key somebody else asked for.
   */
  readonly mayBeOneKey: (error: unknown) => boolean;
}

export type CoalescedLookup<V> = (keys: readonly string[], signal?: AbortSignal) => Promise<Map<string, V>>;

interface Part<V> {
  readonly keys: readonly string[];
  readonly resolve: (values: ReadonlyMap<string, V>) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | undefined;
}

interface Batch<V> {
  readonly keys: Set<string>;
  readonly parts: Part<V>[];
  readonly timer: NodeJS.Timeout;
}

/** Makes the look-up function. Each call gets exactly the keys it asked for. */
export function coalesceLookups<V>(options: CoalesceOptions<V>): CoalescedLookup<V> {
  let open: Batch<V> | null = null;
  let running = 0;
  const waiting: Batch<V>[] = [];

  const seal = () => {
    if (!open) return;
    clearTimeout(open.timer);
    waiting.push(open);
    open = null;
    pump();
  };
  const pump = () => {
    while (running < options.maxConcurrent) {
      const batch = waiting.shift();
      if (!batch) return;
      running++;
      void runBatch(batch.parts, options).finally(() => {
        running--;
        pump();
      });
    }
  };
  const add = (keys: readonly string[], signal: AbortSignal | undefined) =>
    new Promise<ReadonlyMap<string, V>>((resolve, reject) => {
      open ??= { keys: new Set(), parts: [], timer: setTimeout(seal, options.waitMs) };
      for (const key of keys) open.keys.add(key);
      open.parts.push({ keys, resolve, reject, signal });
      if (open.keys.size >= options.maxBatch) seal();
    });
  const room = () => options.maxBatch - (open?.keys.size ?? 0);

  return async (keys, signal) => {
    signal?.throwIfAborted();
    const unique = [...new Set(keys)];
    const parts: Promise<ReadonlyMap<string, V>>[] = [];
    for (let start = 0; start < unique.length; ) {
      const piece = unique.slice(start, start + room());
      start += piece.length;
      parts.push(untilAborted(add(piece, signal), signal));
    }
    const found = await Promise.all(parts);
    return new Map(found.flatMap((part) => [...part]));
  };
}

/** Runs one request for all parts that still want an answer. Never rejects. */
async function runBatch<V>(all: readonly Part<V>[], options: CoalesceOptions<V>): Promise<void> {
  const parts = all.filter((part) => !part.signal?.aborted);
  if (parts.length === 0) return;
  const everyoneGone = new AbortController();
  const forget = onAllAborted(parts, () => everyoneGone.abort());
  try {
    const keys = [...new Set(parts.flatMap((part) => part.keys))];
    const values = await options.load(keys, everyoneGone.signal);
    for (const part of parts) answer(part, values, options.missing);
  } catch (error) {
    if (parts.length > 1 && options.mayBeOneKey(error)) {
      for (const part of parts) await runBatch([part], options);
    } else {
      for (const part of parts) part.reject(error);
    }
  } finally {
    forget();
  }
}

function answer<V>(part: Part<V>, values: ReadonlyMap<string, V>, missing: () => Error): void {
  const own = new Map<string, V>();
  for (const key of part.keys) {
    const value = values.get(key);
    if (value === undefined) {
      part.reject(missing());
      return;
    }
    own.set(key, value);
  }
  part.resolve(own);
}

/** Calls `then` when every part's caller has hung up; returns the clean-up. Parts without a signal never hang up. */
function onAllAborted<V>(parts: readonly Part<V>[], then: () => void): () => void {
  const check = () => {
    if (parts.every((part) => part.signal?.aborted)) then();
  };
  for (const part of parts) part.signal?.addEventListener('abort', check);
  return () => {
    for (const part of parts) part.signal?.removeEventListener('abort', check);
  };
}

/** Rejects at once when the caller hangs up; the batch itself goes on for the others. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
