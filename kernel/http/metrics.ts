import type { FastifyInstance } from 'fastify';
import client from 'prom-client';

export interface Metrics {
  readonly registry: client.Registry;
  /** Measures every request of `app` by route pattern, method and status. */
  attach(app: FastifyInstance): void;
  /** A gauge read at scrape time; `read` returns one value per label set. It is left out when `read` fails or takes too long. */
  gauge(
    name: string,
    help: string,
    labels: readonly string[],
    read: () => Promise<readonly GaugeValue[]>,
  ): void;
}

export interface GaugeValue {
  readonly labels: Record<string, string>;
  readonly value: number;
}

/** Prometheus metrics of this process; served at `/metrics`. */
export function createMetrics(): Metrics {
  const registry = new client.Registry();
  client.collectDefaultMetrics({ register: registry });
  const duration = new client.Histogram({
    name: 'grunnmur_http_request_seconds',
    help: 'Duration of HTTP requests by route pattern',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
    registers: [registry],
  });
  return {
    registry,
    attach: (app) => {
      app.addHook('onResponse', async (request, reply) => {
        const route = request.routeOptions.url ?? 'unknown';
        duration.observe(
          { route, method: request.method, status: String(reply.statusCode) },
          reply.elapsedTime / 1000,
        );
      });
    },
    gauge: (name, help, labelNames, read) => {
      new client.Gauge({
        name,
        help,
        labelNames: [...labelNames],
        registers: [registry],
        async collect() {
          this.reset();
          // What cannot be read now is missing; the rest of the metrics must be there when they are needed most.
          const values = await readInTime(read);
          // Without labels a reset gauge would say 0.
          if (values.length === 0 && labelNames.length === 0) this.remove();
          for (const { labels, value } of values) this.set(labels, value);
        },
      });
    },
  };
}

const READ_PATIENCE_MS = 3000;

async function readInTime(read: () => Promise<readonly GaugeValue[]>): Promise<readonly GaugeValue[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly GaugeValue[]>((resolve) => {
    timer = setTimeout(() => resolve([]), READ_PATIENCE_MS);
  });
  return Promise.race([read().catch(() => []), late]).finally(() => clearTimeout(timer));
}
