import { openDatabase } from '@grunnmur/kernel/db';
import { createApp, createMetrics } from '@grunnmur/kernel/http';
import { newId } from '@grunnmur/kernel/ids';
import { createLogger } from '@grunnmur/kernel/log';
import { freePort } from '@grunnmur/kernel/net';
import type { Room } from '@grunnmur/kernel/room';
import { createPopulation } from '@grunnmur/registers/simulators';
import { type Assembly, machineNow } from './assembly.ts';
import { connectionLimits } from './connection-limits.ts';
import { createTokenClient, type OutgoingIdentity } from './create-channels.ts';
import { type AmqpAddress, createExchange, listenAmqp, loadOperatorSchemas } from './create-exchange.ts';
import { createAccess, createPost, createRegisters } from './create-rooms.ts';
import { createStorage } from './create-storage.ts';
import { createDemoClock } from './demo-clock.ts';
import { demoAmqpIdentity, seedDemonstrationExchange } from './demo-exchange.ts';
import { lacksDemoLetters, sendDemoLetters } from './demo-letters.ts';
import {
  type Demonstration,
  prepareDemonstration,
  seedDemonstrationPost,
  writeDemoAccess,
} from './demonstration.ts';
import { createHealth } from './health.ts';
import { listenOperations } from './listen-operations.ts';
import { mountPortal, personDownloads } from './mount-portal.ts';
import { amqpGauges, jobGauges, mountOperations, mountPublicHealth, storageGauges } from './operations.ts';
import { outgoingIdentity, trustedMailboxes } from './outgoing-identity.ts';
import { checkLogin, migratePlatform, openPlatformDatabase } from './platform-database.ts';
import type { Config } from './read-config.ts';
import { refuseDemoData, refuseDemoIssuers } from './refuse-demonstration.ts';
import { demoMasterKey } from './secrets.ts';
import { startWork } from './start-work.ts';
import { VERSION } from './version.ts';

export interface Server {
  readonly baseUrl: string;
  /** Where this machine reaches it past any proxy; undefined for a worker, which listens nowhere. */
  readonly localUrl: string | undefined;
  readonly demonstration: Demonstration | undefined;
  /** Where the logins of the demonstration are written. */
  readonly accessFile: string | undefined;
  /** Where Fiks IO clients connect; undefined when this process listens for none. */
  readonly amqp: AmqpAddress | undefined;
  /** The operator's own listener: metrics and detailed health; undefined when they are at the main address, or nowhere. */
  readonly operationsAddress: string | undefined;
  readonly embeddedDatabase: boolean;
  /** Resolves when the embedded PostgreSQL has ended by itself: nothing works any more, and a new start is needed. */
  readonly databaseDied: Promise<void>;
  /** Resolves when the sample letters of a new demonstration are there; undefined when none are on their way. */
  readonly lettersSent: Promise<void> | undefined;
  /** Takes no more requests, lets running work end, closes the database. May be called again. */
  readonly stop: () => Promise<void>;
}

type Closing = (() => Promise<unknown>)[];

/**
 * Puts the platform together and starts it as `config.ROLE` says: database, migrations, rooms, listener, jobs. Throws
 * with a message for the operator; nothing is left running then.
 */
export async function createServer(config: Config): Promise<Server> {
  const log = createLogger({ level: config.LOG_LEVEL });
  const closing: Closing = [];
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= closeAll(closing, (error) => log.error({ err: error }, 'stopping failed'));
    return stopped;
  };
  try {
    return { ...(await start(config, log, closing)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function closeAll(closing: Closing, report: (error: unknown) => void): Promise<void> {
  for (const close of closing.reverse()) await close().catch(report);
}

async function start(config: Config, log: Assembly['log'], closing: Closing): Promise<Omit<Server, 'stop'>> {
  const database = await openPlatformDatabase(config);
  closing.push(database.close);
  await migratePlatform(database);
  await checkLogin(database, config, log);
  const db = openDatabase({ connectionString: database.url, max: config.databasePool });
  closing.push(db.close);
  const port = config.port === 0 ? await freePort() : config.port;
  const baseUrl = config.publicUrl ?? `http://127.0.0.1:${port}`;
  const sendsLetters = config.demonstration && config.ROLE === 'all' && config.env.DEMO_LETTERS === 'true';
  const masterKey = config.masterKey ?? (await demoMasterKey(config.dataDir));
  const parts = { config, log, db, baseUrl, masterKey };
  const assembly = describe({ ...parts, now: machineNow });
  const clock = createDemoClock();
  const samples = describe({ ...parts, now: clock.now });

  const population = config.demonstration ? createPopulation() : undefined;
  const access = createAccess(assembly, population);
  await access.room.start?.();
  if (!config.demonstration) {
    await refuseDemoData(assembly, access);
    await refuseDemoIssuers(assembly);
  }
  const demonstration = population ? await prepareDemonstration(samples, access, population) : undefined;
  const identity: OutgoingIdentity = demonstration?.identity ?? outgoingIdentity(config);
  const tokens = createTokenClient(identity, machineNow);
  const registers = createRegisters(assembly, tokens);
  const platformKeys = config.platformKeys ?? demonstration!.platformKeys;
  const stores = createStorage(config, db, masterKey, log);
  const post = await createPost(assembly, {
    access,
    storage: stores.post,
    registers,
    tokens,
    identity,
    platformKeys,
    trustedMailboxesPem: demonstration
      ? demonstration.mailboxes.map((mailbox) => mailbox.certificatePem)
      : trustedMailboxes(config),
  });
  const schemas = await loadOperatorSchemas(assembly);
  const exchange = createExchange(assembly, access, stores.exchange, platformKeys, {
    skjemaer: schemas,
    persons: personDownloads(assembly, access),
  });
  if (demonstration) await seedDemonstrationPost(assembly, access, demonstration);
  const fiksIoAccounts =
    demonstration && (await seedDemonstrationExchange(assembly, access, exchange, demonstration.access));

  const rooms: Room[] = [access.room, registers.room, post.room, exchange.room];
  for (const room of rooms) if (room.stop) closing.push(room.stop);
  await exchange.room.start?.();
  const amqpIdentity = demonstration && (await demoAmqpIdentity(assembly));
  let amqp: AmqpAddress | undefined;
  const metrics = createMetrics();
  jobGauges(assembly, metrics);
  const health = createHealth({
    ctx: assembly.systemCtx,
    storage: stores.whole,
    ...(database.embedded ? { databaseFolder: config.dataDir } : {}),
  });
  storageGauges(stores, health, metrics);
  const operations = await listenOperations(assembly, metrics, health);
  if (operations) closing.push(operations.close);
  if (config.ROLE !== 'worker') {
    const app = await createApp({
      log,
      version: VERSION,
      publicUrl: baseUrl,
      metrics,
      trustProxy: config.trustProxy,
      ratePerMinute: config.ratePerMinute,
      connections: connectionLimits(config).http,
    });
    // Written once: it is large, and anybody may ask for it.
    let apiDocument: Buffer | undefined;
    app.get('/api/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
      apiDocument ??= Buffer.from(JSON.stringify(app.swagger()));
      return reply.type('application/json; charset=utf-8').send(apiDocument);
    });
    if (config.operations) mountPublicHealth(app, health);
    else mountOperations(app, metrics, health);
    for (const room of rooms) await room.routes?.(app);
    await demonstration?.simulators.mount(app);
    await mountPortal(
      app,
      assembly,
      { access, post, exchange, registers },
      population && ((fnr) => population.findPerson(fnr)?.name),
    );
    await app.listen({ port, host: config.host });
    closing.push(() => app.close());
    amqp = await listenAmqp(assembly, exchange, amqpIdentity);
    if (amqp?.server) {
      amqpGauges(amqp.server, metrics);
      closing.push(amqp.server.stop);
    }
  }
  const setup = demonstration && sendsLetters && { assembly: samples, access, post, demonstration, clock };
  const sendLetters = setup && (await lacksDemoLetters(setup)) ? () => sendDemoLetters(setup) : undefined;
  const work = config.ROLE === 'web' ? undefined : startWork(assembly, rooms, sendLetters);
  if (work) closing.push(work.stop);
  const accessFile =
    demonstration &&
    (await writeDemoAccess(config.dataDir, baseUrl, demonstration, {
      amqp: {
        host: amqp?.host ?? '127.0.0.1',
        port: amqp?.port ?? config.amqp.plainPort ?? null,
        tlsPort: amqp?.tlsPort ?? config.amqp.tlsPort ?? null,
        caPem: config.amqp.tls?.certificatePem ?? amqpIdentity!.caPem,
      },
      fiksIoAccounts: fiksIoAccounts!,
    }));
  return {
    baseUrl,
    localUrl: config.ROLE === 'worker' ? undefined : localUrl(config.host, port),
    demonstration,
    accessFile,
    operationsAddress: operations?.address,
    amqp,
    embeddedDatabase: database.embedded,
    databaseDied: database.died,
    lettersSent: sendLetters && work?.started,
  };
}

function localUrl(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  return `http://${everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}`;
}

function describe(parts: Omit<Assembly, 'systemCtx' | 'requestCtx'>): Assembly {
  const { db, log, now } = parts;
  const base = { tenant: null, db, log, now };
  return {
    ...parts,
    systemCtx: { ...base, actor: { kind: 'system', id: 'grunnmur', name: 'Grunnmur' }, requestId: newId() },
    requestCtx: (request) => ({
      ...base,
      actor: { kind: 'anonymous', id: '' },
      requestId: request.id,
    }),
  };
}
