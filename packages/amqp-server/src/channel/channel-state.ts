import type { IncomingMethod } from '../codec/method-codec.ts';
import type { Outlet } from '../connection/outlet.ts';
import type { MethodIds } from '../faults.ts';
import type { AmqpLimits } from '../limits.ts';
import type { AmqpLog, BrokerSession, Delivery, Outcome, Settlement, Subscription } from '../ports.ts';
import type { QueueClaims } from '../queue-claims.ts';
import type { ChannelOutput } from './channel-output.ts';

/** What a channel needs of its connection. */
export interface Link {
  readonly session: BrokerSession;
  readonly outlet: Outlet;
  readonly limits: AmqpLimits;
  readonly log: AmqpLog;
  readonly claims: QueueClaims;
  /** Exchanges that a passive declaration finds. */
  readonly exchanges: ReadonlySet<string>;
  /** Shown by the broker on status pages. */
  readonly peer: { readonly name: string; readonly address: string };
  /** The client understands a `basic.cancel` from us. */
  readonly cancelNotify: boolean;
  /** Deliveries of all channels that have not been answered. */
  unacked: number;
  /** Monotonic milliseconds, as of the server's last tick. */
  readonly clock: () => number;
  /** Settles together with others at the end of the chunk. A failure closes the connection. */
  readonly settle: (settlement: Settlement) => void;
  /** Resolves when these and all before them are durable. */
  readonly settleNow: (settlements: readonly Settlement[]) => Promise<void>;
  /** Capacity may have grown: wakes the consumer's subscription with the settlements that are flushed next. */
  readonly wake: (consumer: ConsumerState) => void;
  readonly removeChannel: (channel: Channel) => void;
  /** A channel is no longer busy: the socket may be read again. */
  readonly resume: () => void;
  /** Closes the whole connection with the error, and says which method it answers. */
  readonly fail: (error: unknown, cause?: MethodIds, outcome?: GivenBack) => void;
}

export interface ConsumerState {
  readonly tag: string;
  readonly queue: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  /** Deliveries at most without an answer (`basic.qos` with global false, at the time of `basic.consume`). */
  readonly prefetch: number;
  /** Deliveries on their way to the client or with it. */
  outstanding: number;
  /** `consume-ok` has been sent: deliveries may follow. */
  started: boolean;
  ended: boolean;
  subscription: Subscription | undefined;
  /** Gives back its claim of the queue. */
  readonly release: () => void;
}

export interface Unacked {
  readonly delivery: Delivery;
  readonly consumer: ConsumerState | undefined;
  readonly since: number;
}

/** An answer that counts when its transaction is committed; until then the delivery is still the client's. */
interface StagedAnswer {
  readonly tag: number;
  readonly unacked: Unacked;
  readonly outcome: Outcome;
}

/** A delivery that may not be written yet: before `consume-ok`, beyond a prefetch shared by the channel, or while it is stopped. */
export interface Held {
  readonly delivery: Delivery;
  readonly consumer: ConsumerState;
}

export interface Channel {
  readonly number: number;
  readonly link: Link;
  readonly output: ChannelOutput;
  readonly consumers: Map<string, ConsumerState>;
  /** By delivery tag, oldest first. */
  readonly unacked: Map<number, Unacked>;
  /** Answers of an open transaction, in the order they came. */
  staged: StagedAnswer[];
  /** `confirm` and `tx` exclude each other for as long as the channel lives. */
  mode: 'plain' | 'confirm' | 'tx';
  held: Held[];
  nextTag: number;
  /** Of consumers that start from now on; 0 is none. */
  prefetch: number;
  /** Shared by the consumers of the channel (`basic.qos` with global true); 0 is none. */
  sharedPrefetch: number;
  /** Deliveries of consumers that answer, on their way or with the client. */
  outstanding: number;
  flowing: boolean;
  /** The queue that an empty name means (AMQP 0-9-1: queue). */
  lastQueue: string;
  /** `closing`: we have sent `channel.close` and wait for its answer. */
  state: 'open' | 'closing' | 'closed';
  /** While closing, the client has closed it too: it may use the number again without answering ours. */
  crossed: boolean;
  /** A method is waiting for the broker; those behind it wait in `waiting`. */
  busy: boolean;
  waiting: IncomingMethod[];
}

/** How what a client has not answered goes back when its channel or connection ends. */
export type GivenBack = 'requeue' | 'connection_lost' | 'released';

export function settlement(delivery: Delivery, outcome: Outcome): Settlement {
  return { delivery, outcome };
}
