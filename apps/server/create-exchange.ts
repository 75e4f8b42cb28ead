import { hostname } from 'node:os';
import type { AccessRoom } from '@grunnmur/access/create';
import {
  type AmqpListener,
  type AmqpServer,
  allowsPeer,
  createExchangeRoom,
  type ExchangeRoom,
  type PersonDownloads,
  type RabbitmqSettings,
} from '@grunnmur/exchange/create';
import { type LastedeSkjemaer, loadSchemas } from '@grunnmur/exchange/validate';
import type { ServerIdentity } from '@grunnmur/kernel/crypto';
import type { ObjectStore } from '@grunnmur/kernel/storage';
import { isValidOrgnr, PERSON_NUMBER_TEXT, personNumberFault, personNumberRules } from '@grunnmur/registers';
import type { Assembly } from './assembly.ts';
import { ConfigError } from './config-error.ts';
import { connectionLimits } from './connection-limits.ts';
import { DEMO_VALIDATOR } from './demo-exchange.ts';
import type { Config, KeyPair } from './read-config.ts';
import { VERSION } from './version.ts';

/** Messages between systems: Fiks IO, its configuration and Dokumentlager. */
export function createExchange(
  assembly: Assembly,
  { access }: AccessRoom,
  storage: ObjectStore,
  platformKeys: KeyPair,
  { skjemaer, persons }: { skjemaer?: LastedeSkjemaer | undefined; persons?: PersonDownloads } = {},
): ExchangeRoom {
  const { config, db, log, now, systemCtx, baseUrl, masterKey } = assembly;
  const { env, demonstration: synthetic } = config;
  return createExchangeRoom({
    db,
    log,
    now,
    access,
    storage,
    systemCtx,
    baseCtx: assembly.requestCtx,
    publicUrl: baseUrl,
    ...(persons ? { persons } : {}),
    version: VERSION,
    platformCertificatePem: platformKeys.certificatePem,
    decryptionKeys: [platformKeys],
    masterKey,
    validatorKontoIds: validatorKontoIds(config),
    ...(skjemaer ? { skjemaer } : {}),
    fnrFault: (value) => {
      const fault = personNumberFault(value, personNumberRules(synthetic));
      return fault && PERSON_NUMBER_TEXT[fault];
    },
    isValidOrgnr: (value) => isValidOrgnr(value, { synthetic }),
    limits: {
      inlineMaxBytes: Number(env.EXCHANGE_INLINE_MAX_BYTES),
      dokumentlagerOverBytes: Number(env.EXCHANGE_DOCUMENT_OVER_BYTES),
      uploadIdleMs: Number(env.UPLOAD_IDLE_SECONDS) * 1000,
      uploadTimeoutMs: Number(env.UPLOAD_TIMEOUT_SECONDS) * 1000,
    },
    ...rabbitmq(config),
    nodeName: nodeName(config, baseUrl),
    leaseMs: Number(env.EXCHANGE_LEASE_SECONDS) * 1000,
  });
}

function rabbitmq({ env }: Config): { readonly rabbitmq?: RabbitmqSettings } {
  const { EXCHANGE_BROKER: url, EXCHANGE_BROKER_MANAGEMENT: managementUrl } = env;
  if (!url || !managementUrl) return {};
  const peers = env.EXCHANGE_BROKER_PEERS.split(/[\s,]+/).filter((peer) => peer !== '');
  try {
    allowsPeer(peers);
  } catch (error) {
    throw new ConfigError([`EXCHANGE_BROKER_PEERS: ${(error as Error).message}`]);
  }
  return {
    rabbitmq: {
      url,
      managementUrl,
      peers,
      statisticsMs: Number(env.EXCHANGE_BROKER_STATISTICS_SECONDS) * 1000,
    },
  };
}

/**
 * The same after a restart, and no other process's: an embedded database serves one process, and two that listen on one
 * machine do so on different ports. A worker gives out no messages.
 */
function nodeName({ databaseUrl, ROLE, port }: Config, baseUrl: string): string {
  if (databaseUrl === undefined) return 'embedded';
  if (ROLE === 'worker') return `${hostname()}:worker:${process.pid}`;
  return `${hostname()}:${port || new URL(baseUrl).port}`;
}

function validatorKontoIds({ env, demonstration }: Config): readonly string[] {
  const named = env.EXCHANGE_VALIDATOR_KONTOER?.split(/[\s,]+/).filter((id) => id !== '') ?? [];
  return demonstration ? [...named, DEMO_VALIDATOR] : named;
}

/** Newer published schemas than our own definitions, from the operator's folder; what cannot be used in it is logged. */
export async function loadOperatorSchemas({ config, log }: Assembly): Promise<LastedeSkjemaer | undefined> {
  const folder = config.env.EXCHANGE_SCHEMAS_DIR;
  if (!folder) return undefined;
  const skjemaer = await loadSchemas(folder);
  for (const advarsel of skjemaer.advarsler) log.warn({ advarsel }, 'a schema of the operator is not used');
  return skjemaer;
}

export interface AmqpAddress {
  readonly host: string;
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
  /** Undefined when RabbitMQ is the broker. */
  readonly server: AmqpServer | undefined;
}

/** Starts the listeners that the settings ask for; undefined when they ask for none. */
export async function listenAmqp(
  { config }: Assembly,
  exchange: ExchangeRoom,
  demoIdentity: ServerIdentity | undefined,
): Promise<AmqpAddress | undefined> {
  const { broker, plainPort, tlsPort } = config.amqp;
  if (broker) return { host: broker.hostname, port: plainPort, tlsPort, server: undefined };
  const tls = config.amqp.tls ?? demoIdentity;
  const listeners: AmqpListener[] = [];
  // Without TLS a password is readable on the way: only where there is no way.
  if (plainPort !== undefined) listeners.push({ port: plainPort, host: '127.0.0.1' });
  if (tlsPort !== undefined && tls)
    listeners.push({
      port: tlsPort,
      host: config.host,
      tls: { key: tls.privateKeyPem, cert: tls.certificatePem },
    });
  if (listeners.length === 0) return undefined;
  const { amqp } = connectionLimits(config);
  const server = await exchange
    .listenAmqp(listeners, {
      maxConnections: amqp.maxConnections,
      maxConnectionsPerAddress: amqp.maxPerAddress,
    })
    .catch((error: NodeJS.ErrnoException & { port?: number }) => {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
      const setting = error.port === tlsPort ? 'AMQPS_PORT' : 'AMQP_PORT';
      const fault = error.code === 'EACCES' ? 'may not be used' : 'is taken by another program';
      throw new ConfigError([
        `${setting}: port ${error.port} ${fault}; choose another, or 0 for any free one`,
      ]);
    });
  const portOf = (secure: boolean) => {
    const index = listeners.findIndex((listener) => (listener.tls !== undefined) === secure);
    return index < 0 ? undefined : server.ports[index];
  };
  return { host: '127.0.0.1', port: portOf(false), tlsPort: portOf(true), server };
}
