import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyAudit } from '@grunnmur/kernel/audit';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOwner } from './support/evidence.ts';
import {
  type ExchangeConsumers,
  type Habit,
  type Observed,
  startExchangeConsumers,
} from './support/exchange-consumers.ts';
import { type StoredMessage, storedMessages, waitForQueues } from './support/exchange-evidence.ts';
import { type ExchangeSenders, type SentMessage, startExchangeSenders } from './support/exchange-senders.ts';
import { killDatabase, waitUntilGone } from './support/kill-database.ts';
import { type FiksIoLogin, fiksIoLogins } from './support/logins.ts';
import { seededRandom } from './support/random.ts';
import { createServerUnderTest, processesNaming, type ServerUnderTest } from './support/server-under-test.ts';

/** FAULT_SEED repeats the moments of an earlier run, as far as the machine does the same in the same time. */
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const KILLS = Number(process.env.FAULT_KILLS ?? 50);
const SENDERS = 6;
/** Every so many kills the database's main process or one of its workers goes too. */
const DATABASE_EVERY = 10;
const LIMIT_MS = 900_000;
const TRAFFIC_LIMIT_MS = 10_000;
const MAX_ATTEMPTS = 3;
const FAILED_DELIVERY = ['LAGT_TILBAKE', 'FORBINDELSE_BRUTT'];
const SERVERFEIL = 'no.ks.fiks.kvittering.serverfeil.v1';
const TIDSAVBRUDD = 'no.ks.fiks.kvittering.tidsavbrudd';

describe('Fiks IO in a server killed at any moment', () => {
  const random = seededRandom(SEED);
  const kills = { server: 0, database: 0, worker: 0 };
  let folder: string;
  let server: ServerUnderTest;
  let senders: ExchangeSenders;
  let consumers: ExchangeConsumers;
  let owner: pg.Pool;
  let left: string[];
  let sent: readonly SentMessage[];
  let observed: readonly Observed[];
  let stored: Map<string, StoredMessage>;

  beforeAll(async () => {
    console.log(`fault test of Fiks IO: seed ${SEED}`);
    folder = await mkdtemp(join(tmpdir(), 'grunnmur-fault-io-'));
    await chmod(folder, 0o755); // PostgreSQL runs under another user when we are root
    server = await createServerUnderTest(join(folder, 'data'), { EXCHANGE_DOCUMENT_OVER_BYTES: '200000' });
    await server.start();
    // A clean stop writes the compile cache that the many starts below profit from.
    await server.stop();
    await server.start();
    const logins = await fiksIoLogins(server.dataDir);
    await Promise.all(logins.map((login) => login.password())); // while the server is there to give tokens
    const routes = routesBetween(logins);
    consumers = startExchangeConsumers(server, habitsOf(logins, random));
    senders = startExchangeSenders({ baseUrl: server.baseUrl, count: SENDERS, routes, random });
    for (let round = 1; round <= KILLS; round++) {
      // Mostly while messages go both in and out; now and then before the clients are back.
      if (round % 5 !== 0) await waitForTraffic(senders, consumers);
      await sleep(random() * 350);
      if (round % DATABASE_EVERY === 0) await killDatabase(server, round % (2 * DATABASE_EVERY) === 0, kills);
      await server.kill();
      kills.server += 1;
      await server.start();
    }
    await senders.finish();
    owner = openOwner(await server.databaseUrl());
    left = await waitForQueues(owner, 30_000);
    await consumers.stop();
    ({ sent } = senders);
    ({ observed } = consumers);
    stored = new Map((await storedMessages(owner)).map((message) => [message.id, message]));
    report();
  }, LIMIT_MS);

  afterAll(async () => {
    await consumers?.stop();
    if (owner && !owner.ended) await owner.end();
    await server?.kill();
    await waitUntilGone(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }, 60_000);

  function report(): void {
    const starts = [...server.starts].sort((a, b) => a - b);
    const count = <T>(of: Iterable<T>, what: (each: T) => boolean) => [...of].filter(what).length;
    const ends = ['KVITTERT', 'AVVIST', 'FEILET', 'UTLOPT'].map(
      (status) => `${count(stored.values(), (message) => message.status === status)} ${status}`,
    );
    console.log(
      `fault test of Fiks IO: ${kills.server} kills of the server, ${kills.database} of the database, ${kills.worker} of a database worker; ` +
        `${sent.length} messages, ${count(sent, ({ unknown }) => unknown > 0)} of them sent again after an unknown outcome; ` +
        `${observed.length} deliveries, ${count(observed, ({ redelivered }) => redelivered)} of them again, over ${consumers.connections()} connections; ` +
        `${ends.join(', ')}; start ${(starts[starts.length >> 1]! / 1000).toFixed(2)} s median, ${(starts.at(-1)! / 1000).toFixed(2)} s at most`,
    );
  }

  it('was killed often enough, under load in both directions', () => {
    expect(kills.server).toBeGreaterThanOrEqual(KILLS);
    expect(kills.database).toBeGreaterThan(0);
    expect(kills.worker).toBeGreaterThan(0);
    expect(sent.length).toBeGreaterThan(4 * KILLS);
    expect(senders.broken()).toBeGreaterThan(KILLS);
    for (const keyed of [true, false])
      expect(sent.some((message) => message.keyed === keyed && message.unknown > 0)).toBe(true);
    // Deliveries that a kill cut off, and messages of each size and end.
    expect(observed.filter(({ answer }) => answer === undefined).length).toBeGreaterThan(KILLS / 4);
    for (const size of [0, 2_000, 60_000, 300_000])
      expect(
        sent.some((message) => message.size === size),
        `size ${size}`,
      ).toBe(true);
    for (const status of ['KVITTERT', 'AVVIST', 'FEILET', 'UTLOPT'])
      expect(
        [...stored.values()].some((message) => message.status === status),
        status,
      ).toBe(true);
  });

  it('never refused a message, a connection or a document that was in order', () => {
    expect(senders.wrong).toEqual([]);
    expect(consumers.wrong).toEqual([]);
  });

  it('has every message it answered for, once, with the payload that was sent', () => {
    const faults: string[] = [];
    for (const { tag, id, from, to, hash, size } of sent) {
      const message = stored.get(id);
      if (!message) faults.push(`${tag} ${id}: lost`);
      else if (
        message.tag !== tag ||
        message.avsender !== from ||
        message.konto !== to ||
        message.size !== size
      )
        faults.push(`${tag} ${id}: is ${JSON.stringify(message)}`);
      else if (message.hash !== null && message.hash !== hash) faults.push(`${tag} ${id}: another payload`);
    }
    expect(faults).toEqual([]);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(sent.length);
  });

  it('stores a message with a klientMeldingId again only when the first one has failed meanwhile', () => {
    const byTag = Map.groupBy(
      [...stored.values()].filter(({ tag, plattform }) => tag !== null && !plattform),
      ({ tag }) => tag,
    );
    const faults: string[] = [];
    for (const { tag, keyed, unknown, id } of sent) {
      const copies = byTag.get(tag) ?? [];
      const most = keyed ? 1 + copies.filter(failed).length : 1 + unknown;
      if (copies.length > most) faults.push(`${tag} ${id}: ${copies.map((copy) => copy.status)}`);
    }
    expect(faults).toEqual([]);
    expect(byTag.size, 'messages of no sender').toBe(sent.length);
  });

  it('left nothing on a queue', () => {
    expect(left).toEqual([]);
    expect([...stored.values()].filter(({ status }) => status === 'PAA_KO')).toEqual([]);
  });

  it('ended every message as its consumer answered, or as the rules say', () => {
    const seenOf = Map.groupBy(observed, ({ id }) => id);
    const faults = [...stored.values()].flatMap((message) => {
      const seen = seenOf.get(message.id) ?? [];
      const wrong = wrongEnd(message, seen);
      return wrong ? [`${message.id} ${message.status}: ${wrong}; ${message.steps}`] : [];
    });
    expect(faults).toEqual([]);
  });

  it('gave up after three failed deliveries, crashes counted, and told the sender once', () => {
    const notices = Map.groupBy(
      [...stored.values()].filter(({ plattform }) => plattform),
      ({ svarTil }) => svarTil,
    );
    const faults: string[] = [];
    for (const message of stored.values()) {
      const told = notices.get(message.id) ?? [];
      const wanted = expectedNotice(message);
      if (told.length !== (wanted ? 1 : 0))
        faults.push(`${message.id} ${message.status}: ${told.length} told`);
      const [notice] = told;
      if (notice && (notice.type !== wanted || notice.konto !== message.avsender || notice.tag !== null))
        faults.push(`${message.id}: told ${JSON.stringify(notice)}`);
    }
    expect(faults).toEqual([]);
  });

  it('delivered every payload unchanged, to its own account and no other', () => {
    const sentOf = new Map(sent.map((message) => [message.tag, message]));
    const faults: string[] = [];
    for (const { id, kontoId, routingKey, tag, from, hash, fetched, type, svarTil } of observed) {
      const message = stored.get(id);
      const origin = tag === undefined ? undefined : sentOf.get(tag);
      const right =
        message?.konto === kontoId &&
        routingKey === `fiksio.konto.${kontoId}` &&
        message.type === type &&
        (message.plattform
          ? svarTil === message.svarTil && tag === undefined && hash === undefined
          : origin?.to === kontoId && origin.from === from && (!fetched || hash === origin.hash));
      if (!right) faults.push(`${id} to ${kontoId}: ${tag} ${hash}`);
    }
    expect(faults).toEqual([]);
  });

  it('marked every delivery but the first, and only those, as redelivered', () => {
    const before = new Set<string>();
    const unmarked = observed.filter(({ id, redelivered }) => {
      const again = before.has(id);
      before.add(id);
      return again && !redelivered;
    });
    expect(unmarked).toEqual([]);
    // One that nobody has seen before was lost on its way to a consumer: its timeline knows.
    const seen = new Set<string>();
    const early = observed.filter(({ id, redelivered }) => {
      const first = !seen.has(id);
      seen.add(id);
      const { steps } = stored.get(id)!;
      return first && redelivered && !steps.some((step) => FAILED_DELIVERY.includes(step));
    });
    expect(early).toEqual([]);
  });

  it('delivered to each account in the order of acceptance', () => {
    const sentOf = new Map(sent.map((message) => [message.id, message]));
    const faults: string[] = [];
    for (const [consumer, deliveries] of Map.groupBy(observed, (each) => each.consumer)) {
      const seen = new Set<string>();
      let latest: SentMessage | undefined;
      for (const { id, redelivered } of deliveries) {
        const message = sentOf.get(id);
        const first = !seen.has(id);
        seen.add(id);
        // Where two share an account, one may come second to what the other had lost.
        if (!message || !first || (consumer.startsWith('shared') && redelivered)) continue;
        if (latest && message.answeredAt < latest.sentAt)
          faults.push(`${consumer}: ${message.tag} ${id} came after ${latest.tag} ${latest.id}`);
        if (!latest || message.sentAt > latest.sentAt) latest = message;
      }
    }
    expect(faults).toEqual([]);
  });

  it('delivered nothing over a connection opened after the message had ended', () => {
    const late = observed.filter(({ id, connectedAt }) => {
      const { endedAt } = stored.get(id)!;
      return endedAt !== null && connectedAt > endedAt + 1;
    });
    expect(late).toEqual([]);
  });

  it('keeps an access log that verifies', async () => {
    const verification = await verifyAudit(owner);
    expect(verification.breaks).toEqual([]);
  });

  it('stops cleanly and leaves no process behind', async () => {
    await owner.end();
    expect(await server.stop()).toBe(0);
    await waitUntilGone(folder);
    expect(await processesNaming(folder)).toEqual([]);
  });
});

/** Waits until a message has been answered for and one delivered since now; a slow machine needs seconds to come that far. */
async function waitForTraffic({ sent }: ExchangeSenders, { observed }: ExchangeConsumers): Promise<void> {
  const [answered, delivered] = [sent.length, observed.length];
  const deadline = performance.now() + TRAFFIC_LIMIT_MS;
  while ((sent.length === answered || observed.length === delivered) && performance.now() < deadline)
    await sleep(5);
}

/** Each of the three bare accounts to the two others, and a protocol's client to its archive. */
function routesBetween(logins: readonly FiksIoLogin[]) {
  const [first, second, third, arkiv, fagsystem] = logins as [FiksIoLogin, ...FiksIoLogin[]];
  const bare = [first, second!, third!];
  const routes = bare.flatMap((from) =>
    bare
      .filter((to) => to !== from)
      .map((to) => ({ from, to, meldingType: 'no.eksempel.feiltest.v1.melding', needsPayload: false })),
  );
  const sok = { from: fagsystem!, to: arkiv!, meldingType: 'no.ks.fiks.arkiv.v1.innsyn.sok' };
  return [...routes, { ...sok, needsPayload: true }, { ...sok, needsPayload: true }];
}

/** One who answers at once, one late, one who sends back and refuses now and then, and two who share an account. */
function habitsOf(logins: readonly FiksIoLogin[], random: () => number): Habit[] {
  const [first, second, third, arkiv, fagsystem] = logins as [FiksIoLogin, ...FiksIoLogin[]];
  const atOnce: Habit['decide'] = () => ({ answer: 'ack', afterMs: 0 });
  const choosy: Habit['decide'] = () => {
    const drawn = random();
    return { answer: drawn < 0.15 ? 'requeue' : drawn < 0.2 ? 'reject' : 'ack', afterMs: 10 * random() };
  };
  return [
    { name: 'prompt', login: first, prefetch: 10, decide: atOnce },
    {
      name: 'late',
      login: second!,
      prefetch: 20,
      decide: () => ({ answer: 'ack', afterMs: 20 + 200 * random() }),
    },
    { name: 'choosy', login: third!, prefetch: 10, decide: choosy },
    { name: 'shared 1', login: arkiv!, prefetch: 5, decide: atOnce },
    { name: 'shared 2', login: arkiv!, prefetch: 5, decide: choosy },
    { name: 'client', login: fagsystem!, prefetch: 10, decide: atOnce },
  ];
}

/** A repetition is no repetition of these: the sender tries again because the first came to nothing. */
function failed({ status }: StoredMessage): boolean {
  return status !== 'PAA_KO' && status !== 'KVITTERT';
}

/** Why the message may not have ended as it has; undefined when it may. */
function wrongEnd(message: StoredMessage, seen: readonly Observed[]): string | undefined {
  const { status, steps } = message;
  const answered = (answer: Observed['answer']) => seen.some((each) => each.answer === answer);
  const lost = steps.filter((step) => FAILED_DELIVERY.includes(step)).length;
  if (lost > MAX_ATTEMPTS || seen.length > MAX_ATTEMPTS) return `${lost} failed, ${seen.length} seen`;
  if (status !== 'FEILET' && lost >= MAX_ATTEMPTS) return 'should have been given up';
  switch (status) {
    case 'KVITTERT':
      return answered('ack') ? undefined : 'nobody has acknowledged it';
    case 'AVVIST':
      return answered('reject') ? undefined : 'nobody has refused it';
    case 'FEILET':
      return lost === MAX_ATTEMPTS ? undefined : `given up after ${lost} failed deliveries`;
    case 'UTLOPT':
      return answered('ack') && lost === 0 ? 'acknowledged' : undefined;
    default:
      return 'not ended';
  }
}

/** What the sender must have been told; platform messages are never answered (fiks-io §3.6). */
function expectedNotice({ status, plattform }: StoredMessage): string | undefined {
  if (plattform) return undefined;
  if (status === 'FEILET') return SERVERFEIL;
  return status === 'UTLOPT' ? TIDSAVBRUDD : undefined;
}
