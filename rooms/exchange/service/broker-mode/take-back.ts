import type { Database } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import { tilbakeFraRabbitmq } from '../../store/meldinger/rabbitmq-store.ts';

/**
 * When the platform is its own broker again, what RabbitMQ had waits on our queues, marked as redelivered: nobody will hear
 * of it from RabbitMQ any more.
 */
export async function takeBackFromRabbitmq(db: Database, log: Logger): Promise<void> {
  const antall = await tilbakeFraRabbitmq(db);
  if (antall > 0) log.warn({ antall }, 'messages that RabbitMQ had are delivered by the platform itself');
}
