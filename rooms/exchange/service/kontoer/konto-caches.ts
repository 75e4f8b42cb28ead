import { createLruMap } from '@grunnmur/kernel/auth';
import { type Elapsed, elapsedMs, SECOND_MS } from '@grunnmur/kernel/time';

/** Longest time a fact about a konto is believed without asking the database. */
export const KONTO_FRESHNESS_MS = 5 * SECOND_MS;
const CACHE_SIZE = 10_000;

interface Loaded<V> {
  readonly value: Promise<V>;
  readonly loadedAt: number;
}

export interface KontoCache<V> {
  /** What is remembered under `key`, else what `load` gives: read once for all who ask at the same time. */
  get(key: string, load: () => Promise<V>): Promise<V>;
}

/** Makes caches that `forget` empties together. */
export interface KontoCaches {
  create<V>(): KontoCache<V>;
  /** Called after a committed change: the next question in this process reads the database. */
  forget(): void;
}

export function createKontoCaches(elapsed: Elapsed = elapsedMs): KontoCaches {
  const all: { clear(): void }[] = [];
  return {
    create: <V>(): KontoCache<V> => {
      const map = createLruMap<string, Loaded<V>>(CACHE_SIZE);
      all.push(map);
      return {
        get: (key, load) => {
          const known = map.get(key);
          if (known && elapsed() - known.loadedAt < KONTO_FRESHNESS_MS) return known.value;
          const loaded: Loaded<V> = { value: load(), loadedAt: elapsed() };
          map.set(key, loaded);
          // A failed read is not an answer worth keeping.
          loaded.value.catch(() => map.get(key) === loaded && map.delete(key));
          return loaded.value;
        },
      };
    },
    // A read that began before the change is dropped with the rest, so that it cannot outlive it.
    forget: () => {
      for (const map of all) map.clear();
    },
  };
}
