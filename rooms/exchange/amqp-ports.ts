import { connectionBudget, connectionShare } from '@grunnmur/kernel/net';
import type { Mode } from '@grunnmur/kernel/room';
import type { Settings } from './settings.ts';

/** Ports of the AMQP face; 0: any free one, undefined: no such listener. With `broker`: RabbitMQ's, for clients to see. */
export interface AmqpPorts {
  /** Where RabbitMQ is, when it is the broker: then nothing is listened for here. */
  readonly broker: URL | undefined;
  readonly plainPort: number | undefined;
  readonly tlsPort: number | undefined;
}

type Env = Pick<
  Settings,
  'EXCHANGE_BROKER' | 'AMQP_PORT' | 'AMQPS_PORT' | 'AMQP_TLS_KEY_FILE' | 'AMQP_TLS_CERTIFICATE_FILE'
>;

/** What the settings say of ports. `anyPort`: the installation takes free ones wherever none is named. */
export function amqpPorts(env: Env, mode: Mode, anyPort: boolean): AmqpPorts {
  const broker = env.EXCHANGE_BROKER ? new URL(env.EXCHANGE_BROKER) : undefined;
  if (broker) {
    const own = (protocol: string) =>
      broker.protocol === protocol ? Number(broker.port || (protocol === 'amqps:' ? 5671 : 5672)) : undefined;
    const shown = (given: string | undefined, protocol: string) => (given ? Number(given) : own(protocol));
    return { broker, plainPort: shown(env.AMQP_PORT, 'amqp:'), tlsPort: shown(env.AMQPS_PORT, 'amqps:') };
  }
  const choose = (given: string | undefined, fallback: number, wanted: boolean) => {
    if (given !== undefined) return Number(given);
    if (!wanted) return undefined;
    return anyPort ? 0 : fallback;
  };
  const demonstration = mode === 'demonstration';
  const hasTls = Boolean(env.AMQP_TLS_KEY_FILE && env.AMQP_TLS_CERTIFICATE_FILE);
  return {
    broker,
    plainPort: choose(env.AMQP_PORT, 5672, demonstration),
    tlsPort: choose(env.AMQPS_PORT, 5671, demonstration || hasTls),
  };
}

/** Connections of the AMQP listeners of one process that may have `openFiles` open files. */
export function amqpConnections(env: Settings, openFiles: number) {
  return connectionShare(
    Number(env.AMQP_MAX_CONNECTIONS),
    Number(env.AMQP_MAX_CONNECTIONS_PER_ADDRESS),
    connectionBudget(openFiles).amqp,
  );
}
