/** A map of at most `limit` entries; the entry that was read or written longest ago gives way. */
export interface LruMap<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
  clear(): void;
  entries(): IterableIterator<[K, V]>;
  readonly size: number;
}

/**
 * Everything that remembers something about what callers send must be bounded, or remembering becomes a way to
 * exhaust memory. A `Map` keeps insertion order, so that moving a read entry to the end is all that is needed.
 */
export function createLruMap<K, V>(limit: number): LruMap<K, V> {
  if (!Number.isInteger(limit) || limit < 1)
    throw new Error(`An LRU map needs a positive limit, not ${limit}`);
  const map = new Map<K, V>();
  return {
    get: (key) => {
      const value = map.get(key);
      if (value === undefined) return undefined;
      map.delete(key);
      map.set(key, value);
      return value;
    },
    set: (key, value) => {
      map.delete(key);
      map.set(key, value);
      if (map.size > limit) map.delete(map.keys().next().value as K);
    },
    delete: (key) => void map.delete(key),
    clear: () => map.clear(),
    entries: () => map.entries(),
    get size() {
      return map.size;
    },
  };
}
