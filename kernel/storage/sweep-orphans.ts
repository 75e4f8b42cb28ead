import type { ObjectStore } from './object-store.ts';

const BATCH = 500;

export interface SweepOptions {
  /** Younger objects are left alone: their rows may not be committed yet. Longer than the longest upload. */
  readonly olderThanMs: number;
  readonly now: Date;
  /** Which of these keys have a row. Called with at most 500 keys; an error ends the sweep and nothing more is removed. */
  readonly isReferenced: (keys: string[]) => Promise<Set<string>>;
  /** Only keys that begin with this, e.g. one tenant's. Default: all. */
  readonly prefix?: string;
  readonly signal?: AbortSignal;
}

/**
 * Removes objects without a row (a crash between object and row, or a removal that did not finish) and what
 * interrupted writes left. `checked` counts the old enough objects, `removed` those removed and stale leftovers.
 */
export async function sweepOrphans(
  store: ObjectStore,
  options: SweepOptions,
): Promise<{ checked: number; removed: number }> {
  const before = new Date(options.now.getTime() - options.olderThanMs);
  let checked = 0;
  let removed = 0;
  let batch: string[] = [];

  const settle = async () => {
    if (batch.length === 0) return;
    const referenced = await options.isReferenced(batch);
    const orphans = batch.filter((key) => !referenced.has(key));
    if (orphans.length > 0) await store.remove(orphans);
    checked += batch.length;
    removed += orphans.length;
    batch = [];
  };

  for await (const { key, modifiedAt } of store.list(options.prefix ?? '')) {
    options.signal?.throwIfAborted();
    if (modifiedAt >= before) continue;
    batch.push(key);
    if (batch.length === BATCH) await settle();
  }
  await settle();
  removed += await store.removeStale(before);
  return { checked, removed };
}
