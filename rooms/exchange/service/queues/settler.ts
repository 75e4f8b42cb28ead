import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import { gjorOpp, type Oppgjor, type OppgjorSvar } from '../../store/meldinger/ko-store.ts';

const MAX_BATCH = 1000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2000;

export interface Settler {
  /** Resolves when the outcomes are on disk. */
  settle(oppgjor: readonly Oppgjor[]): Promise<void>;
  /** Waits for what is under way; outcomes that cannot be written are given up, and their messages come again. */
  stop(): Promise<void>;
}

interface Waiting {
  readonly oppgjor: readonly Oppgjor[];
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Group commit of outcomes: those that come while a commit is under way share the next. An outcome that cannot be written is
 * tried again for as long as the node lives, since until then the message stays with a consumer that is through with it;
 * twice is once, because an entry that has ended knows the token no more.
 */
export function createSettler(db: Database, log: Logger, onSettled: (svar: OppgjorSvar) => void): Settler {
  const queue: Waiting[] = [];
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const batch = takeBatch(queue);
      try {
        onSettled(await write(batch.flatMap((waiting) => waiting.oppgjor)));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
    }
    running = undefined;
  }

  async function write(oppgjor: readonly Oppgjor[]): Promise<OppgjorSvar> {
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(2 * wait, LAST_RETRY_MS)) {
      try {
        return await gjorOpp(db, oppgjor);
      } catch (error) {
        if (stopping.signal.aborted) throw error;
        log.error(
          { code: (error as { code?: string }).code },
          'outcomes of deliveries cannot be written yet',
        );
        await sleep(wait, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  return {
    settle: (oppgjor) =>
      new Promise<void>((done, fail) => {
        if (oppgjor.length === 0) return done();
        queue.push({ oppgjor, done, fail });
        running ??= drain();
      }),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

function takeBatch(queue: Waiting[]): Waiting[] {
  const batch: Waiting[] = [];
  let size = 0;
  while (queue.length > 0 && (size === 0 || size + queue[0]!.oppgjor.length <= MAX_BATCH)) {
    const next = queue.shift()!;
    batch.push(next);
    size += next.oppgjor.length;
  }
  return batch;
}
