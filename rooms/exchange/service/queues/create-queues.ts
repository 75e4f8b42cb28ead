import { hostname } from 'node:os';
import type { Access } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Database } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import type { Logger } from '@grunnmur/kernel/log';
import type { ObjectStore } from '@grunnmur/kernel/storage';
import { antallPaKo, type OppgjorSvar, stengKo } from '../../store/meldinger/ko-store.ts';
import { payloadKey } from '../meldinger/object-key.ts';
import type { Broker, Kontoer, QueueCounts, Queues } from '../ports.ts';
import { createBroker } from './create-broker.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import { startExpiry } from './expire.ts';
import { createNodeNews } from './node-news.ts';
import { createPresence } from './presence.ts';
import { createSettler } from './settler.ts';

/** Counting what waits stops here, so that a status page costs the same whatever the backlog. */
export const MAX_COUNTED = 100_000;

export interface QueueDeps {
  readonly db: Database;
  readonly log: Logger;
  /** Payloads that are too large for a row. */
  readonly storage: ObjectStore;
  readonly access: Pick<Access, 'authenticateIntegration'>;
  readonly kontoer: Pick<Kontoer, 'find'>;
  /** For lookups that no caller stands behind. */
  readonly systemCtx: Ctx;
  /** The same after a restart and no other node's: then deliveries of a killed process come back at its restart. */
  readonly nodeName?: string;
  /** A node not seen for this long is dead, and its deliveries come back. Default 20 s. */
  readonly leaseMs?: number;
  /** How often all queues are looked at, for what no nudge told of. Default 2 s. */
  readonly pollMs?: number;
  /** How often deadlines are looked at. Default 400 ms (fiks-io §6.5: on time). */
  readonly expiryMs?: number;
}

export interface QueueRoom {
  readonly broker: Broker;
  readonly queues: Queues;
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
  const settler = createSettler(db, log, apply);
  const dispatcher = createDispatcher({ db, log, storage: deps.storage, node, settle: settler.settle });
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

  return {
    broker: createBroker({ ...deps, node, dispatcher, presence }),
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
        waiting: (kontoId) => (kontoId ? dispatcher.nudge(kontoId) : dispatcher.lookAll()),
        closed: cancel,
      });
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

/** Rows are the truth: an object that outlives a crash here is found by the sweeper. */
function removeObjects({ storage, log }: QueueDeps, { objekter }: OppgjorSvar): void {
  if (objekter.length === 0) return;
  storage.remove(objekter.map(({ tenant, objekt }) => payloadKey(tenant, objekt))).catch((error: unknown) => {
    log.warn({ err: error }, 'payloads of ended messages are left for the sweeper');
  });
}

/** Consumers of this node by what it knows, those of others by their rows. */
export async function countQueues(
  db: Database,
  node: string,
  dispatcher: Pick<Dispatcher, 'subscribers'>,
  kontoIds: readonly string[],
): Promise<ReadonlyMap<string, QueueCounts>> {
  if (kontoIds.length === 0) return new Map();
  const rows = await antallPaKo(db, node, kontoIds, MAX_COUNTED);
  return new Map(
    rows.map((row) => [
      row.konto_id,
      {
        antallKonsumenter: row.konsumenter + dispatcher.subscribers(row.konto_id).length,
        antallUavhentedeMeldinger: row.meldinger,
      },
    ]),
  );
}
