import type { IntegrationPrincipal } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Trx } from '@grunnmur/kernel/db';
import type { Konto } from '../types.ts';

/**
 * What the parts of the room ask of each other: accounts (`service/kontoer`), and messages and queues (`service/meldinger`,
 * `service/queues`). What queues and the AMQP face ask of each other stands in
 * `@grunnmur/amqp-server/ports`.
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
