import type { AmqpServer } from '@grunnmur/exchange/room';
import { withTransaction } from '@grunnmur/kernel/db';
import type { Metrics } from '@grunnmur/kernel/http';
import { jobStats } from '@grunnmur/kernel/jobs';
import type { FastifyInstance } from 'fastify';
import type { Assembly } from './assembly.ts';

/** `/health/live`, `/health/ready` with its reasons, and `/metrics`: for the operator and Prometheus, without login. */
export function mountOperations(app: FastifyInstance, assembly: Assembly, metrics: Metrics): void {
  mountHealth(app, assembly, (health) => health);
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
}

/** Up or down, and nothing about why: what everybody may ask at the public address. */
export function mountPublicHealth(app: FastifyInstance, assembly: Assembly): void {
  mountHealth(app, assembly, ({ status }) => ({ status }));
}

interface Health {
  readonly status: 'ok' | 'unavailable';
  readonly database: 'ok' | 'unavailable';
}

function mountHealth(
  app: FastifyInstance,
  assembly: Assembly,
  told: (health: Health) => Partial<Health>,
): void {
  app.get('/health/live', { schema: { hide: true } }, async () => ({ status: 'ok' }));
  app.get('/health/ready', { schema: { hide: true } }, async (_request, reply) => {
    try {
      await withTransaction(assembly.systemCtx, (trx) => trx.pg.query('select 1'));
      return told({ status: 'ok', database: 'ok' });
    } catch {
      return reply.status(503).send(told({ status: 'unavailable', database: 'unavailable' }));
    }
  });
}

export function jobGauges({ db }: Assembly, metrics: Metrics): void {
  metrics.gauge('grunnmur_jobs_pending', 'Jobs waiting to run, by queue', ['queue'], async () =>
    (await jobStats(db)).map(({ queue, pending }) => ({ labels: { queue }, value: pending })),
  );
  metrics.gauge('grunnmur_jobs_dead', 'Jobs that have failed for good, by queue', ['queue'], async () =>
    (await jobStats(db)).map(({ queue, dead }) => ({ labels: { queue }, value: dead })),
  );
  metrics.gauge('grunnmur_jobs_oldest_seconds', 'Age of the oldest due job, by queue', ['queue'], async () =>
    (await jobStats(db)).map(({ queue, oldestMs }) => ({ labels: { queue }, value: oldestMs / 1000 })),
  );
}

export function amqpGauges(server: AmqpServer, metrics: Metrics): void {
  metrics.gauge('grunnmur_amqp_connections', 'Open AMQP connections of this process', [], async () => [
    { labels: {}, value: server.stats().connections },
  ]);
  metrics.gauge('grunnmur_amqp_unacknowledged', 'Deliveries that wait for their answer', [], async () => [
    { labels: {}, value: server.connections().reduce((sum, { unacked }) => sum + unacked, 0) },
  ]);
}
