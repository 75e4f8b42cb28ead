import { pino } from 'pino';
import { type AmqpServer, type AmqpServerOptions, createAmqpServer } from '../src/server.ts';
import { INTEGRASJON, OTHER } from './amqplib-client.ts';
import { createMemoryBroker, EXCHANGE, type MemoryBroker } from './memory-broker.ts';

export { EXCHANGE } from './memory-broker.ts';

export const QUEUE = 'fiksio.konto.11111111-1111-4111-8111-111111111111';
export const OTHERS_QUEUE = 'fiksio.konto.22222222-2222-4222-8222-222222222222';

export interface Fixture {
  readonly broker: MemoryBroker;
  readonly server: AmqpServer;
  readonly port: number;
  readonly logged: () => Record<string, unknown>[];
  readonly stop: () => Promise<void>;
}

/** A server on loopback with a broker in memory. */
export async function startFixture(
  options: Partial<Pick<AmqpServerOptions, 'limits' | 'listeners'>> = {},
): Promise<Fixture> {
  const broker = createMemoryBroker([INTEGRASJON, OTHER]);
  broker.createQueue(QUEUE, INTEGRASJON);
  broker.createQueue(OTHERS_QUEUE, OTHER);
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const server = await createAmqpServer({
    broker,
    log,
    now: () => new Date(),
    product: 'Grunnmur',
    version: '1.2.3',
    exchanges: [EXCHANGE],
    listeners: options.listeners ?? [{ port: 0, host: '127.0.0.1' }],
    limits: options.limits ?? {},
  });
  return {
    broker,
    server,
    port: server.ports[0]!,
    logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    stop: () => server.stop(),
  };
}
