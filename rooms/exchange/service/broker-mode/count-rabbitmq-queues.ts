import type { Database } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import type { RabbitmqSession } from '../../external/rabbitmq/link.ts';
import type { RabbitmqManagement } from '../../external/rabbitmq/management.ts';
import { declareQueue } from '../../external/rabbitmq/topology.ts';
import { antallForRabbitmq, type RabbitmqAntall } from '../../store/meldinger/rabbitmq-store.ts';
import type { QueueCounts } from '../ports.ts';
import { queueName } from '../queues/queue-name.ts';

const MAX_COUNTED = 100_000;
/** Asked at once of the management API. */
const PARALLEL = 10;

export interface CountDeps {
  readonly db: Database;
  readonly log: Logger;
  readonly management: RabbitmqManagement;
  /** How old the statistics of RabbitMQ may be. */
  readonly staleMs: number;
  readonly session: () => RabbitmqSession | undefined;
}

/**
 * Consumers and waiting messages are counted by RabbitMQ now, those with consumers are as old as its statistics; so what was
 * handed over since may still be there, and counts. Without RabbitMQ: everything not known to have ended.
 */
export async function countRabbitmqQueues(
  deps: CountDeps,
  kontoIds: readonly string[],
): Promise<ReadonlyMap<string, QueueCounts>> {
  const counts = new Map<string, QueueCounts>();
  if (kontoIds.length === 0) return counts;
  const rows = await antallForRabbitmq(deps.db, kontoIds, MAX_COUNTED, deps.staleMs);
  for (let at = 0; at < rows.length; at += PARALLEL)
    await Promise.all(
      rows.slice(at, at + PARALLEL).map(async (row) => counts.set(row.konto_id, await countOne(deps, row))),
    );
  return counts;
}

async function countOne(deps: CountDeps, row: RabbitmqAntall): Promise<QueueCounts> {
  const queue = queueName(row.konto_id);
  const session = deps.session();
  try {
    // Asked first, so that counting makes no queue.
    const managed = session && (await deps.management.find(queue));
    if (!managed) return { antallKonsumenter: 0, antallUavhentedeMeldinger: row.utboks + row.hos };
    const { ready, consumers } = await declareQueue(session.topology, queue);
    // What consumers were given after the statistics were made is not in them.
    const there = Math.max(ready + (consumers > 0 ? (managed.unacknowledged ?? 0) : 0), row.nylig);
    return { antallKonsumenter: consumers, antallUavhentedeMeldinger: row.utboks + there };
  } catch (error) {
    deps.log.warn({ code: (error as { code?: unknown }).code }, 'a queue of RabbitMQ could not be counted');
    return { antallKonsumenter: 0, antallUavhentedeMeldinger: row.utboks + row.hos };
  }
}
