import { createLruMap } from '@grunnmur/kernel/auth';
import { createShortCaches, FRESHNESS_MS, type Loaded } from '@grunnmur/kernel/cache';
import type { Elapsed } from '@grunnmur/kernel/time';

/** Entries of each cache. A principal is a few hundred bytes. */
const CACHE_SIZE = 10_000;

interface Remembered<P> {
  readonly principal: P;
  readonly until: number;
  /** Epoch ms. */
  readonly notAfter: number;
}

/** The two short memories behind a login: rows by credential id, and accepted logins by the hash of what was sent. */
interface LoginCache<Row, P> {
  principal(key: string): P | undefined;
  /** Reads the row once for all who ask at the same time. */
  row(id: string, load: () => Promise<Row | null>): Loaded<Row | null>;
  /** Remembers an accepted login until its row is 5 s old, or `notAfter` (epoch ms) if that is sooner. */
  remember(key: string, principal: P, loaded: Loaded<Row | null>, notAfter?: number): void;
}

/** Makes caches that {@link LoginCaches.forget} empties together. */
export interface LoginCaches {
  create<Row, P>(): LoginCache<Row, P>;
  /** Called after a committed change of any credential: the next login in this process reads the database. */
  forget(): void;
}

export function createLoginCaches(now: () => Date, elapsed: Elapsed): LoginCaches {
  const short = createShortCaches(elapsed);
  const all: { clear(): void }[] = [];
  return {
    create: <Row, P>(): LoginCache<Row, P> => {
      const rows = short.create<Row | null>();
      const principals = createLruMap<string, Remembered<P>>(CACHE_SIZE);
      all.push(principals);
      return {
        principal: (key) => {
          const found = principals.get(key);
          const believed = found && found.until > elapsed() && found.notAfter > now().getTime();
          return believed ? found.principal : undefined;
        },
        row: rows.read,
        remember: (key, principal, loaded, notAfter = Number.POSITIVE_INFINITY) => {
          // The row was read before a change that has been committed since: use it for this call only.
          if (!short.isCurrent(loaded)) return;
          principals.set(key, { principal, until: loaded.loadedAt + FRESHNESS_MS, notAfter });
        },
      };
    },
    forget: () => {
      short.forget();
      for (const map of all) map.clear();
    },
  };
}
