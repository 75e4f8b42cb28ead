import type { Database } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import { type OppgjorSvar, utlopt } from '../../store/meldinger/ko-store.ts';

const BATCH = 500;

/**
 * Watches deadlines, by time and not by place in a queue (fiks-io §6.5). Every node may do it at once: each takes what the
 * others have not locked. Answers the end.
 */
export function startExpiry(
  db: Database,
  log: Logger,
  everyMs: number,
  onExpired: (svar: OppgjorSvar) => void,
): () => Promise<void> {
  let stopped = false;
  let failing = false;
  let working: Promise<void> | undefined;

  const look = async () => {
    try {
      for (let more = true; more && !stopped; ) {
        const svar = await utlopt(db, BATCH);
        if (svar.antall > 0) onExpired(svar);
        more = svar.antall === BATCH;
      }
      failing = false;
    } catch (error) {
      if (!failing) log.error({ code: (error as { code?: string }).code }, 'deadlines cannot be watched');
      failing = true;
    } finally {
      working = undefined;
    }
  };
  const timer = setInterval(() => {
    working ??= look();
  }, everyMs).unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await working;
  };
}
