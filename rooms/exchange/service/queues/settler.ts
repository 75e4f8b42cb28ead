import { setTimeout as sleep } from 'node:timers/promises';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { createGroupCommit } from '@grunnmur/kernel/db';
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

/**
 * Group commit of outcomes. One that cannot be written is tried again for as long as the node lives, since until then the
 * message stays with a consumer that is through with it; twice is once, because an entry that has ended knows the token no
 * more.
 */
export function createSettler(systemCtx: Ctx, onSettled: (svar: OppgjorSvar) => void): Settler {
  const stopping = new AbortController();
  const commits = createGroupCommit<readonly Oppgjor[], void>(
    async (_, waiting) => {
      onSettled(await write(waiting.flat()));
      return waiting.map(() => undefined);
    },
    { maxItems: MAX_BATCH, weight: { of: (oppgjor) => oppgjor.length, max: MAX_BATCH } },
  );

  async function write(oppgjor: readonly Oppgjor[]): Promise<OppgjorSvar> {
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(2 * wait, LAST_RETRY_MS)) {
      try {
        return await gjorOpp(systemCtx.db, oppgjor);
      } catch (error) {
        if (stopping.signal.aborted) throw error;
        systemCtx.log.error(
          { code: (error as { code?: string }).code },
          'outcomes of deliveries cannot be written yet',
        );
        await sleep(wait, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  return {
    settle: async (oppgjor) => {
      if (oppgjor.length > 0) await commits.add(systemCtx, oppgjor);
    },
    stop: async () => {
      stopping.abort();
      await commits.idle();
    },
  };
}
