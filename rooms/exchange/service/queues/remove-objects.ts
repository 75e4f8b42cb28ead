import { objectKey } from '@grunnmur/kernel/storage';
import type { OppgjorSvar } from '../../store/meldinger/ko-store.ts';
import type { QueueDeps } from './queue-deps.ts';

/** Rows are the truth: an object that outlives a crash here is found by the sweeper. */
export function removeObjects(
  { storage, log }: Pick<QueueDeps, 'storage' | 'log'>,
  { objekter }: OppgjorSvar,
): void {
  if (objekter.length === 0) return;
  storage.remove(objekter.map(({ tenant, objekt }) => objectKey(tenant, objekt))).catch((error: unknown) => {
    log.warn({ err: error }, 'payloads of ended messages are left for the sweeper');
  });
}
