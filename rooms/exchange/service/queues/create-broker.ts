import type { Broker, BrokerSession } from '@grunnmur/amqp-server/ports';
import { newId } from '@grunnmur/kernel/ids';
import { ExchangeError } from '../../errors.ts';
import type { Konto } from '../../types.ts';
import { countQueues } from './count-queues.ts';
import { credentialsOf } from './credentials.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Subscriber } from './konto-queue.ts';
import type { Presence } from './presence.ts';
import type { QueueDeps } from './queue-deps.ts';
import { kontoOfQueue } from './queue-name.ts';

export interface BrokerDeps extends QueueDeps {
  readonly node: string;
  readonly dispatcher: Dispatcher;
  readonly presence: Presence;
}

/** How old the number in the answer to `basic.get` may be: counting for each would make emptying a queue cost its length. */
const COUNT_MS = 1000;

/** The queues as the AMQP face sees them. */
export function createBroker(deps: BrokerDeps): Broker {
  return {
    login: async ({ username, password, address }) => {
      const { integrationId } = await deps.access.authenticateIntegration(
        credentialsOf(username, password, address),
      );
      return openSession(deps, integrationId);
    },
  };
}

/** The queues of an integration: of one that has logged in, or that the platform itself acts for. */
export function openSession(deps: BrokerDeps, integrasjonId: string): BrokerSession {
  const { dispatcher, presence } = deps;
  const counted = new Map<string, { left: number; at: number }>();

  const permit = async (queue: string): Promise<Konto> => {
    const kontoId = kontoOfQueue(queue);
    const konto = kontoId ? await deps.kontoer.find(deps.systemCtx, kontoId) : undefined;
    const params = { queue: queue.slice(0, 100) };
    if (!konto || konto.slettet) throw ExchangeError.queueNotFound({ params });
    if (konto.integrasjonId !== integrasjonId) throw ExchangeError.queueRefused({ params });
    return konto;
  };
  const count = async (kontoId: string) => {
    const counts = (await countQueues(deps.db, deps.node, dispatcher, [kontoId])).get(kontoId);
    return {
      messageCount: counts?.antallUavhentedeMeldinger ?? 0,
      consumerCount: counts?.antallKonsumenter ?? 0,
    };
  };
  const remaining = async (kontoId: string): Promise<number> => {
    const known = counted.get(kontoId);
    if (known && performance.now() - known.at < COUNT_MS) {
      known.left = Math.max(0, known.left - 1);
      return known.left;
    }
    // The one just given out is still on the queue until it is settled.
    const left = Math.max(0, (await count(kontoId)).messageCount - 1);
    counted.set(kontoId, { left, at: performance.now() });
    return left;
  };

  return {
    user: integrasjonId,
    inspect: async (queue) => count((await permit(queue)).id),
    subscribe: async (queue, consumer) => {
      const konto = await permit(queue);
      const subscriber: Subscriber = { id: newId(), consumer, ended: false };
      dispatcher.add(konto.id, subscriber);
      const forbindelse = consumer.connection.name.slice(0, 200);
      presence.enter({ id: subscriber.id, konto: konto.id, tenant: konto.tenant, forbindelse });
      return {
        wake: () => dispatcher.wake(konto.id),
        end: async () => {
          if (subscriber.ended) return;
          dispatcher.remove(konto.id, subscriber);
          presence.leave(subscriber.id);
        },
      };
    },
    get: async (queue) => {
      const konto = await permit(queue);
      const delivery = await dispatcher.get(konto.id, 'basic.get');
      return delivery && { delivery, remaining: await remaining(konto.id) };
    },
    settle: (settlements) => dispatcher.settle(settlements),
  };
}
