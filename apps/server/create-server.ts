import { openDatabase } from '@grunnmur/kernel/db';
import { createApp, createMetrics } from '@grunnmur/kernel/http';
import { newId } from '@grunnmur/kernel/ids';
import { createLogger } from '@grunnmur/kernel/log';
import { freePort } from '@grunnmur/kernel/net';
import { ConfigError, type Listening, type OutgoingIdentity, type Room } from '@grunnmur/kernel/room';
import type { FastifyInstance } from 'fastify';
import { type Assembly, machineNow } from './assembly.ts';
import { type BuiltRooms, buildRooms, createHosts, SIMULATORS } from './build-rooms.ts';
import { httpConnections } from './connection-limits.ts';
import { createDemoHost } from './create-demo-host.ts';
import { createStorage, type RoomStores } from './create-storage.ts';
import { createHealth } from './health.ts';
import { listenOperations } from './listen-operations.ts';
import { mountPortal, personDownloads, portalClient } from './mount-portal.ts';
import { jobGauges, mountOperations, mountPublicHealth, storageGauges } from './operations.ts';
import { outgoingIdentity } from './outgoing-identity.ts';
import {
  checkLogin,
  migratePlatform,
  openPlatformDatabase,
  type PlatformDatabase,
} from './platform-database.ts';
import type { Config } from './read-config.ts';
import { refuseDemoIssuers } from './refuse-demonstration.ts';
import { ROOMS } from './rooms.ts';
import { demoKeyPair, demoMasterKey } from './secrets.ts';
import { startWork } from './start-work.ts';
import { VERSION } from './version.ts';
import { writeDemoAccess } from './write-demo-access.ts';

export interface Server {
  readonly baseUrl: string;
  /** Where this machine reaches it past any proxy; undefined for a worker, which listens nowhere. */
  readonly localUrl: string | undefined;
  readonly demonstration: Demonstration | undefined;
  /** What rooms listen to beside HTTP, e.g. Fiks IO clients. */
  readonly listening: readonly Listening[];
  /** The operator's own listener: metrics and detailed health; undefined when they are at the main address, or nowhere. */
  readonly operationsAddress: string | undefined;
  readonly embeddedDatabase: boolean;
  /** Resolves when the embedded PostgreSQL has ended by itself: nothing works any more, and a new start is needed. */
  readonly databaseDied: Promise<void>;
  /** Resolves when the sample content of a new demonstration is there; undefined when none is on its way. */
  readonly samplesReady: Promise<void> | undefined;
  /** Takes no more requests, lets running work end, closes the database. May be called again. */
  readonly stop: () => Promise<void>;
}

/** What was made up for trying everything without any agreement. */
export interface Demonstration {
  /** Where its logins are written. */
  readonly accessFile: string;
  /** What stands there. */
  readonly access: Readonly<Record<string, unknown>>;
  /** Outside services that are simulated, for people. */
  readonly simulated: readonly string[];
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
  const masterKey = config.masterKey ?? (await demoMasterKey(config.dataDir));
  const assembly = describe({ config, log, db, baseUrl, masterKey, now: machineNow });
  const stores = createStorage(config, db, masterKey, log);
  const { rooms, use } = await openRooms(assembly, stores, closing);
  const { listening, operations } = await listen(
    assembly,
    { rooms, use },
    { port, stores, database },
    closing,
  );
  const firstWork = await samplesToMake(rooms);
  const work = config.ROLE === 'web' ? undefined : startWork(assembly, rooms, firstWork);
  if (work) closing.push(work.stop);
  return {
    baseUrl,
    localUrl: config.ROLE === 'worker' ? undefined : localUrl(config.host, port),
    demonstration: config.demonstration ? await describeDemo(config, baseUrl, rooms) : undefined,
    operationsAddress: operations?.address,
    listening,
    embeddedDatabase: database.embedded,
    databaseDied: database.died,
    samplesReady: firstWork && work?.started,
  };
}

/** Builds, seeds and starts all rooms; production refuses what only the running database and the issuers show. */
async function openRooms(assembly: Assembly, stores: RoomStores, closing: Closing): Promise<BuiltRooms> {
  const { config, baseUrl, masterKey } = assembly;
  const made: Room[] = [];
  let configured: OutgoingIdentity | undefined;
  const identity = (): OutgoingIdentity => {
    if (!config.demonstration) configured ??= outgoingIdentity(config);
    const known = configured ?? made.flatMap(({ demo }) => demo?.ownClient?.() ?? [])[0];
    if (!known) throw new Error("The platform's own client is asked for before it is made");
    return known;
  };
  let built: BuiltRooms | undefined;
  const hostFor = createHosts(assembly, {
    stores,
    identity,
    platformKeys: config.platformKeys ?? (await demoPlatformKeys(config)),
    persons: personDownloads(assembly, (key) => built!.use(key)),
    loginClients: [portalClient(baseUrl, masterKey)],
    ...(config.demonstration ? { demo: await createDemoHost(assembly, identity) } : {}),
  });
  built = await buildRooms(ROOMS, hostFor, async (room) => {
    made.push(room);
    if (room.stop) closing.push(room.stop);
    const faults = config.demonstration ? [] : ((await room.productionFaults?.()) ?? []);
    if (faults.length > 0) throw new ConfigError(faults);
  });
  if (!config.demonstration) await refuseDemoIssuers(assembly);
  for (const room of built.rooms) await room.start?.();
  return built;
}

/** The organisation that runs a demonstration. */
const DEMO_OPERATOR = '310000035';

function demoPlatformKeys({ dataDir }: Config) {
  return demoKeyPair(dataDir, 'platform', DEMO_OPERATOR, machineNow());
}

interface Below {
  readonly port: number;
  readonly stores: RoomStores;
  readonly database: PlatformDatabase;
}

/** Opens the operator's listener, HTTP and what rooms listen to beside it. */
async function listen(assembly: Assembly, built: BuiltRooms, below: Below, closing: Closing) {
  const { config, systemCtx } = assembly;
  const { port, stores, database } = below;
  const metrics = createMetrics();
  jobGauges(assembly, metrics);
  for (const room of built.rooms) room.gauges?.(metrics);
  const health = createHealth({
    ctx: systemCtx,
    storage: stores.whole,
    ...(database.embedded ? { databaseFolder: config.dataDir } : {}),
  });
  storageGauges(stores, health, metrics);
  const operations = await listenOperations(assembly, metrics, health);
  if (operations) closing.push(operations.close);
  const listening: Listening[] = [];
  if (config.ROLE === 'worker') return { listening, operations };
  const app = await createApp({
    log: assembly.log,
    version: VERSION,
    publicUrl: assembly.baseUrl,
    metrics,
    trustProxy: config.trustProxy,
    ratePerMinute: config.ratePerMinute,
    connections: httpConnections(config),
  });
  if (config.operations) mountPublicHealth(app, health);
  else mountOperations(app, metrics, health);
  await mount(app, assembly, built);
  await app.listen({ port, host: config.host });
  closing.push(() => app.close());
  for (const room of built.rooms) {
    const opened = await room.listen?.();
    if (!opened) continue;
    listening.push(opened);
    opened.gauges?.(metrics);
    if (opened.stop) closing.push(opened.stop);
  }
  return { listening, operations };
}

/** Every face, simulator and shell, and the description of all faces. */
async function mount(app: FastifyInstance, assembly: Assembly, built: BuiltRooms): Promise<void> {
  // Written once: it is large, and anybody may ask for it.
  let apiDocument: Buffer | undefined;
  app.get('/api/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    apiDocument ??= Buffer.from(JSON.stringify(app.swagger()));
    return reply.type('application/json; charset=utf-8').send(apiDocument);
  });
  for (const room of built.rooms) await room.routes?.(app);
  for (const { demo } of built.rooms)
    for (const [name, plugin] of Object.entries(demo?.simulators ?? {}))
      await app.register(plugin, { prefix: `${SIMULATORS}${name}` });
  await mountPortal(app, assembly, built);
}

/** What the rooms of a new demonstration have to do before others' work, one after the other. */
async function samplesToMake(rooms: readonly Room[]): Promise<(() => Promise<void>) | undefined> {
  const works: (() => Promise<void>)[] = [];
  for (const { demo } of rooms) {
    const work = await demo?.firstWork?.();
    if (work) works.push(work);
  }
  if (works.length === 0) return undefined;
  return async () => {
    for (const work of works) await work();
  };
}

async function describeDemo(config: Config, baseUrl: string, rooms: readonly Room[]): Promise<Demonstration> {
  const parts = await Promise.all(rooms.map(async ({ demo }) => (await demo?.access?.()) ?? {}));
  const access = Object.assign({ baseUrl }, ...parts) as Record<string, unknown>;
  return {
    access,
    accessFile: await writeDemoAccess(config.dataDir, access),
    simulated: rooms.flatMap(({ demo }) => demo?.simulated ?? []),
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
