import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { createConnection } from './connection/connection.ts';
import type { Connection, ConnectionStatus } from './connection/connection-types.ts';
import { describeError } from './faults.ts';
import { type AmqpLimits, DEFAULT_LIMITS } from './limits.ts';
import type { AmqpLog, Broker } from './ports.ts';
import { createQueueClaims } from './queue-claims.ts';
import { createShares, createStrangers } from './shares.ts';

export interface AmqpListener {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** PEM. Without it the listener is plain: for loopback only. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface AmqpServerOptions {
  readonly broker: Broker;
  readonly log: AmqpLog;
  readonly now: () => Date;
  readonly product: string;
  readonly version: string;
  /** Exchanges that exist besides those of the standard: a client may ask for them by a passive declaration. */
  readonly exchanges?: readonly string[];
  readonly limits?: Partial<AmqpLimits>;
  readonly listeners: readonly AmqpListener[];
}

export interface AmqpServer {
  /** Of the listeners, in their order. */
  readonly ports: readonly number[];
  readonly connections: () => ConnectionStatus[];
  readonly stats: () => AmqpStats;
  /** Stops accepting, tells clients with 320 CONNECTION_FORCED, and resolves when what they had is settled. */
  readonly stop: () => Promise<void>;
}

export interface AmqpStats {
  readonly connections: number;
  /** Connections refused since start, since there were too many. */
  readonly refused: number;
}

/** Those that AMQP 0-9-1 (§3.1.3.1 and on) and RabbitMQ have on every server. */
const STANDARD_EXCHANGES = [
  'amq.direct',
  'amq.fanout',
  'amq.topic',
  'amq.headers',
  'amq.match',
  'amq.rabbitmq.trace',
];
const TICK_MS = 500;
/** Between two looks at deliveries that are not answered, at most. */
const ACK_CHECK_MS = 10_000;

/** Starts an AMQP 0-9-1 server on its listeners. */
export async function createAmqpServer(options: AmqpServerOptions): Promise<AmqpServer> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const connections = new Set<Connection>();
  const perAddress = createShares();
  const perUser = createShares();
  /** Not logged in yet, the oldest first: of all addresses, and of each. */
  const strangers = createStrangers();
  const addresses = new WeakMap<Connection, string>();
  const claims = createQueueClaims();
  const exchanges = new Set([...STANDARD_EXCHANGES, ...(options.exchanges ?? [])]);
  let clock = performance.now();
  let stopping = false;
  let refused = 0;

  function accept(raw: Socket, secureContext: SecureContext | undefined): void {
    const address = (raw.remoteAddress ?? '').replace(/^::ffff:/, '');
    const fromAddress = perAddress.of(address);
    // Whoever has not logged in holds half of the places at most, and gives way to who comes after.
    const spared =
      fromAddress >= limits.maxConnectionsPerAddress ||
      strangers.of(address) >= limits.maxConnectionsPerAddress / 2
        ? strangers.oldest(address)
        : connections.size >= limits.maxConnections || strangers.size() >= limits.maxConnections / 2
          ? strangers.oldest()
          : undefined;
    if (spared) {
      leave(spared);
      spared.destroy();
    }
    const full =
      connections.size >= limits.maxConnections || perAddress.of(address) >= limits.maxConnectionsPerAddress;
    if (stopping || full) {
      refused += 1;
      if (!stopping)
        options.log.warn({ connections: connections.size, fromAddress }, 'AMQP connection refused');
      raw.destroy();
      return;
    }
    const socket = secureContext ? secured(raw, secureContext) : raw;
    const connection = createConnection({
      ...options,
      socket,
      address,
      tls: secureContext !== undefined,
      limits,
      claims,
      exchanges,
      connectedAt: options.now(),
      admit: (user) => {
        if (perUser.of(user) >= limits.maxConnectionsPerUser) return false;
        perUser.take(user);
        strangers.delete(connection, address);
        void connection.closed.then(() => perUser.give(user));
        return true;
      },
      clock: () => clock,
    });
    connections.add(connection);
    addresses.set(connection, address);
    perAddress.take(address);
    strangers.add(connection, address);
    void connection.closed.then(() => leave(connection));
  }

  /** Its place is free from here on, though its socket may take a moment more to close. */
  function leave(connection: Connection): void {
    const address = addresses.get(connection);
    if (address === undefined || !connections.delete(connection)) return;
    strangers.delete(connection, address);
    perAddress.give(address);
  }

  /** One timer for all connections: thousands of idle ones cost a loop over them. */
  let ticks = 0;
  const ackCheckTicks = Math.ceil(Math.min(ACK_CHECK_MS, limits.ackTimeoutMs / 4) / TICK_MS);
  const timer = setInterval(() => {
    const previous = clock;
    clock = performance.now();
    ticks += 1;
    // When the process itself stood still, nobody's heartbeat is missing for that time.
    const late = clock - previous - TICK_MS;
    const excused = late > TICK_MS ? late : 0;
    for (const connection of connections) {
      connection.tick(excused);
      if (ticks % ackCheckTicks === 0) connection.checkAckTimeout();
    }
  }, TICK_MS);

  const servers: Server[] = [];
  try {
    for (const listener of options.listeners) servers.push(await listen(listener, accept, options.log));
  } catch (error) {
    clearInterval(timer);
    for (const server of servers) server.close();
    throw error;
  }

  async function stop(): Promise<void> {
    stopping = true;
    const closing = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    const closes = [...connections].map((connection) =>
      connection.stop('the server is stopping, please connect again'),
    );
    const ended = Promise.all(closes);
    await atMost(ended, limits.closeMs);
    for (const connection of connections) connection.destroy();
    // What they had is the broker's to give out again, should it not answer within this time either.
    await atMost(ended, limits.closeMs);
    clearInterval(timer);
    await Promise.all(closing);
  }

  return {
    ports: servers.map(portOf),
    connections: () => [...connections].map((connection) => connection.status()),
    stats: () => ({ connections: connections.size, refused }),
    stop,
  };
}

type Accept = (raw: Socket, secureContext: SecureContext | undefined) => void;

async function listen(listener: AmqpListener, accept: Accept, log: AmqpLog): Promise<Server> {
  const secureContext = listener.tls && createSecureContext({ ...listener.tls, minVersion: 'TLSv1.2' });
  const server = createServer((raw) => accept(raw, secureContext));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: listener.port, host: listener.host, backlog: 1024 }, resolve);
  });
  // Out of file descriptors, and the like: the next connection may be accepted again.
  server.on('error', (error) => log.error(describeError(error), 'AMQP listener failed'));
  return server;
}

/** TLS over the accepted socket, so that the time for the handshake counts from accept and is not twice that of AMQP. */
function secured(raw: Socket, secureContext: SecureContext): Socket {
  return new TLSSocket(raw, { isServer: true, secureContext, requestCert: false });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function atMost(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
