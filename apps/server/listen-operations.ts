import { createApp, type Metrics } from '@grunnmur/kernel/http';
import { ConfigError } from '@grunnmur/kernel/room';
import type { Assembly } from './assembly.ts';
import type { Health } from './health.ts';
import { mountOperations } from './operations.ts';
import { VERSION } from './version.ts';

/** Prometheus, a supervisor, an operator. */
const CONNECTIONS = { maxConnections: 32, maxPerAddress: 32 };

export interface OperationsListener {
  readonly address: string;
  readonly close: () => Promise<void>;
}

/**
 * The operator's own listener, beside the public one and with connections of its own, so that neither keeps the other from
 * answering. Undefined when the settings ask for none, or its default port is taken: letters do not wait for metrics.
 */
export async function listenOperations(
  assembly: Assembly,
  metrics: Metrics,
  health: () => Promise<Health>,
): Promise<OperationsListener | undefined> {
  const wanted = assembly.config.operations;
  if (!wanted) return undefined;
  const { log } = assembly;
  const app = await createApp({
    log,
    version: VERSION,
    publicUrl: assembly.baseUrl,
    connections: CONNECTIONS,
  });
  mountOperations(app, metrics, health);
  try {
    const address = await app.listen({ host: wanted.host, port: wanted.port });
    return { address, close: () => app.close() };
  } catch (error) {
    await app.close();
    const fault = `METRICS_PORT: ${wanted.host}:${wanted.port} cannot be listened on (${(error as NodeJS.ErrnoException).code})`;
    if (wanted.chosen) throw new ConfigError([`${fault}; choose another, or 0 for any free one`]);
    log.warn({ port: wanted.port }, `${fault}: no metrics from this process`);
    return undefined;
  }
}
