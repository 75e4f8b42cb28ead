import type { Metrics } from '@grunnmur/kernel/http';
import { jobStats } from '@grunnmur/kernel/jobs';
import type { ObjectFault } from '@grunnmur/kernel/storage';
import type { FastifyInstance } from 'fastify';
import type { Assembly } from './assembly.ts';
import type { RoomStores } from './create-storage.ts';
import type { Health } from './health.ts';

/** `/health/live`, `/health/ready` with its reasons, and `/metrics`: for the operator and Prometheus, without login. */
export function mountOperations(app: FastifyInstance, metrics: Metrics, health: () => Promise<Health>): void {
  mountHealth(app, health, ({ database, storage }) => ({ database, storage }));
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
}

/** Up or down, and nothing about why: what everybody may ask at the public address. */
export function mountPublicHealth(app: FastifyInstance, health: () => Promise<Health>): void {
  mountHealth(app, health, () => ({}));
}

function mountHealth(
  app: FastifyInstance,
  health: () => Promise<Health>,
  reasons: (health: Health) => Partial<Health>,
): void {
  app.get('/health/live', { schema: { hide: true } }, async () => ({ status: 'ok' }));
  app.get('/health/ready', { schema: { hide: true } }, async (_request, reply) => {
    const found = await health();
    const ready = found.database === 'ok' && found.storage === 'ok';
    return reply.status(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable', ...reasons(found) });
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

/** What an operator's alarm is set on: each lost or damaged object, and room that runs out. */
export function storageGauges(
  { faults }: Pick<RoomStores, 'faults'>,
  health: () => Promise<Health>,
  metrics: Metrics,
): void {
  const kinds: readonly ObjectFault[] = ['missing', 'corrupt', 'key_missing'];
  metrics.gauge(
    'grunnmur_storage_object_faults',
    'Stored objects found lost or damaged by reads of this process, since its start',
    ['fault'],
    async () => kinds.map((fault) => ({ labels: { fault }, value: faults.get(fault) ?? 0 })),
  );
  metrics.gauge('grunnmur_storage_free_bytes', 'Room left where documents lie', [], async () => {
    const { storageFreeBytes } = await health();
    return storageFreeBytes === undefined ? [] : [{ labels: {}, value: storageFreeBytes }];
  });
  metrics.gauge('grunnmur_healthy', '1 when the part can be used, else 0', ['part'], async () => {
    const { database, storage } = await health();
    return Object.entries({ database, storage }).map(([part, state]) => ({
      labels: { part },
      value: state === 'ok' ? 1 : 0,
    }));
  });
}
