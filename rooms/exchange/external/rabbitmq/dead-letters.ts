import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumeMessage } from 'amqplib';
import type { RabbitmqSession } from './link.ts';
import type { RabbitmqLog } from './log.ts';
import { DEAD_QUEUE } from './topology.ts';

const PREFETCH = 500;
const MAX_BATCH = 200;
const RETRY_MS = 1000;

type DeathReason = 'expired' | 'delivery_limit' | 'rejected' | 'maxlen';

export interface DeadLetter {
  readonly messageId: string;
  readonly reason: DeathReason;
}

/**
 * Reads dead letters as long as the session lasts, and acknowledges each after `settle` has stored what it tells. Answers
 * how many it holds unsettled.
 */
export async function consumeDeadLetters(
  session: RabbitmqSession,
  log: RabbitmqLog,
  settle: (letters: readonly DeadLetter[]) => Promise<void>,
): Promise<() => number> {
  const { dead, ended } = session;
  const waiting: ConsumeMessage[] = [];
  let holding = 0;
  let running = false;

  async function drain(): Promise<void> {
    running = true;
    while (waiting.length > 0 && !ended.aborted) {
      const batch = waiting.splice(0, MAX_BATCH);
      try {
        const letters = batch.flatMap(toDeadLetter);
        if (letters.length < batch.length)
          log.warn({ antall: batch.length - letters.length }, 'dead letters that are not ours are dropped');
        if (letters.length > 0) await settle(letters);
        if (!ended.aborted) dead.ack(batch.at(-1)!, true);
        holding -= batch.length;
      } catch (error) {
        log.error({ code: (error as { code?: string }).code }, 'dead letters cannot be settled yet');
        waiting.unshift(...batch);
        await sleep(RETRY_MS, undefined, { signal: ended }).catch(() => {});
      }
    }
    running = false;
  }

  await dead.prefetch(PREFETCH);
  await dead.consume(DEAD_QUEUE, (message) => {
    // The queue was deleted: a new session declares it again.
    if (!message) return session.end();
    waiting.push(message);
    holding++;
    if (!running) void drain();
  });
  return () => holding;
}

/** The newest entry of `x-death` is the first (its order is RabbitMQ's promise). */
function toDeadLetter({ properties }: ConsumeMessage): DeadLetter[] {
  const deaths: unknown = properties.headers?.['x-death'];
  const reason = Array.isArray(deaths) ? (deaths[0] as { reason?: unknown } | undefined)?.reason : undefined;
  const { messageId } = properties as { messageId?: unknown };
  return typeof messageId === 'string' && isReason(reason) ? [{ messageId, reason }] : [];
}

function isReason(reason: unknown): reason is DeathReason {
  return ['expired', 'delivery_limit', 'rejected', 'maxlen'].includes(reason as string);
}
