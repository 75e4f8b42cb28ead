import { join } from 'node:path';
import { createServerIdentity } from '@grunnmur/kernel/crypto';
import { freePort } from '@grunnmur/kernel/net';
import { findRabbitmq, startRabbitmq } from '@grunnmur/kernel/testing';

/** Who has the queues of Fiks IO: the platform itself, or a RabbitMQ beside it. */
export const BROKERS = ['built-in', 'rabbitmq'] as const;
export type BrokerName = (typeof BROKERS)[number];

/** A RabbitMQ for a server that has yet to be started. */
export interface RunningBroker {
  readonly name: string;
  /** Settings of the server. */
  readonly env: Readonly<Record<string, string>>;
  /** Authority of its certificate. */
  readonly caPem: string;
  readonly port: number;
  readonly tlsPort: number;
  /** As an operator stops it. What is being handed over when it is killed comes twice, without a mark (docs/rabbitmq.md). */
  shutDown(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** Those that can be tried here. */
export function availableBrokers(): BrokerName[] {
  return findRabbitmq() ? [...BROKERS] : ['built-in'];
}

/** Starts RabbitMQ as docs/rabbitmq.md says; it asks the server about clients at the port that `env` gives the server. */
export async function startBroker(folder: string): Promise<RunningBroker> {
  const identity = await createServerIdentity({
    commonName: 'RabbitMQ for conformance',
    hosts: ['localhost', '127.0.0.1'],
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 30 * DAY_MS),
  });
  const serverPort = await freePort();
  const questions = `http://127.0.0.1:${serverPort}/fiks-io/authorization/api/v1`;
  const rabbitmq = await startRabbitmq({
    folder: join(folder, 'rabbitmq'),
    plugins: ['rabbitmq_management', 'rabbitmq_auth_backend_http'],
    tls: identity,
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
  return {
    name: `RabbitMQ ${rabbitmq.version}`,
    caPem: identity.caPem,
    port: rabbitmq.port,
    tlsPort: rabbitmq.tlsPort!,
    env: {
      PORT: String(serverPort),
      EXCHANGE_BROKER: rabbitmq.url,
      EXCHANGE_BROKER_MANAGEMENT: `http://guest:guest@127.0.0.1:${rabbitmq.managementPort}`,
      EXCHANGE_BROKER_STATISTICS_SECONDS: '1',
      AMQPS_PORT: String(rabbitmq.tlsPort),
    },
    shutDown: rabbitmq.shutDown,
    start: rabbitmq.start,
    stop: rabbitmq.stop,
  };
}
