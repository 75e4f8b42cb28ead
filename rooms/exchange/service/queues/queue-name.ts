import { isUuid } from '@grunnmur/kernel/ids';
import { QUEUE_PREFIX } from '../../types.ts';

/** Name of a konto's queue, also the routing key of what is delivered from it (fiks-io §3.3). */
export function queueName(kontoId: string): string {
  return `${QUEUE_PREFIX}${kontoId}`;
}

/** The konto of a queue name; undefined when no konto can have it. */
export function kontoOfQueue(queue: string): string | undefined {
  if (!queue.startsWith(QUEUE_PREFIX)) return undefined;
  const id = queue.slice(QUEUE_PREFIX.length);
  return isUuid(id) && id === id.toLowerCase() ? id : undefined;
}
