import type { Readable } from 'node:stream';
import type { IntegrationPrincipal } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Trx } from '@grunnmur/kernel/db';
import type { Konto } from '../types.ts';

/**
 * What the parts of the room ask of each other: accounts (`service/kontoer`), messages and queues (`service/meldinger`,
 * `service/queues`), documents (`service/dokumentlager`) and the AMQP face (`routes/amqp`).
 */

export interface SendWish {
  readonly avsenderKontoId: string;
  readonly mottakerKontoId: string;
  readonly meldingType: string;
  readonly harPayload: boolean;
}

/** Accounts: who may do what. */
export interface Kontoer {
  /**
   * Checks the rules of sending (§2.5 "Sending rule", §2.4 aksepterte avsendere) for the caller. Throws
   * `exchange.avsender_not_allowed` (403), `exchange.mottaker_not_found` (404), `exchange.send_deactivated` (403),
   * `exchange.no_access` (403), `exchange.type_not_allowed` (400), `exchange.payload_rule` (400).
   * Answers from memory for at most 5 s.
   */
  checkSend(
    ctx: Ctx,
    principal: IntegrationPrincipal,
    wish: SendWish,
  ): Promise<{ avsender: Konto; mottaker: Konto }>;
  /** Any konto by id, whoever owns it; undefined when unknown. Deleted ones are given too (`slettet`). At most 5 s old. */
  find(ctx: Ctx, kontoId: string): Promise<Konto | undefined>;
  /** The caller's own konto, or `exchange.konto_not_found` (404): also for somebody else's. */
  own(ctx: Ctx, principal: IntegrationPrincipal, kontoId: string): Promise<Konto>;
}

export interface QueueCounts {
  readonly antallKonsumenter: number;
  /** Messages waiting or with a consumer that has not answered. */
  readonly antallUavhentedeMeldinger: number;
}

/** Queues, as accounts see them. */
export interface Queues {
  /** Live counts over all nodes; kontoer without a queue count 0. */
  counts(ctx: Ctx, kontoIds: readonly string[]): Promise<ReadonlyMap<string, QueueCounts>>;
  /**
   * Call in the transaction that deletes or deactivates a konto: what waits is given up as `FEILET` with `serverfeil.v1`
   * to the senders (§3.5 [R]), and after the commit its consumers are cancelled on every node.
   */
  close(trx: Trx, konto: Konto): Promise<void>;
}

export interface NewPayloadDocument {
  /** The CMS bytes of the sender, given out again unchanged (§2.6 "Download by Fiks IO clients"). */
  readonly source: AsyncIterable<Uint8Array>;
  /** Bytes at most; more is `kernel.too_large`. */
  readonly maxBytes: number;
  readonly mottaker: Konto;
  readonly signal?: AbortSignal;
}

export interface StoredPayload {
  readonly dokumentId: string;
  readonly storrelse: number;
  /** Writes the row, in the transaction that accepts the message, in the receiver's organisation. Available until `tilgjengeligTil` (TTL + 24 h). */
  commit(trx: Trx, tilgjengeligTil: Date): Promise<void>;
}

/** Documents, as messages see them. */
export interface PayloadDocuments {
  /** Streams a payload over the threshold into storage. Without `commit` it is an orphan that the sweeper removes. */
  store(ctx: Ctx, document: NewPayloadDocument): Promise<StoredPayload>;
}

/* ---- the AMQP face and the queues ---- */

export interface Delivery {
  /** Opaque to the face; given back when settling. */
  readonly token: unknown;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
  /** Every value is written as AMQP long string `S` (§3.4). */
  readonly headers: Readonly<Record<string, string>>;
  /** Remaining time in ms, decimal text (property `expiration`). */
  readonly expiration: string | undefined;
  /** The message id (property `message-id`). */
  readonly messageId: string;
  readonly timestamp: Date;
  /** Bytes of the body. */
  readonly size: number;
  /**
   * The body: at once when small, else as a stream that is opened when its turn to be written has come. All of it has been
   * checked by then: a consumer that has been told of a body must get it. Rejects with {@link DamagedBody}.
   */
  readonly body: Uint8Array | (() => Promise<Readable>);
}

/**
 * `ack`: removed. `reject`: nack or reject without requeue. `requeue`, `connection_lost`: back to its place, one attempt used.
 * `released`: the platform stops; back, marked as redelivered, no attempt used. `undelivered`: nothing of it was given to the
 * socket; back as it was. `damaged`: its own stored payload is lost or damaged; given up, and its sender is told.
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

export interface Settlement {
  readonly delivery: Delivery;
  readonly outcome: Outcome;
}

export interface Consumer {
  /** Deliveries that fit right now: prefetch less what is unacknowledged, 0 while the socket does not drain. */
  readonly capacity: () => number;
  readonly deliver: (deliveries: readonly Delivery[]) => void;
  /** The queue was deleted: the face sends `basic.cancel`. */
  readonly cancelled: () => void;
  /** Shown on status pages: name and address of the connection. */
  readonly connection: { readonly name: string; readonly address: string };
}

export interface Subscription {
  /** Tells that capacity has grown. Cheap; may be called often. */
  wake(): void;
  /** No more deliveries after it resolves. What was delivered stays the face's to settle. */
  end(): Promise<void>;
}

export interface QueueInfo {
  readonly messageCount: number;
  readonly consumerCount: number;
}

/** A logged-in AMQP connection. */
export interface BrokerSession {
  readonly integrasjonId: string;
  /**
   * Checks that the queue exists and may be read. Throws `exchange.queue_not_found` (AMQP 404) or
   * `exchange.queue_refused` (AMQP 403). Every call below checks the same.
   */
  inspect(queue: string): Promise<QueueInfo>;
  subscribe(queue: string, consumer: Consumer): Promise<Subscription>;
  /** One message for `basic.get`, leased to the caller like a delivery; undefined when the queue is empty. */
  get(queue: string): Promise<{ readonly delivery: Delivery; readonly remaining: number } | undefined>;
  /** Resolves when the outcomes are durable; many calls share one commit. Repeated or unknown tokens are ignored. */
  settle(settlements: readonly Settlement[]): Promise<void>;
}

export interface Broker {
  /**
   * SASL PLAIN: `password` is `<integrasjonPassord> <access token>`, split at the last space (§1.5). Throws the errors of
   * `Access.authenticateIntegration`, answered as 403 ACCESS_REFUSED.
   */
  login(credentials: { username: string; password: string; address: string }): Promise<BrokerSession>;
}
