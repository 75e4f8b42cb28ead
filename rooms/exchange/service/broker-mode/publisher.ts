import { setTimeout as sleep } from 'node:timers/promises';
import { DamagedBody } from '@grunnmur/amqp-server/ports';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import type { ObjectStore } from '@grunnmur/kernel/storage';
import type { RabbitmqSession } from '../../external/rabbitmq/link.ts';
import { type OutgoingMessage, publishAll, UnroutableError } from '../../external/rabbitmq/publish.ts';
import { endSkadet, type HentetMelding } from '../../store/meldinger/ko-store.ts';
import {
  hentTilRabbitmq,
  kontoerForRabbitmq,
  sendtTilRabbitmq,
  taKontoer,
} from '../../store/meldinger/rabbitmq-store.ts';
import { queueName } from '../queues/queue-name.ts';
import { toDelivery } from '../queues/to-delivery.ts';

const MAX_BATCH = 500;
/** Kontoer of one batch: their locks are held while it is published. */
const MAX_KONTOER = 200;
const RETRY_MS = 500;
const ASIDE_MS = 20_000;
/** Another process has the konto: it publishes what is there, and what came too late for it is tried again soon. */
const BUSY_RETRY_MS = 50;
const FIRST_KONTO = '00000000-0000-0000-0000-000000000000';
/** RabbitMQ counts a message's time in 32 bits of milliseconds: 49 days. */
const MAX_EXPIRATION_MS = 4_294_967_295;

export interface PublisherDeps {
  readonly systemCtx: Ctx;
  readonly log: Logger;
  readonly storage: ObjectStore;
  readonly session: () => RabbitmqSession | undefined;
  /** Declares the queue if this process has not done so. */
  readonly ensureQueue: (session: RabbitmqSession, kontoId: string) => Promise<void>;
  /** A queue that was there is gone: it is declared again. */
  readonly forgetQueue: (queue: string) => void;
  /** How often all outboxes are looked at, for what no nudge told of. */
  readonly pollMs: number;
}

export interface Publisher {
  /** Something waits in these outboxes. */
  nudge(kontoer: Iterable<string>): void;
  /** There is a connection: looks at all outboxes. */
  lookAll(): void;
  start(): void;
  stop(): Promise<void>;
}

/**
 * Hands messages over to RabbitMQ: takes them from the outbox, publishes them, waits for the confirms and marks them, all in
 * one transaction. Whatever breaks, they are in the outbox still and are published again (at least once); the lock of
 * each konto, held as long, keeps its order whatever other processes do.
 */
export function createPublisher(deps: PublisherDeps): Publisher {
  const { systemCtx, log } = deps;
  const ready = new Set<string>();
  /** Kontoer whose queue does not confirm; tried again after a while. */
  const aside = new Set<string>();
  let lookedAll = false;
  let stopped = false;
  let failing = false;
  let running: Promise<void> | undefined;
  let poll: NodeJS.Timeout | undefined;

  const wake = () => {
    if (!stopped && deps.session()) running ??= run();
  };

  const nudge = (kontoer: Iterable<string>) => {
    for (const konto of kontoer) ready.add(konto);
    wake();
  };

  async function run(): Promise<void> {
    // After the caller: whoever nudges ten outboxes in a row gets one batch for all.
    await Promise.resolve();
    while (!stopped) {
      const session = deps.session();
      if (!session || session.blocked()) break;
      try {
        if (lookedAll) await findAll();
        if ([...ready].every((konto) => aside.has(konto))) break;
        await publishBatch(session, [...ready].filter((konto) => !aside.has(konto)).slice(0, MAX_KONTOER));
        failing = false;
      } catch (error) {
        await recover(error);
      }
    }
    running = undefined;
  }

  async function findAll(): Promise<void> {
    lookedAll = false;
    for (let after = FIRST_KONTO; ; ) {
      const kontoer = await kontoerForRabbitmq(systemCtx.db, 'utboks', after, 1000);
      for (const konto of kontoer) ready.add(konto);
      if (kontoer.length < 1000) return;
      after = kontoer.at(-1)!;
    }
  }

  async function publishBatch(session: RabbitmqSession, kontoer: readonly string[]): Promise<void> {
    for (const konto of kontoer) ready.delete(konto);
    try {
      const { mine, count, damaged } = await withTransaction(systemCtx, async (trx) => {
        const damaged = new Map<HentetMelding, unknown>();
        const mine = await taKontoer(trx, kontoer);
        const rows = inOrder(mine.length === 0 ? [] : await hentTilRabbitmq(trx, mine, MAX_BATCH));
        if (rows.length === 0) return { mine, count: 0, damaged };
        const served = [...new Set(rows.map((row) => row.konto_id))];
        await Promise.all(served.map((konto) => deps.ensureQueue(session, konto)));
        const silent = await publishAll(session, outgoing(rows, deps.storage, damaged));
        const whole = rows.filter((row) => !damaged.has(row));
        const confirmed = whole.filter((row) => !silent.has(queueName(row.konto_id)));
        if (silent.size > 0) setAside(whole.filter((row) => !confirmed.includes(row)));
        if (confirmed.length > 0) await sendtTilRabbitmq(trx, confirmed, MAX_EXPIRATION_MS);
        return { mine, count: rows.length, damaged };
      });
      await endDamaged(damaged);
      if (count === MAX_BATCH) for (const konto of mine) ready.add(konto);
      const busy = kontoer.filter((konto) => !mine.includes(konto));
      if (busy.length > 0) setTimeout(() => nudge(busy), BUSY_RETRY_MS).unref();
    } catch (error) {
      for (const konto of kontoer) ready.add(konto);
      throw error;
    }
  }

  /** Ends messages whose own payloads are at fault; the others of their batch have been handed over meanwhile. */
  async function endDamaged(damaged: ReadonlyMap<HentetMelding, unknown>): Promise<void> {
    for (const [row, cause] of damaged) {
      log.error(
        { meldingId: row.id, err: cause },
        'message cannot be handed over: its payload is lost or damaged',
      );
      const svar = await endSkadet(systemCtx.db, row.konto_id, [row.seq]);
      nudge(svar.ko.map(({ konto }) => konto));
    }
  }

  /** One queue without a leader must not hold up the others. */
  function setAside(rows: readonly HentetMelding[]): void {
    for (const konto of new Set(rows.map((row) => row.konto_id))) {
      log.error({ kontoId: konto }, 'RabbitMQ does not confirm messages to this queue');
      aside.add(konto);
      setTimeout(() => {
        aside.delete(konto);
        nudge([konto]);
      }, ASIDE_MS).unref();
    }
  }

  async function recover(error: unknown): Promise<void> {
    if (error instanceof UnroutableError) {
      for (const key of error.routingKeys) deps.forgetQueue(key);
      return;
    }
    const { code, message } = error as { code?: string; message?: string };
    if (!failing) log.error({ code, reason: message }, 'messages cannot be handed over to RabbitMQ');
    failing = true;
    await sleep(RETRY_MS);
  }

  return {
    nudge,
    lookAll: () => {
      lookedAll = true;
      wake();
    },
    start: () => {
      poll = setInterval(() => {
        lookedAll = true;
        wake();
      }, deps.pollMs).unref();
    },
    stop: async () => {
      stopped = true;
      clearInterval(poll);
      await running;
    },
  };
}

function inOrder(rows: readonly HentetMelding[]): HentetMelding[] {
  return [...rows].sort((a, b) => a.seq - b.seq);
}

/** Those whose payload is lost or damaged are put into `damaged` as their turn comes, and are not sent. */
function* outgoing(
  rows: readonly HentetMelding[],
  storage: ObjectStore,
  damaged: Map<HentetMelding, unknown>,
): Generator<OutgoingMessage> {
  for (const row of rows) {
    const { exchange, headers, expiration, messageId, timestamp, body } = toDelivery(row, undefined, storage);
    yield {
      exchange,
      routingKey: queueName(row.konto_id),
      headers,
      messageId,
      timestamp,
      expiration: row.rest_ms > MAX_EXPIRATION_MS ? undefined : expiration,
      body: async () => {
        if (typeof body !== 'function') return body;
        try {
          return await readAll(await body());
        } catch (error) {
          if (!(error instanceof DamagedBody)) throw error;
          damaged.set(row, error);
          return undefined;
        }
      },
    };
  }
}

async function readAll(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}
