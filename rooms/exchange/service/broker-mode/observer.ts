import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import type { ManagedQueue, RabbitmqManagement } from '../../external/rabbitmq/management.ts';
import type { OppgjorSvar } from '../../store/meldinger/ko-store.ts';
import {
  type Igjen,
  kontoerForRabbitmq,
  kvittertIRabbitmq,
  utloptHosRabbitmq,
} from '../../store/meldinger/rabbitmq-store.ts';
import { QUEUE_PREFIX } from '../../types.ts';
import { kontoOfQueue } from '../queues/queue-name.ts';

/** Kontoer of one statement, and acknowledged messages of each. */
const CHUNK = 50;
const MAX_SETTLED = 1000;
const KONTOER = 1000;
const FIRST_KONTO = '00000000-0000-0000-0000-000000000000';
const DEAD_LETTER_PATIENCE_MS = 3000;
/** Looking may take this part of our time at most, however long the queues are. */
const SHARE = 0.05;

export interface ObserverDeps {
  readonly db: Database;
  readonly log: Logger;
  readonly management: RabbitmqManagement;
  readonly everyMs: number;
  readonly staleMs: number;
  readonly connected: () => boolean;
  /** Dead letters that have been read and not settled. */
  readonly unsettledDead: () => number;
  readonly onSettled: (svar: OppgjorSvar) => void;
}

export interface Observer {
  start(): void;
  /** What was seen before counts no more: RabbitMQ may have been started again, and does not know its queues at once. */
  forget(): void;
  stop(): Promise<void>;
}

interface Look {
  readonly at: number;
  readonly lengths: ReadonlyMap<string, number>;
}

/**
 * RabbitMQ tells nobody about acknowledgements, so they are read from the lengths of its queues: of what was handed over
 * before a look, no more can be left than the queue held then. A dead letter is gone from its queue too, and is settled
 * first. Two looks must agree, since a broker that has just started counts too few.
 */
export function createObserver(deps: ObserverDeps): Observer {
  const { db, log, everyMs } = deps;
  const stopping = new AbortController();
  let last: Look | undefined;
  let failing = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const began = performance.now();
      try {
        await look();
        failing = false;
      } catch (error) {
        last = undefined;
        const { code, message } = error as { code?: string; message?: string };
        if (!failing) log.error({ code, reason: message }, 'the lengths of RabbitMQ’s queues cannot be read');
        failing = true;
      }
      const took = performance.now() - began;
      const wait = Math.max(everyMs, took / SHARE);
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  async function look(): Promise<void> {
    const late = await utloptHosRabbitmq(db, MAX_SETTLED);
    if (late.antall > 0) deps.onSettled(late);
    if (!deps.connected()) {
      last = undefined;
      return;
    }
    const before = last;
    const now: Look = { at: performance.now(), lengths: lengthsOf(await deps.management.list(QUEUE_PREFIX)) };
    last = now;
    if (!before) return;
    await deadLettersSettled();
    await settle(before, now);
  }

  async function deadLettersSettled(): Promise<void> {
    const until = performance.now() + DEAD_LETTER_PATIENCE_MS;
    // One that comes later corrects what was taken for acknowledged.
    while (deps.unsettledDead() > 0 && performance.now() < until) await sleep(50);
  }

  async function settle(before: Look, now: Look): Promise<void> {
    for (let after = FIRST_KONTO; !stopping.signal.aborted; ) {
      const kontoer = await kontoerForRabbitmq(db, 'hos', after, KONTOER);
      const left = kontoer.flatMap((kontoId): Igjen[] => {
        const [one, two] = [before.lengths.get(kontoId), now.lengths.get(kontoId)];
        return one === undefined || two === undefined ? [] : [{ kontoId, antall: Math.max(one, two) }];
      });
      for (let at = 0; at < left.length; at += CHUNK)
        await settleChunk(left.slice(at, at + CHUNK), before.at);
      if (kontoer.length < KONTOER) return;
      after = kontoer.at(-1)!;
    }
  }

  async function settleChunk(left: readonly Igjen[], seenAt: number): Promise<void> {
    for (let more = true; more && !stopping.signal.aborted && last !== undefined; ) {
      const age = performance.now() - seenAt + deps.staleMs;
      const svar = await kvittertIRabbitmq(db, left, age, MAX_SETTLED);
      if (svar.antall > 0) deps.onSettled(svar);
      more = svar.antall >= MAX_SETTLED;
    }
  }

  return {
    start: () => {
      running ??= run();
    },
    forget: () => {
      last = undefined;
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** By konto; without those that RabbitMQ does not know the length of now. */
function lengthsOf(queues: readonly ManagedQueue[]): Map<string, number> {
  return new Map(
    queues.flatMap(({ name, messages, running }) => {
      const kontoId = kontoOfQueue(name);
      return kontoId && messages !== undefined && running ? [[kontoId, messages] as const] : [];
    }),
  );
}
