import { type Trx, withTransaction } from '../db/index.ts';
import { isUuid } from '../ids/index.ts';
import type { Schedule } from '../jobs/index.ts';
import { DAY_MS } from '../time/index.ts';
import { idOfObject } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';
import { sweepOrphans } from './sweep-orphans.ts';

/** Which of these ids have a row that needs the object, over all tenants. Asked for at most 500 at a time. */
export type FindKnownObjects = (trx: Trx, ids: readonly string[]) => Promise<ReadonlySet<string>>;

export interface SweepScheduleOptions {
  /** `<room>.sweep_objects`. */
  readonly name: string;
  /** The room's own store: what none of `known` answers for is removed. */
  readonly storage: ObjectStore;
  /** One for each table that names objects. */
  readonly known: readonly FindKnownObjects[];
  /** Longer than the longest upload: younger objects may have no row yet. */
  readonly olderThanMs: number;
}

/** Removes objects that a crash left without a row, and those whose removal was lost, once a day. */
export function sweepSchedule({ name, storage, known, olderThanMs }: SweepScheduleOptions): Schedule {
  return {
    name,
    everyMs: DAY_MS,
    run: async (ctx) => {
      const result = await sweepOrphans(storage, {
        olderThanMs,
        now: ctx.now(),
        isReferenced: async (keys) => {
          const ids = keys.map(idOfObject).filter(isUuid);
          const found = await withTransaction(ctx, (trx) => Promise.all(known.map((find) => find(trx, ids))));
          return new Set(keys.filter((key) => found.some((some) => some.has(idOfObject(key)))));
        },
        ...(ctx.signal ? { signal: ctx.signal } : {}),
      });
      if (result.removed > 0) ctx.log.info(result, 'orphaned objects removed');
    },
  };
}
