import { ACCESS } from '@grunnmur/access';
import type { Room, RoomHost } from '@grunnmur/kernel/room';
import { createExchangeRoom, type ExchangeRoom } from './create-room.ts';
import { DEMO_VALIDATOR } from './demo/ids.ts';
import { listenAmqp } from './listen-amqp.ts';
import { loadSchemas } from './protocols/index.ts';
import type { RabbitmqSettings } from './service/broker-mode/rabbitmq-settings.ts';
import { Settings } from './settings.ts';

/** Messages between systems, with the AMQP listener that the settings ask for. */
export async function buildRoom(host: RoomHost): Promise<Room> {
  const env = host.settings(Settings);
  const exchange = await buildExchange(host);
  // Loaded late: production has none of it.
  const demo = host.demo && (await import('./demo/create-demo.ts')).createDemo(host, host.demo, exchange);
  return {
    ...exchange.room,
    contract: { ...exchange.exchange, ...exchange.parts },
    listen: () => listenAmqp(host, env, exchange, demo),
    ...(demo ? { demo: demo.room } : {}),
  };
}

/** The room's own services; nothing of it runs. */
export async function buildExchange(host: RoomHost): Promise<ExchangeRoom> {
  const env = host.settings(Settings);
  const { db, log, now, masterKey, systemCtx, storage, uploads } = host;
  const synthetic = host.mode === 'demonstration';
  const skjemaer = await operatorSchemas(host, env);
  return createExchangeRoom({
    db,
    log,
    now,
    storage,
    systemCtx,
    masterKey,
    access: host.use(ACCESS),
    baseCtx: host.requestCtx,
    version: host.version,
    validatorKontoIds: [...idsIn(env.EXCHANGE_VALIDATOR_KONTOER), ...(synthetic ? [DEMO_VALIDATOR] : [])],
    ...(skjemaer ? { skjemaer } : {}),
    limits: {
      inlineMaxBytes: Number(env.EXCHANGE_INLINE_MAX_BYTES),
      dokumentlagerOverBytes: Number(env.EXCHANGE_DOCUMENT_OVER_BYTES),
      uploadIdleMs: uploads.idleMs,
      uploadTimeoutMs: uploads.timeoutMs,
    },
    ...rabbitmq(env),
    nodeName: host.nodeName,
    leaseMs: Number(env.EXCHANGE_LEASE_SECONDS) * 1000,
  });
}

function rabbitmq(env: Settings): { readonly rabbitmq?: RabbitmqSettings } {
  const { EXCHANGE_BROKER: url, EXCHANGE_BROKER_MANAGEMENT: managementUrl } = env;
  if (!url || !managementUrl) return {};
  return {
    rabbitmq: {
      url,
      managementUrl,
      peers: idsIn(env.EXCHANGE_BROKER_PEERS),
      statisticsMs: Number(env.EXCHANGE_BROKER_STATISTICS_SECONDS) * 1000,
    },
  };
}

function idsIn(list: string | undefined): string[] {
  return list?.split(/[\s,]+/).filter((each) => each !== '') ?? [];
}

/** Newer published schemas than our own definitions, from the operator's folder; what cannot be used in it is logged. */
async function operatorSchemas({ log }: RoomHost, { EXCHANGE_SCHEMAS_DIR: folder }: Settings) {
  if (!folder) return undefined;
  const skjemaer = await loadSchemas(folder);
  for (const advarsel of skjemaer.advarsler) log.warn({ advarsel }, 'a schema of the operator is not used');
  return skjemaer;
}
