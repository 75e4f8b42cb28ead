import type { BrokerSession, Delivery, Subscription } from '@grunnmur/amqp-server/ports';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Konto } from '../../types.ts';
import type { KontoLookups } from '../kontoer/create-kontoer.ts';
import { queueName } from '../queues/queue-name.ts';
import { type HandleDeps, handleDelivery } from './handle-delivery.ts';

export interface ValidatorDeps extends HandleDeps {
  readonly systemCtx: Ctx;
  readonly kontoer: Pick<KontoLookups, 'nokkel' | 'find'>;
  /** Kontoer that the platform answers for; each has been given a key by `giveValidatorKey`. */
  readonly kontoIds: readonly string[];
  /** The queues of an integration, opened by the platform itself. */
  readonly session: (integrasjonId: string) => Promise<BrokerSession>;
  /** How soon a konto that is not there yet is looked for again. Default 30 s. */
  readonly retryMs?: number;
}

export interface Validator {
  /** Begins to answer. Call when the queues have started. */
  start(): Promise<void>;
  /** Ends what is being answered, and takes no more. Call before the queues stop. */
  stop(): Promise<void>;
}

/** Messages of one konto that are checked at once: each may hold a document of 20 MB. */
const SAMTIDIGE = 2;

/** Answers messages to validator kontoer with a report of what is right and wrong with them (fiks-io §5). */
export function createValidator(deps: ValidatorDeps): Validator {
  const { log, retryMs = 30_000 } = deps;
  const subscriptions = new Map<string, Subscription>();
  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;
  const running = new Set<Promise<void>>();

  const attach = async (kontoId: string): Promise<void> => {
    timers.delete(kontoId);
    if (stopped) return;
    try {
      const konto = await deps.kontoer.find(deps.systemCtx, kontoId);
      if (!konto || konto.slettet) throw new Error('there is no such konto');
      subscriptions.set(kontoId, await subscribe(konto));
    } catch (error) {
      log.warn({ kontoId, code: (error as { code?: unknown }).code }, 'a validator konto cannot be read yet');
      timers.set(kontoId, setTimeout(() => void attach(kontoId), retryMs).unref());
    }
  };

  const subscribe = async (konto: Konto): Promise<Subscription> => {
    const session = await deps.session(konto.integrasjonId);
    let active = 0;
    const take = async (delivery: Delivery) => {
      active += 1;
      try {
        const outcome = await handleDelivery(deps, konto, delivery);
        await session.settle([{ delivery, outcome }]);
      } catch (error) {
        log.error({ err: error, meldingId: delivery.messageId }, 'a checked message could not be settled');
      } finally {
        active -= 1;
        subscriptions.get(konto.id)?.wake();
      }
    };
    return session.subscribe(queueName(konto.id), {
      capacity: () => (stopped ? 0 : SAMTIDIGE - active),
      deliver: (deliveries) => {
        for (const delivery of deliveries) track(running, take(delivery));
      },
      cancelled: () => {
        subscriptions.delete(konto.id);
        if (!stopped) timers.set(konto.id, setTimeout(() => void attach(konto.id), retryMs).unref());
      },
      connection: { name: 'validator', address: 'internal' },
    });
  };

  return {
    start: async () => {
      await Promise.all(deps.kontoIds.map(attach));
    },
    stop: async () => {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all([...subscriptions.values()].map((subscription) => subscription.end()));
      await Promise.all(running);
    },
  };
}

function track(running: Set<Promise<void>>, work: Promise<void>): void {
  running.add(work);
  void work.finally(() => running.delete(work));
}
