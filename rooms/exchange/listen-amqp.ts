import { readFile } from 'node:fs/promises';
import type { AmqpListener, AmqpServer } from '@grunnmur/amqp-server';
import type { ServerIdentity } from '@grunnmur/kernel/crypto';
import { openFileLimit } from '@grunnmur/kernel/net';
import { ConfigError, type Listening, type RoomHost } from '@grunnmur/kernel/room';
import { amqpConnections, amqpPorts } from './amqp-ports.ts';
import type { ExchangeRoom } from './create-room.ts';

import type { Settings } from './settings.ts';

/** What the demonstration needs to know, and has. */
interface DemoTls {
  readonly identity: () => Promise<ServerIdentity>;
  readonly listening: (address: { host: string; port?: number; tlsPort?: number; caPem?: string }) => void;
}

/** Starts the listeners that the settings ask for; undefined when they ask for none. */
export async function listenAmqp(
  host: RoomHost,
  env: Settings,
  exchange: ExchangeRoom,
  demo: DemoTls | undefined,
): Promise<Listening | undefined> {
  const { broker, plainPort, tlsPort } = amqpPorts(env, host.mode, host.anyPort);
  const identity = await demo?.identity();
  const certificatePem =
    env.AMQP_TLS_CERTIFICATE_FILE && (await readFile(env.AMQP_TLS_CERTIFICATE_FILE, 'utf8'));
  const caPem = certificatePem ?? identity?.caPem;
  const tell = (at: string, port: number | undefined, secure: number | undefined): Listening => {
    demo?.listening({
      host: at,
      ...(port === undefined ? {} : { port }),
      ...(secure === undefined ? {} : { tlsPort: secure }),
      ...(caPem === undefined ? {} : { caPem }),
    });
    return {
      label: 'Fiks IO (AMQP)',
      addresses: [
        ...(port === undefined ? [] : [`amqp://${at}:${port}`]),
        ...(secure === undefined ? [] : [`amqps://${at}:${secure}`]),
      ],
      ports: [port, secure].filter((each) => each !== undefined),
    };
  };
  if (broker) return tell(broker.hostname, plainPort, tlsPort);
  const tls =
    certificatePem && env.AMQP_TLS_KEY_FILE
      ? { key: await readFile(env.AMQP_TLS_KEY_FILE, 'utf8'), cert: certificatePem }
      : identity && { key: identity.privateKeyPem, cert: identity.certificatePem };
  const listeners: AmqpListener[] = [];
  // Without TLS a password is readable on the way: only where there is no way.
  if (plainPort !== undefined) listeners.push({ port: plainPort, host: '127.0.0.1' });
  if (tlsPort !== undefined && tls) listeners.push({ port: tlsPort, host: host.listenHost, tls });
  if (listeners.length === 0) return undefined;
  const server = await open(exchange, env, listeners, tlsPort);
  const portOf = (secure: boolean) => {
    const index = listeners.findIndex((listener) => (listener.tls !== undefined) === secure);
    return index < 0 ? undefined : server.ports[index];
  };
  return {
    ...tell('127.0.0.1', portOf(false), portOf(true)),
    stop: server.stop,
    gauges: (metrics) => {
      metrics.gauge('grunnmur_amqp_connections', 'Open AMQP connections of this process', [], async () => [
        { labels: {}, value: server.stats().connections },
      ]);
      metrics.gauge('grunnmur_amqp_unacknowledged', 'Deliveries that wait for their answer', [], async () => [
        { labels: {}, value: server.connections().reduce((sum, { unacked }) => sum + unacked, 0) },
      ]);
    },
  };
}

async function open(
  exchange: ExchangeRoom,
  env: Settings,
  listeners: readonly AmqpListener[],
  tlsPort: number | undefined,
): Promise<AmqpServer> {
  const { maxConnections, maxPerAddress } = amqpConnections(env, openFileLimit());
  return exchange
    .listenAmqp(listeners, { maxConnections, maxConnectionsPerAddress: maxPerAddress })
    .catch((error: NodeJS.ErrnoException & { port?: number }) => {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
      const setting = error.port === tlsPort ? 'AMQPS_PORT' : 'AMQP_PORT';
      const fault = error.code === 'EACCES' ? 'may not be used' : 'is taken by another program';
      throw new ConfigError([
        `${setting}: port ${error.port} ${fault}; choose another, or 0 for any free one`,
      ]);
    });
}
