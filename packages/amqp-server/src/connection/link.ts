import type { Channel, ConsumerState, Link } from '../channel/channel-state.ts';
import { connectionFault, describeError } from '../faults.ts';
import type { AmqpLimits } from '../limits.ts';
import type { AmqpLog, BrokerSession, Settlement } from '../ports.ts';
import type { QueueClaims } from '../queue-claims.ts';
import type { Outlet } from './outlet.ts';

export interface LinkOptions {
  readonly session: BrokerSession;
  readonly outlet: Outlet;
  readonly limits: AmqpLimits;
  readonly log: AmqpLog;
  readonly claims: QueueClaims;
  readonly exchanges: ReadonlySet<string>;
  readonly peer: { readonly name: string; readonly address: string };
  readonly cancelNotify: boolean;
  readonly clock: () => number;
  readonly fail: Link['fail'];
  readonly resume: () => void;
  readonly removeChannel: (channel: Channel) => void;
}

/** What the channels of one logged-in connection share. */
export interface ConnectionLink extends Link {
  /** Resolves when everything given to `settle` so far has been answered by the broker. */
  readonly idle: () => Promise<void>;
}

export function createLink(options: LinkOptions): ConnectionLink {
  let pending: Settlement[] = [];
  let scheduled = false;
  const waking = new Set<ConsumerState>();
  const running = new Set<Promise<void>>();

  /** One call for all the acknowledgements of a turn: the broker commits them together. */
  function flush(): Promise<void> {
    scheduled = false;
    const settlements = pending;
    pending = [];
    const work = settlements.length > 0 ? settle(settlements) : Promise.resolve();
    for (const consumer of waking) consumer.subscription?.wake();
    waking.clear();
    return work;
  }

  function settle(settlements: readonly Settlement[]): Promise<void> {
    const work = options.session.settle(settlements).catch((error: unknown) => {
      // The deliveries are the broker's to give out again; the client learns that its answers may not have counted.
      options.log.error(
        { ...describeError(error), count: settlements.length },
        'AMQP answers were not stored',
      );
      options.fail(connectionFault('INTERNAL_ERROR', 'answers could not be stored'));
    });
    running.add(work);
    return work.finally(() => running.delete(work));
  }

  function flushSoon(): void {
    if (scheduled) return;
    scheduled = true;
    process.nextTick(() => void flush());
  }

  return {
    ...options,
    unacked: 0,
    settle: (settlement) => {
      pending.push(settlement);
      flushSoon();
    },
    settleNow: (settlements) => {
      pending.push(...settlements);
      return flush();
    },
    wake: (consumer) => {
      waking.add(consumer);
      flushSoon();
    },
    idle: async () => {
      await flush();
      await Promise.all(running);
    },
  };
}
