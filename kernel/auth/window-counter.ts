import { type Elapsed, elapsedMs } from '../time/index.ts';
import { createLruMap } from './lru-map.ts';

export interface WindowCount {
  /** How often the key was counted in its window, this time included. */
  readonly count: number;
  /** Until the window ends, ms. */
  readonly leftMs: number;
}

export interface WindowCounter {
  count(key: string): WindowCount;
}

interface Window {
  count: number;
  readonly endsAt: number;
}

/**
 * Counts by key; each key's window begins with its first count. At most `keys` are remembered: whoever invents more only
 * pushes out those not seen for longest.
 */
export function createWindowCounter(
  windowMs: number,
  keys: number,
  elapsed: Elapsed = elapsedMs,
): WindowCounter {
  const windows = createLruMap<string, Window>(keys);
  return {
    count: (key) => {
      const now = elapsed();
      const known = windows.get(key);
      const window = known && known.endsAt > now ? known : { count: 0, endsAt: now + windowMs };
      window.count += 1;
      windows.set(key, window);
      return { count: window.count, leftMs: window.endsAt - now };
    },
  };
}
