import { createLruMap } from '../auth/index.ts';
import { type Elapsed, elapsedMs, SECOND_MS } from '../time/index.ts';

/** Longest time that anything here is believed without asking the database: what contracts promise. */
export const FRESHNESS_MS = 5 * SECOND_MS;
/** Entries of each cache. */
const CACHE_SIZE = 10_000;

export interface Loaded<V> {
  readonly value: Promise<V>;
  /** On the monotonic clock, ms. */
  readonly loadedAt: number;
}

export interface ShortCache<V> {
  /** What is remembered under `key`, else what `load` gives: read once for all who ask at the same time. */
  get(key: string, load: () => Promise<V>): Promise<V>;
  /** The same, with the time when it was read. */
  read(key: string, load: () => Promise<V>): Loaded<V>;
}

/** Caches of a room that {@link ShortCaches.forget} empties together. */
export interface ShortCaches {
  create<V>(): ShortCache<V>;
  /** Is it from after the last change of this process? What is not may be used once, and not remembered further. */
  isCurrent(loaded: Loaded<unknown>): boolean;
  /** Called after a committed change: the next question in this process reads the database; others do within 5 s. */
  forget(): void;
}

/** @param elapsed The clock that nobody sets; tests fix it. */
export function createShortCaches(elapsed: Elapsed = elapsedMs): ShortCaches {
  const all: { clear(): void }[] = [];
  let current = new WeakSet<object>();
  return {
    create: <V>(): ShortCache<V> => {
      const map = createLruMap<string, Loaded<V>>(CACHE_SIZE);
      all.push(map);
      const read: ShortCache<V>['read'] = (key, load) => {
        const known = map.get(key);
        if (known && elapsed() - known.loadedAt < FRESHNESS_MS) return known;
        const loaded: Loaded<V> = { value: load(), loadedAt: elapsed() };
        current.add(loaded);
        map.set(key, loaded);
        // A failed read is not an answer worth keeping.
        loaded.value.catch(() => map.get(key) === loaded && map.delete(key));
        return loaded;
      };
      return { read, get: (key, load) => read(key, load).value };
    },
    isCurrent: (loaded) => current.has(loaded),
    // A read that began before the change is dropped with the rest, so that it cannot outlive it.
    forget: () => {
      current = new WeakSet();
      for (const map of all) map.clear();
    },
  };
}
