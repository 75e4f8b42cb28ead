import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findRabbitmq, type Rabbitmq, startRabbitmq } from '@grunnmur/kernel/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOwner } from './support/evidence.ts';
import {
  type ExchangeConsumers,
  type Habit,
  type Observed,
  startExchangeConsumers,
} from './support/exchange-consumers.ts';
import { type StoredMessage, storedMessages } from './support/exchange-evidence.ts';
import { type ExchangeSenders, type SentMessage, startExchangeSenders } from './support/exchange-senders.ts';
import { waitUntilGone } from './support/kill-database.ts';
import { type FiksIoLogin, fiksIoLogins } from './support/logins.ts';
import { seededRandom } from './support/random.ts';
import { createServerUnderTest, processesNaming, type ServerUnderTest } from './support/server-under-test.ts';

/** FAULT_SEED repeats the moments of an earlier run, as far as the machine does the same in the same time. */
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
/** Of the server and of RabbitMQ in turn. RabbitMQ takes many seconds to start: a long run is FAULT_RABBITMQ_KILLS=50. */
const KILLS = Number(process.env.FAULT_RABBITMQ_KILLS ?? 8);
const SENDERS = 4;
const LIMIT_MS = 300_000 + KILLS * 30_000;
const TRAFFIC_LIMIT_MS = 15_000;
/** After the last kill: unanswered messages come again, and the lengths of queues tell of the rest. */
const SETTLE_LIMIT_MS = 90_000 + KILLS * 5_000;
const NOTICE: Partial<Record<StoredMessage['status'], string>> = {
  FEILET: 'no.ks.fiks.kvittering.serverfeil.v1',
  UTLOPT: 'no.ks.fiks.kvittering.tidsavbrudd',
};

const missing = findRabbitmq() === undefined;
if (missing && (process.env.CI || process.env.FAULT_RABBITMQ_KILLS))
  throw new Error('RabbitMQ is not installed (apt-get install rabbitmq-server)');
if (missing) console.warn('SKIPPED: RabbitMQ is not installed; nothing is known about killing it');

describe('Fiks IO with RabbitMQ as the broker, either killed at any moment', () => {
  const random = seededRandom(SEED);
  const kills = { server: 0, rabbitmq: 0 };
  let folder: string;
  let server: ServerUnderTest;
  let rabbitmq: Rabbitmq;
  let senders: ExchangeSenders;
  let consumers: ExchangeConsumers;
  let owner: pg.Pool;
  let sent: readonly SentMessage[];
  let observed: readonly Observed[];
  let stored: Map<string, StoredMessage>;
  let left: string[];

  beforeAll(async () => {
    if (missing) return;
    console.log(`fault test of RabbitMQ: seed ${SEED}`);
    folder = await mkdtemp(join(tmpdir(), 'grunnmur-fault-rabbit-'));
    await chmod(folder, 0o755); // both databases run under another user when we are root
    const settings: Record<string, string> = { EXCHANGE_DOCUMENT_OVER_BYTES: '200000' };
    server = await createServerUnderTest(join(folder, 'data'), settings);
    rabbitmq = await startBroker(join(folder, 'rabbitmq'), server.baseUrl);
    Object.assign(settings, {
      AMQP_PORT: String(rabbitmq.port),
      EXCHANGE_BROKER: rabbitmq.url,
      EXCHANGE_BROKER_MANAGEMENT: `http://guest:guest@127.0.0.1:${rabbitmq.managementPort}`,
      EXCHANGE_BROKER_STATISTICS_SECONDS: '1',
    });
    await server.start();
    const logins = await fiksIoLogins(server.dataDir);
    await Promise.all(logins.map((login) => login.password())); // while the server is there to give tokens
    consumers = startExchangeConsumers({ baseUrl: server.baseUrl, amqpPort: rabbitmq.port }, habits(logins));
    senders = startExchangeSenders({
      baseUrl: server.baseUrl,
      count: SENDERS,
      routes: routesBetween(logins),
      random,
    });
    for (let round = 1; round <= KILLS; round++) {
      await traffic();
      await sleep(random() * 800);
      if (round % 2 === 0) await killServer();
      else await killRabbitmq();
    }
    await traffic();
    await senders.finish();
    owner = openOwner(await server.databaseUrl());
    left = await untilEnded(owner);
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
    await rabbitmq?.stop();
    if (!folder) return;
    await waitUntilGone(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }, 60_000);

  /** Something was accepted and something delivered since now. */
  async function traffic(): Promise<void> {
    const [answered, delivered] = [senders.sent.length, consumers.observed.length];
    const deadline = performance.now() + TRAFFIC_LIMIT_MS;
    const still = () => senders.sent.length === answered || consumers.observed.length === delivered;
    while (still() && performance.now() < deadline) await sleep(10);
  }

  async function killServer(): Promise<void> {
    await server.kill();
    kills.server += 1;
    await server.start();
  }

  async function killRabbitmq(): Promise<void> {
    await rabbitmq.kill();
    kills.rabbitmq += 1;
    // Messages are accepted meanwhile.
    await sleep(random() * 1000);
    await rabbitmq.start();
  }

  function report(): void {
    const count = <T>(of: Iterable<T>, what: (each: T) => boolean) => [...of].filter(what).length;
    const ends = ['KVITTERT', 'AVVIST', 'FEILET', 'UTLOPT'].map(
      (status) => `${count(stored.values(), (message) => message.status === status)} ${status}`,
    );
    const doubtful = count(stored.values(), ({ steps }) => steps.includes('KVITTERT_ANTATT'));
    console.log(
      `fault test of RabbitMQ: ${kills.server} kills of the server, ${kills.rabbitmq} of RabbitMQ; ${sent.length} messages, ` +
        `${observed.length} deliveries, ${count(observed, ({ redelivered }) => redelivered)} of them again; ${ends.join(', ')}; ` +
        `${doubtful} taken for acknowledged by the length of the queue`,
    );
  }

  it('was under load, and neither refused nor lost a message', ({ skip }) => {
    if (missing) skip();
    expect(kills.server + kills.rabbitmq).toBe(KILLS);
    expect(sent.length).toBeGreaterThan(4 * KILLS);
    expect(senders.wrong).toEqual([]);
    // RabbitMQ refuses everybody while the server cannot be asked; nothing else may go wrong.
    expect(consumers.wrong.filter((text) => !/403|ACCESS/.test(text))).toEqual([]);
    const lost = sent.filter(({ id, tag, to, size }) => {
      const message = stored.get(id);
      return message?.tag !== tag || message.konto !== to || message.size !== size;
    });
    expect(lost).toEqual([]);
  });

  it('delivered every message to a consumer, or told the sender that it did not', ({ skip }) => {
    if (missing) skip();
    expect(left).toEqual([]);
    const seen = new Set(observed.map(({ id }) => id));
    const notices = Map.groupBy(
      [...stored.values()].filter(({ plattform }) => plattform),
      ({ svarTil }) => svarTil,
    );
    const faults = [...stored.values()].flatMap((message) => {
      const { id, status, plattform, steps } = message;
      const wanted = plattform ? undefined : NOTICE[status];
      const told = notices.get(id) ?? [];
      const wrong =
        (status === 'KVITTERT' && !seen.has(id) && 'taken for acknowledged, and nobody has seen it') ||
        (status === 'AVVIST' && !seen.has(id) && 'rejected by nobody') ||
        (told.length !== (wanted ? 1 : 0) && `${told.length} told`) ||
        (told[0] && told[0].type !== wanted && `told ${told[0].type}`);
      return wrong ? [`${id} ${status}: ${wrong}; ${steps}`] : [];
    });
    expect(faults).toEqual([]);
  });

  it('delivered every payload unchanged, to its own account and no other', ({ skip }) => {
    if (missing) skip();
    const sentOf = new Map(sent.map((message) => [message.tag, message]));
    const faults = observed.filter(({ id, kontoId, routingKey, tag, hash, fetched }) => {
      const message = stored.get(id);
      const origin = tag === undefined ? undefined : sentOf.get(tag);
      const right =
        message?.konto === kontoId &&
        routingKey === `fiksio.konto.${kontoId}` &&
        (message.plattform || (origin?.to === kontoId && (!fetched || hash === origin.hash)));
      return !right;
    });
    expect(faults).toEqual([]);
  });

  it('delivered to each account in the order of acceptance', ({ skip }) => {
    if (missing) skip();
    const sentOf = new Map(sent.map((message) => [message.id, message]));
    const faults: string[] = [];
    for (const [consumer, deliveries] of Map.groupBy(observed, (each) => each.consumer)) {
      const seen = new Set<string>();
      let latest: SentMessage | undefined;
      for (const { id } of deliveries) {
        const message = sentOf.get(id);
        const first = !seen.has(id);
        seen.add(id);
        if (!message || !first) continue;
        if (latest && message.answeredAt < latest.sentAt)
          faults.push(`${consumer}: ${message.tag} ${id} came after ${latest.tag} ${latest.id}`);
        if (!latest || message.sentAt > latest.sentAt) latest = message;
      }
    }
    expect(faults).toEqual([]);
  });

  it('marked what it delivered again', ({ skip }) => {
    if (missing) skip();
    const seen = new Set<string>();
    const unmarked = observed.filter(({ id, expiration, redelivered }) => {
      const copy = `${id} ${expiration}`;
      const again = seen.has(copy);
      seen.add(copy);
      return again && !redelivered;
    });
    expect(unmarked).toEqual([]);
  });

  it('stops cleanly and leaves no process behind', async ({ skip }) => {
    if (missing) skip();
    await owner.end();
    expect(await server.stop()).toBe(0);
    await rabbitmq.stop();
    await waitUntilGone(folder);
    expect(await processesNaming(folder)).toEqual([]);
  });
});

/** As docs/rabbitmq.md says, asking the server at its address. */
function startBroker(folder: string, baseUrl: string): Promise<Rabbitmq> {
  const questions = `${baseUrl}/fiks-io/authorization/api/v1`;
  return startRabbitmq({
    folder,
    plugins: ['rabbitmq_management', 'rabbitmq_auth_backend_http'],
    advanced: '[{rabbit, [{quorum_tick_interval, 1000}]}].',
    config: [
      'collect_statistics_interval = 1000',
      'auth_backends.1 = internal',
      'auth_backends.2 = http',
      'auth_http.http_method = post',
      ...['user', 'vhost', 'resource', 'topic'].map(
        (name) => `auth_http.${name}_path = ${questions}/${name}`,
      ),
    ].join('\n'),
  });
}

/** What has not ended when the time is up. */
async function untilEnded(owner: pg.Pool): Promise<string[]> {
  const deadline = performance.now() + SETTLE_LIMIT_MS;
  for (;;) {
    const { rows } = await owner.query<{ what: string }>(
      `select m.id || ' ' || m.type || ' to ' || m.konto_id || case when h.melding_id is null then ' in the outbox' else ' with RabbitMQ since ' || h.sendt end as what
       from exchange.melding m left join exchange.hos_rabbitmq h on h.melding_id = m.id where m.status = 'PAA_KO' limit 20`,
    );
    if (rows.length === 0 || performance.now() > deadline) return rows.map(({ what }) => what);
    await sleep(250);
  }
}

/** Each of three bare accounts to the two others. */
function routesBetween(logins: readonly FiksIoLogin[]) {
  const bare = logins.slice(0, 3);
  return bare.flatMap((from) =>
    bare
      .filter((to) => to !== from)
      .map((to) => ({ from, to, meldingType: 'no.eksempel.feiltest.v1.melding', needsPayload: false })),
  );
}

/** One who answers at once, one late, and one who sends back and refuses now and then. */
function habits(logins: readonly FiksIoLogin[]): Habit[] {
  const random = seededRandom(SEED + 1);
  const [first, second, third] = logins as [FiksIoLogin, FiksIoLogin, FiksIoLogin];
  return [
    { name: 'prompt', login: first, prefetch: 10, decide: () => ({ answer: 'ack', afterMs: 0 }) },
    {
      name: 'late',
      login: second,
      prefetch: 20,
      decide: () => ({ answer: 'ack', afterMs: 20 + 200 * random() }),
    },
    {
      name: 'choosy',
      login: third,
      prefetch: 10,
      decide: () => {
        const drawn = random();
        return { answer: drawn < 0.1 ? 'requeue' : drawn < 0.15 ? 'reject' : 'ack', afterMs: 10 * random() };
      },
    },
  ];
}
