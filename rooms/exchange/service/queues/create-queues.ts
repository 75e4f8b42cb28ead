import { hostname } from 'node:os';
import type { Broker, BrokerSession } from '@grunnmur/amqp-server/ports';
import { newId } from '@grunnmur/kernel/ids';
import { type OppgjorSvar, stengKo } from '../../store/meldinger/ko-store.ts';
import type { Queues } from '../ports.ts';
import { createClaimer } from './claimer.ts';
import { countQueues } from './count-queues.ts';
import { createBroker, openSession } from './create-broker.ts';
import { createDispatcher } from './dispatcher.ts';
import { startExpiry } from './expire.ts';
import { createNodeNews } from './node-news.ts';
import { createPresence } from './presence.ts';
import type { QueueDeps } from './queue-deps.ts';
import { removeObjects } from './remove-objects.ts';
import { createSettler } from './settler.ts';

export interface QueueRoom {
  readonly broker: Broker;
  readonly queues: Queues;
  /** The queues of an integration that the platform itself acts for: no login. Undefined where another broker has them. */
  readonly session?: (integrasjonId: string) => BrokerSession;
  /** Messages have been committed: queue and place of each. Gives them out here, and tells other nodes. */
  arrived(places: readonly { readonly kontoId: string; readonly seq: number }[]): void;
  /** Begins to give out messages and to watch deadlines. Call after migration. */
  start(): Promise<void>;
  /** Gives back what is with consumers, marked as redelivered and with no attempt used. */
  stop(): Promise<void>;
}

/** Queues of record in PostgreSQL: one per konto, given out through any node (fiks-io §3.3 to §3.6). */
export function createQueues(deps: QueueDeps): QueueRoom {
  const { db, log, pollMs = 2000, leaseMs = 20_000, expiryMs = 400 } = deps;
  const node = newId();
  const stopping: (() => unknown)[] = [];

  const apply = (svar: OppgjorSvar) => {
    removeObjects(deps, svar);
    arrived(svar.ko.map(({ konto, seq }) => ({ kontoId: konto, seq })));
  };
  const settler = createSettler(deps.systemCtx, apply);
  const dispatcher = createDispatcher({
    log,
    storage: deps.storage,
    claim: createClaimer(db, node),
    settle: settler.settle,
  });
  const nodeId = { id: node, navn: deps.nodeName ?? `${hostname()}:${process.pid}`, leaseMs };
  const presence = createPresence(db, log, nodeId, apply);
  let news: ReturnType<typeof createNodeNews> | undefined;

  const arrived: QueueRoom['arrived'] = (places) => {
    for (const { kontoId, seq } of places) dispatcher.nudge(kontoId, seq);
    news?.tell(places.map(({ kontoId }) => kontoId));
  };
  const cancel = (kontoId: string) => {
    for (const subscriber of [...dispatcher.subscribers(kontoId)]) {
      dispatcher.remove(kontoId, subscriber);
      presence.leave(subscriber.id);
      subscriber.consumer.cancelled();
    }
  };

  /** Queues that were closed while this node did not hear of it. */
  const cancelDeleted = async () => {
    for (const kontoId of [...dispatcher.kontoer()]) {
      if (dispatcher.subscribers(kontoId).length === 0) continue;
      const konto = await deps.kontoer.find(deps.systemCtx, kontoId).catch(() => undefined);
      if (konto?.slettet) cancel(kontoId);
    }
  };

  const brokerDeps = { ...deps, node, dispatcher, presence };
  return {
    broker: createBroker(brokerDeps),
    session: (integrasjonId) => openSession(brokerDeps, integrasjonId),
    queues: {
      counts: async (_ctx, kontoIds) => countQueues(db, node, dispatcher, kontoIds),
      close: async (trx, konto) => {
        const svar = await stengKo(trx, konto.id);
        trx.afterCommit(() => {
          apply(svar);
          cancel(konto.id);
          news?.tellClosed(konto.id);
        });
      },
    },
    arrived,
    start: async () => {
      await presence.start();
      news = createNodeNews(db, log, node, presence.alone, {
        waiting: (kontoId) => dispatcher.nudge(kontoId),
        closed: cancel,
        deafUntilNow: () => {
          dispatcher.lookAll();
          void cancelDeleted();
        },
      });
      await news.ready;
      const poll = setInterval(dispatcher.lookAll, pollMs).unref();
      stopping.push(startExpiry(db, log, expiryMs, apply), () => clearInterval(poll));
    },
    stop: async () => {
      for (const stop of stopping) await stop();
      await news?.stop();
      await dispatcher.stop();
      await settler.stop();
      if (news) await presence.stop();
    },
  };
}
