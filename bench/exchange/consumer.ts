import { type Child, startChild } from '../kit/child.ts';
import type { Workspace } from '../kit/workspace.ts';
import type { AmqpAddress } from './accounts.ts';

export type ConsumerTask =
  | {
      readonly kind: 'open';
      readonly address: AmqpAddress | string;
      readonly queue: string;
      readonly prefetch: number;
      readonly declare: boolean;
    }
  | {
      readonly kind: 'take';
      readonly address: AmqpAddress | string;
      readonly queue: string;
      readonly prefetch: number;
      readonly count: number;
    }
  | { readonly kind: 'report' }
  | { readonly kind: 'close' };

export interface ConsumerReport {
  /** When each message came, ms since 1970. */
  readonly arrivals: Float64Array;
  /** From the sending, ms. */
  readonly latencies: Float64Array;
}

/** A consumer with the published client `amqplib`, in a process of its own. */
export interface Consumer {
  /** Consumes until {@link close}. */
  open(task: Omit<ConsumerTask & { kind: 'open' }, 'kind'>): Promise<void>;
  /** Consumes so many, acknowledges them and disconnects. */
  take(task: Omit<ConsumerTask & { kind: 'take' }, 'kind'>): Promise<ConsumerReport>;
  /** What came since the last report. */
  report(): Promise<ConsumerReport>;
  close(): Promise<void>;
  stop(): Promise<void>;
}

const LIMIT_MS = 120_000;

export function startConsumer(workspace: Workspace): Consumer {
  const child: Child = startChild(workspace, new URL('./amqp-consumer.ts', import.meta.url));
  const ask = (task: ConsumerTask) => child.ask<ConsumerReport>(task, LIMIT_MS);
  return {
    open: async (task) => void (await ask({ kind: 'open', ...task })),
    take: (task) => ask({ kind: 'take', ...task }),
    report: () => ask({ kind: 'report' }),
    close: async () => void (await ask({ kind: 'close' })),
    stop: child.stop,
  };
}

/** Messages per second between two moments. */
export function rateWithin({ arrivals }: ConsumerReport, from: number, to: number): number {
  const count = arrivals.reduce((sum, at) => sum + (at >= from && at < to ? 1 : 0), 0);
  return (count * 1000) / (to - from);
}
