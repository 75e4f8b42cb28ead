import { setTimeout as sleep } from 'node:timers/promises';
import { consumeDeadLetters, type DeadLetter } from '../../external/rabbitmq/dead-letters.ts';
import { createRabbitmqLink, type RabbitmqSession } from '../../external/rabbitmq/link.ts';
import { createRabbitmqManagement } from '../../external/rabbitmq/management.ts';
import { declareQueue } from '../../external/rabbitmq/topology.ts';
import type { OppgjorSvar } from '../../store/meldinger/ko-store.ts';
import { type DodMelding, dodeFraRabbitmq, stengHosRabbitmq } from '../../store/meldinger/rabbitmq-store.ts';
import type { QueueRoom } from '../queues/create-queues.ts';
import { startExpiry } from '../queues/expire.ts';
import type { QueueDeps } from '../queues/queue-deps.ts';
import { queueName } from '../queues/queue-name.ts';
import { removeObjects } from '../queues/remove-objects.ts';
import { createAdmission } from './admission.ts';
import { type Authorizer, createAuthorizer } from './authorize.ts';
import { countRabbitmqQueues } from './count-rabbitmq-queues.ts';
import { createObserver } from './observer.ts';
import { createPublisher } from './publisher.ts';
import { openRabbitmqSession } from './rabbitmq-session.ts';
import { type RabbitmqSettings, vhostOf } from './rabbitmq-settings.ts';

interface Declared {
  readonly there: Promise<unknown>;
  /** A message may be published to it. */
  readonly safe: Promise<void>;
}

const FIRST_CONNECTION_MS = 3000;
/**
 * RabbitMQ notes a new queue on disk half a second after it has said that it is there; killed before that, it has lost the
 * queue and every message that it had confirmed. So nothing is published to one that may be new until then.
 */
const NEW_QUEUE_MS = 1500;

export interface RabbitmqQueues extends QueueRoom {
  readonly authorizer: Authorizer;
}

/** Queues in RabbitMQ: `exchange.ko` is the outbox, clients connect to RabbitMQ, and what it tells comes back here. */
export function createRabbitmqQueues(deps: QueueDeps, settings: RabbitmqSettings): RabbitmqQueues {
  const { db, log, systemCtx, storage, pollMs = 2000, expiryMs = 400 } = deps;
  const statisticsMs = settings.statisticsMs ?? 5000;
  // Queues tell their lengths, these are collected, and the answer may have been kept for a moment.
  const staleMs = 2 * statisticsMs + 1500;
  const management = createRabbitmqManagement(settings.managementUrl, vhostOf(settings));
  let declared = new Map<string, Declared>();
  let unsettledDead = () => 0;
  let stopExpiry: (() => Promise<void>) | undefined;

  const apply = (svar: OppgjorSvar) => {
    removeObjects(deps, svar);
    publisher.nudge(svar.ko.map(({ konto }) => konto));
  };
  const opened = (session: RabbitmqSession) => {
    declared = new Map();
    observer.forget();
    consumeDeadLetters(session, log, async (letters) => {
      apply(await dodeFraRabbitmq(db, letters.map(toDod)));
    }).then(
      (holding) => {
        unsettledDead = holding;
      },
      () => session.end(),
    );
    publisher.lookAll();
  };
  const link = createRabbitmqLink(settings.url, log, opened);
  const ensureQueue = (session: RabbitmqSession, kontoId: string): Declared => {
    const queue = queueName(kontoId);
    const known = declared;
    let entry = known.get(queue);
    if (!entry) {
      const there = declareQueue(session.topology, queue);
      const safe = there.then(async ({ ready, consumers }) => {
        if (ready === 0 && consumers === 0) await sleep(NEW_QUEUE_MS);
      });
      entry = { there, safe };
      known.set(queue, entry);
      safe.catch(() => known.delete(queue));
    }
    return entry;
  };
  const publisher = createPublisher({
    systemCtx,
    log,
    storage,
    session: link.session,
    ensureQueue: (session, kontoId) => ensureQueue(session, kontoId).safe,
    forgetQueue: (queue) => void declared.delete(queue),
    pollMs,
  });
  const observer = createObserver({
    db,
    log,
    management,
    everyMs: statisticsMs,
    staleMs,
    connected: () => link.session() !== undefined,
    unsettledDead: () => unsettledDead(),
    onSettled: apply,
  });
  const removeQueue = async (kontoId: string) => {
    const queue = queueName(kontoId);
    declared.delete(queue);
    await link.session()?.topology.deleteQueue(queue);
  };

  return {
    broker: {
      // Clients log in to RabbitMQ, which asks the authorizer.
      login: () => Promise.reject(new Error('RabbitMQ is the broker: it takes the connections')),
    },
    session: (integrasjonId) => openRabbitmqSession({ ...deps, session: link.session }, integrasjonId),
    queues: {
      counts: (_ctx, kontoIds) =>
        countRabbitmqQueues({ db, log, management, staleMs, session: link.session }, kontoIds),
      close: async (trx, konto) => {
        const svar = await stengHosRabbitmq(trx, konto.id);
        trx.afterCommit(() => {
          apply(svar);
          removeQueue(konto.id).catch((error: unknown) => {
            log.error({ err: error, kontoId: konto.id }, 'a queue could not be removed from RabbitMQ');
          });
        });
      },
    },
    authorizer: createAuthorizer({
      ...deps,
      vhost: vhostOf(settings),
      prepareQueue: createAdmission(link, (session, kontoId) => ensureQueue(session, kontoId).there),
    }),
    arrived: (places) => publisher.nudge(places.map(({ kontoId }) => kontoId)),
    start: async () => {
      link.start();
      // Who reads queues from the start finds them; without RabbitMQ the platform works on, and hands over later.
      await link.reach(FIRST_CONNECTION_MS);
      publisher.start();
      observer.start();
      // What has not been handed over when its time is up.
      stopExpiry = startExpiry(db, log, expiryMs, apply);
    },
    stop: async () => {
      await stopExpiry?.();
      await observer.stop();
      await publisher.stop();
      await link.stop();
    },
  };
}

/** `maxlen` does not happen with queues of ours; whoever sets a limit by policy loses messages by it, and they have failed. */
function toDod({ messageId, reason }: DeadLetter): DodMelding {
  const utfall = reason === 'expired' ? 'expired' : reason === 'rejected' ? 'reject' : 'closed';
  return { id: messageId, utfall };
}
