import type { Database, Trx } from '@grunnmur/kernel/db';
import type { HentetMelding, OppgjorSvar } from './ko-store.ts';

/** Those of `kontoer` that no other publisher has now: they are the caller's until its transaction ends, however it ends. */
export async function taKontoer(trx: Trx, kontoer: readonly string[]): Promise<string[]> {
  const { rows } = await trx.pg.query<{ konto: string }>({
    name: 'exchange_rabbitmq_ta',
    text: 'select * from exchange.rabbitmq_ta($1) as konto',
    values: [kontoer],
  });
  return rows.map(({ konto }) => konto);
}

/** The first messages in the outboxes of kontoer that the caller has taken, in the order of each. */
export async function hentTilRabbitmq(
  trx: Trx,
  kontoer: readonly string[],
  antall: number,
): Promise<HentetMelding[]> {
  const { rows } = await trx.pg.query<HentetMelding>({
    name: 'exchange_rabbitmq_hent',
    text: 'select * from exchange.rabbitmq_hent($1, $2, null)',
    values: [kontoer, antall],
  });
  return rows;
}

/** RabbitMQ has confirmed them: they leave the outbox. `fristMs`: the farthest deadline that RabbitMQ can watch. */
export async function sendtTilRabbitmq(
  trx: Trx,
  meldinger: readonly Pick<HentetMelding, 'konto_id' | 'seq'>[],
  fristMs: number,
): Promise<void> {
  await trx.pg.query({
    name: 'exchange_rabbitmq_sendt',
    text: 'select exchange.rabbitmq_sendt($1, $2, $3, null)',
    values: [meldinger.map((each) => each.konto_id), meldinger.map((each) => each.seq), fristMs],
  });
}

/** How RabbitMQ gave a message up. */
export interface DodMelding {
  readonly id: string;
  readonly utfall: 'expired' | 'closed' | 'reject';
}

/** Ends dead letters, each once. */
export async function dodeFraRabbitmq(db: Database, dode: readonly DodMelding[]): Promise<OppgjorSvar> {
  const { rows } = await db.pool.query<{ svar: OppgjorSvar }>({
    name: 'exchange_rabbitmq_dod',
    text: 'select exchange.rabbitmq_dod($1, $2, null) as svar',
    values: [dode.map(({ id }) => id), dode.map(({ utfall }) => utfall)],
  });
  return rows[0]!.svar;
}

/** What RabbitMQ has of one konto's messages. */
export interface Igjen {
  readonly kontoId: string;
  /** Waiting or unacknowledged. */
  readonly antall: number;
}

/** Ends as acknowledged what was handed over `eldreMs` ago and can no longer be there; at most `tak` for each konto. */
export async function kvittertIRabbitmq(
  db: Database,
  igjen: readonly Igjen[],
  eldreMs: number,
  tak: number,
): Promise<OppgjorSvar> {
  const { rows } = await db.pool.query<{ svar: OppgjorSvar }>({
    name: 'exchange_rabbitmq_kvittert',
    text: 'select exchange.rabbitmq_kvittert($1, $2, $3, $4, null) as svar',
    values: [igjen.map(({ kontoId }) => kontoId), igjen.map(({ antall }) => antall), eldreMs, tak],
  });
  return rows[0]!.svar;
}

/** Ends those whose deadline is too far away for RabbitMQ and has passed. */
export async function utloptHosRabbitmq(db: Database, antall: number): Promise<OppgjorSvar> {
  const { rows } = await db.pool.query<{ svar: OppgjorSvar }>({
    name: 'exchange_rabbitmq_utlop',
    text: 'select exchange.rabbitmq_utlop($1, null) as svar',
    values: [antall],
  });
  return rows[0]!.svar;
}

/** Gives up everything of a konto, in the transaction that closes it. */
export async function stengHosRabbitmq(trx: Trx, kontoId: string): Promise<OppgjorSvar> {
  const { rows } = await trx.pg.query<{ svar: OppgjorSvar }>({
    name: 'exchange_rabbitmq_steng',
    text: 'select exchange.rabbitmq_steng($1, null) as svar',
    values: [kontoId],
  });
  return rows[0]!.svar;
}

/** Puts what lay with RabbitMQ back on our own queues; answers how many. */
export async function tilbakeFraRabbitmq(db: Database): Promise<number> {
  const { rows } = await db.pool.query<{ antall: number }>({
    text: 'select exchange.rabbitmq_tilbake() as antall',
  });
  return rows[0]!.antall;
}

/** Kontoer after `etter` with messages in the outbox or with RabbitMQ, in the order of their ids. */
export async function kontoerForRabbitmq(
  db: Database,
  hvor: 'utboks' | 'hos',
  etter: string,
  antall: number,
): Promise<string[]> {
  const { rows } = await db.pool.query<{ konto: string }>({
    name: 'exchange_rabbitmq_kontoer',
    text: 'select * from exchange.rabbitmq_kontoer($1, $2, $3) as konto',
    values: [hvor === 'hos', etter, antall],
  });
  return rows.map(({ konto }) => konto);
}

export interface RabbitmqAntall {
  readonly konto_id: string;
  /** Not handed over yet. */
  readonly utboks: number;
  /** Handed over, and not known to have ended. */
  readonly hos: number;
  /** Of those, handed over within the time asked for; counting stops at 1000. */
  readonly nylig: number;
}

/** Counts by exact konto, up to `tak`. */
export async function antallForRabbitmq(
  db: Database,
  kontoer: readonly string[],
  tak: number,
  nyligMs: number,
): Promise<RabbitmqAntall[]> {
  const { rows } = await db.pool.query<RabbitmqAntall>({
    name: 'exchange_rabbitmq_antall',
    text: 'select * from exchange.rabbitmq_antall($1, $2, $3)',
    values: [kontoer, tak, nyligMs],
  });
  return rows;
}
