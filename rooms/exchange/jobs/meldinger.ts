import type { Schedule } from '@grunnmur/kernel/jobs';
import { HOUR_MS } from '@grunnmur/kernel/time';
import { purgeMeldinger } from '../service/meldinger/retention.ts';

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
