import type { Readable } from 'node:stream';

/** What the server asks of its host: who logs in, what lies on a queue, what became of a delivery, and where to log. */

export interface Delivery {
  /** Opaque to the server; given back when settling. */
  readonly token: unknown;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
  /** Every value is written as AMQP long string `S`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Remaining time in ms, decimal text (property `expiration`). */
  readonly expiration: string | undefined;
  /** Property `message-id`. */
  readonly messageId: string;
  readonly timestamp: Date;
  /** Octets of the body. */
  readonly size: number;
  /**
   * The body: at once when small, else as a stream that is opened when its turn to be written has come. All of it has been
   * checked by then: a consumer that has been told of a body must get it. Rejects with {@link DamagedBody}.
   */
  readonly body: Uint8Array | (() => Promise<Readable>);
}

/**
 * `ack`: removed. `reject`: nack or reject without requeue. `requeue`, `connection_lost`: back to its place, one attempt used.
 * `released`: the server stops; back, marked as redelivered, no attempt used. `undelivered`: nothing of it was given to the
 * socket; back as it was. `damaged`: its own stored body is lost or damaged; given up, and its sender is told.
 */
export type Outcome =
  | 'ack'
  | 'reject'
  | 'requeue'
  | 'connection_lost'
  | 'released'
  | 'undelivered'
  | 'damaged';

/** The body of one message is lost or damaged: nothing is wrong with any other. */
export class DamagedBody extends Error {
  constructor(cause: unknown) {
    super('the stored payload is lost or damaged', { cause });
    this.name = 'DamagedBody';
  }
}

export type RefusalKind = 'unknown-queue' | 'no-access' | 'login';

/**
 * The host does not do what a client asked for. The client is told so: 404 NOT_FOUND or 403 ACCESS_REFUSED closes the channel,
 * a refused login the connection. Every other error is no answer to the client's doing: 541 INTERNAL_ERROR, and it connects again.
 */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  /** The queue's name as the client gave it, cut to what is told back. */
  readonly queue: string | undefined;

  constructor(kind: RefusalKind, options: { readonly queue?: string; readonly cause?: unknown } = {}) {
    super(kind, { cause: options.cause });
    this.name = 'Refusal';
    this.kind = kind;
    this.queue = options.queue;
  }
}

export interface Settlement {
  readonly delivery: Delivery;
  readonly outcome: Outcome;
}

export interface Consumer {
  /** Deliveries that fit right now: prefetch less what is unacknowledged, 0 while the socket does not drain. */
  readonly capacity: () => number;
  readonly deliver: (deliveries: readonly Delivery[]) => void;
  /** The queue was deleted: the server sends `basic.cancel`. */
  readonly cancelled: () => void;
  /** Shown on status pages: name and address of the connection. */
  readonly connection: { readonly name: string; readonly address: string };
}

export interface Subscription {
  /** Tells that capacity has grown. Cheap; may be called often. */
  wake(): void;
  /** No more deliveries after it resolves. What was delivered stays the server's to settle. */
  end(): Promise<void>;
}

export interface QueueInfo {
  readonly messageCount: number;
  readonly consumerCount: number;
}

/** A logged-in connection. */
export interface BrokerSession {
  /** Who has logged in: places and exclusive queues are counted by it. */
  readonly user: string;
  /** Checks that the queue exists and may be read. Rejects with a {@link Refusal}, as every call below does. */
  inspect(queue: string): Promise<QueueInfo>;
  subscribe(queue: string, consumer: Consumer): Promise<Subscription>;
  /** One message for `basic.get`, leased to the caller like a delivery; undefined when the queue is empty. */
  get(queue: string): Promise<{ readonly delivery: Delivery; readonly remaining: number } | undefined>;
  /** Resolves when the outcomes are durable; many calls share one commit. Repeated or unknown tokens are ignored. */
  settle(settlements: readonly Settlement[]): Promise<void>;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Network address of the client. */
  readonly address: string;
}

export interface Broker {
  /**
   * Checks what came by SASL PLAIN (RFC 4616). Rejects with a {@link Refusal} `login` when it is wrong. Why is never told to
   * the client, nor logged by the server: the host logs it, so that it decides what of a credential may be written.
   */
  login(credentials: Credentials): Promise<BrokerSession>;
}

/** pino's form: fields first. Given are codes, counts and addresses, never what a client sent. */
export interface AmqpLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
