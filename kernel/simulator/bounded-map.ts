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
