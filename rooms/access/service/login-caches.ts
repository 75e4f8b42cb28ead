import { createLruMap, type LruMap } from '@grunnmur/kernel/auth';
import { type Elapsed, SECOND_MS } from '@grunnmur/kernel/time';

/** Longest time a login is believed without asking the database: the promise the contract gives. */
export const LOGIN_FRESHNESS_MS = 5 * SECOND_MS;
/** Entries of each cache. A principal is a few hundred bytes. */
const CACHE_SIZE = 10_000;

interface Loaded<Row> {
  readonly row: Promise<Row | null>;
  /** On the monotonic clock, ms. */
  readonly loadedAt: number;
}

interface Remembered<P> {
  readonly principal: P;
  readonly until: number;
  /** Epoch ms. */
  readonly notAfter: number;
}

/** The two short memories behind a login: rows by credential id, and accepted logins by the hash of what was sent. */
export interface LoginCache<Row, P> {
  principal(key: string): P | undefined;
  /** Reads the row once for all who ask at the same time. */
  row(id: string, load: () => Promise<Row | null>): Loaded<Row>;
  /** Remembers an accepted login until its row is 5 s old, or `notAfter` (epoch ms) if that is sooner. */
  remember(key: string, principal: P, loaded: Loaded<Row>, notAfter?: number): void;
}

/** Makes caches that {@link LoginCaches.forget} empties together. */
export interface LoginCaches {
  create<Row, P>(): LoginCache<Row, P>;
  /** Called after a committed change of any credential: the next login in this process reads the database. */
  forget(): void;
}

export function createLoginCaches(now: () => Date, elapsed: Elapsed): LoginCaches {
  const all: LruMap<string, unknown>[] = [];
  const track = <V>(map: LruMap<string, V>): LruMap<string, V> => {
    all.push(map as LruMap<string, unknown>);
    return map;
  };
  let generation = 0;
  const generationOf = new WeakMap<object, number>();
  return {
    create: <Row, P>(): LoginCache<Row, P> => {
      const rows = track(createLruMap<string, Loaded<Row>>(CACHE_SIZE));
      const principals = track(createLruMap<string, Remembered<P>>(CACHE_SIZE));
      return {
        principal: (key) => {
          const found = principals.get(key);
          const believed = found && found.until > elapsed() && found.notAfter > now().getTime();
          return believed ? found.principal : undefined;
        },
        row: (id, load) => {
          const known = rows.get(id);
          if (known && elapsed() - known.loadedAt < LOGIN_FRESHNESS_MS) return known;
          const loaded: Loaded<Row> = { row: load(), loadedAt: elapsed() };
          generationOf.set(loaded, generation);
          rows.set(id, loaded);
          // A failed read is not an answer worth keeping.
          loaded.row.catch(() => rows.get(id) === loaded && rows.delete(id));
          return loaded;
        },
        remember: (key, principal, loaded, notAfter = Number.POSITIVE_INFINITY) => {
          // The row was read before a change that has been committed since: use it for this call only.
          if (generationOf.get(loaded) !== generation) return;
          principals.set(key, { principal, until: loaded.loadedAt + LOGIN_FRESHNESS_MS, notAfter });
        },
      };
    },
    forget: () => {
      generation++;
      for (const map of all) map.clear();
    },
  };
}
