import { setTimeout as sleep } from 'node:timers/promises';
import type { RabbitmqLink, RabbitmqSession } from '../../external/rabbitmq/link.ts';
import { lengthOf } from '../../external/rabbitmq/topology.ts';
import { queueName } from '../queues/queue-name.ts';

/** Longest wait for our own connection. With what follows it stays below the 15 s that RabbitMQ waits for an answer. */
const PATIENCE_MS = 8000;
/**
 * A quorum queue that starts has no leader for 600 ms, and then reads its log; until that is done it shows an old state, as a
 * rule without consumers.
 */
const LEADERLESS_MS = 1500;
/** After that, consumers that a queue still has are alive: not RabbitMQ was new, but our connection to it. */
const TAKEN_BACK_MS = 5000;
const LOOK_MS = 100;
/** A queue that is busy answers after 250 ms, with zeros. */
const PROMPT_MS = 200;

interface Opening {
  /** All consumers of a queue wait for the same: the first of them would be taken for an old one by the next. */
  readonly takenBack: Map<string, Promise<void>>;
  /** The last look asked for. One at a time, so that the time an answer takes tells of its queue alone. */
  turn: Promise<unknown>;
}

/**
 * Answers when a consumer may be let in. A RabbitMQ that was killed learns only after it has started again that its
 * consumers are gone, and only then takes back what they had. A new consumer that comes before is first given what lay behind
 * that, and then, in the wrong order, what was taken back. Its question whether it may read is asked when RabbitMQ has just
 * come up: the answer waits until the queue has no consumers left.
 */
export function createAdmission(
  link: Pick<RabbitmqLink, 'reach'>,
  /** Declares the queue if this process has not done so. */
  ensureQueue: (session: RabbitmqSession, kontoId: string) => Promise<unknown>,
): (kontoId: string) => Promise<void> {
  const openings = new WeakMap<RabbitmqSession, Opening>();

  function takenBack(session: RabbitmqSession, queue: string): Promise<void> {
    const opening = openings.get(session) ?? { takenBack: new Map(), turn: Promise.resolve() };
    openings.set(session, opening);
    const known = opening.takenBack.get(queue) ?? untilTakenBack(session, opening, queue);
    opening.takenBack.set(queue, known);
    return known;
  }

  return async (kontoId) => {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const session = await link.reach(Math.max(0, deadline - performance.now()));
      if (!session) return;
      try {
        await ensureQueue(session, kontoId);
        if (performance.now() < session.openedAt + TAKEN_BACK_MS)
          await takenBack(session, queueName(kontoId));
        return;
      } catch (error) {
        // The next session begins from the start.
        if (!session.ended.aborted || performance.now() > deadline) throw error;
      }
    }
  };
}

async function untilTakenBack(session: RabbitmqSession, opening: Opening, queue: string): Promise<void> {
  const { openedAt, ended } = session;
  await sleep(Math.max(0, openedAt + LEADERLESS_MS - performance.now()), undefined, { signal: ended });
  while (performance.now() < openedAt + TAKEN_BACK_MS) {
    const look = opening.turn.then(() => hasNoConsumers(session, queue));
    opening.turn = look.catch(() => {});
    if (await look) return;
    await sleep(LOOK_MS, undefined, { signal: ended });
  }
}

async function hasNoConsumers({ topology }: RabbitmqSession, queue: string): Promise<boolean> {
  const asked = performance.now();
  const { consumers } = await lengthOf(topology, queue);
  return consumers === 0 && performance.now() - asked < PROMPT_MS;
}
