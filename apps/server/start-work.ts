import { withTransaction } from '@grunnmur/kernel/db';
import { purgeIdempotencyKeys } from '@grunnmur/kernel/http';
import { createWorker, type Schedule } from '@grunnmur/kernel/jobs';
import type { Room } from '@grunnmur/kernel/room';
import { HOUR_MS } from '@grunnmur/kernel/time';
import type { Assembly } from './assembly.ts';

export interface Work {
  /** Resolves when all jobs are taken up as they come. */
  readonly started: Promise<void>;
  /** Lets what runs end. */
  readonly stop: () => Promise<void>;
}

/**
 * Takes up the jobs of all rooms, once `before` has ended: it has the jobs to itself. Nothing waits for that but jobs; what is
 * accepted meanwhile is done after. When `before` fails, the log says so and the work begins all the same.
 */
export function startWork({ db, log }: Assembly, rooms: readonly Room[], before?: () => Promise<void>): Work {
  const worker = createWorker({
    db,
    log,
    definitions: rooms.flatMap((room) => room.jobs ?? []),
    schedules: [...rooms.flatMap((room) => room.schedules ?? []), idempotencySchedule()],
  });
  const begin = async () => {
    await before?.().catch((error: unknown) => log.error({ err: error }, 'sample letters were not all sent'));
    await worker.start();
  };
  const started = begin();
  return {
    started,
    stop: async () => {
      // Cut off, half of the sample letters would stay away for good.
      await started;
      await worker.stop();
    },
  };
}

function idempotencySchedule(): Schedule {
  return {
    name: 'kernel.purge_idempotency',
    everyMs: HOUR_MS,
    run: (ctx) => withTransaction(ctx, purgeIdempotencyKeys),
  };
}
