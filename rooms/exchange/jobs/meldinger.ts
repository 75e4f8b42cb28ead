import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Schedule } from '@grunnmur/kernel/jobs';
import { type ObjectStore, sweepOrphans } from '@grunnmur/kernel/storage';
import { DAY_MS, HOUR_MS } from '@grunnmur/kernel/time';
import { payloadsInUse, purgeMeldinger } from '../service/meldinger/retention.ts';

/** Removes the rows and history of messages that ended more than a year ago. */
export function purgeSchedule(): Schedule {
  return {
    name: 'exchange.purge_meldinger',
    everyMs: HOUR_MS,
    run: async (ctx) => {
      const removed = await purgeMeldinger(ctx);
      if (removed > 0) ctx.log.info({ removed }, 'old messages removed');
    },
  };
}

export interface SweepDeps {
  /** The room's own store: what no part of the room knows is removed. */
  readonly storage: ObjectStore;
  /** Longer than the longest upload: younger objects may have no row yet. */
  readonly olderThanMs: number;
  /** Further parts of the room that keep objects in the store. */
  readonly isReferenced: (ctx: Ctx, keys: readonly string[]) => Promise<Set<string>>;
}

/** Removes objects that a crash left without a row, and payloads of ended messages whose removal was lost. */
export function sweepSchedule(deps: SweepDeps): Schedule {
  return {
    name: 'exchange.sweep_objects',
    everyMs: DAY_MS,
    run: async (ctx) => {
      const result = await sweepOrphans(deps.storage, {
        olderThanMs: deps.olderThanMs,
        now: ctx.now(),
        isReferenced: async (keys) => {
          const [payloads, others] = await Promise.all([
            payloadsInUse(ctx, keys),
            deps.isReferenced(ctx, keys),
          ]);
          return new Set([...payloads, ...others]);
        },
        ...(ctx.signal ? { signal: ctx.signal } : {}),
      });
      if (result.removed > 0) ctx.log.info(result, 'orphaned objects removed');
    },
  };
}
