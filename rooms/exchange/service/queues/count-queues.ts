import type { Database } from '@grunnmur/kernel/db';
import { antallPaKo } from '../../store/meldinger/ko-store.ts';
import type { QueueCounts } from '../ports.ts';
import type { Dispatcher } from './dispatcher.ts';

/** Counting what waits stops here, so that a status page costs the same whatever the backlog. */
const MAX_COUNTED = 100_000;

/** Consumers of this node by what it knows, those of others by their rows. */
export async function countQueues(
  db: Database,
  node: string,
  dispatcher: Pick<Dispatcher, 'subscribers'>,
  kontoIds: readonly string[],
): Promise<ReadonlyMap<string, QueueCounts>> {
  if (kontoIds.length === 0) return new Map();
  const rows = await antallPaKo(db, node, kontoIds, MAX_COUNTED);
  return new Map(
    rows.map((row) => [
      row.konto_id,
      {
        antallKonsumenter: row.konsumenter + dispatcher.subscribers(row.konto_id).length,
        antallUavhentedeMeldinger: row.meldinger,
      },
    ]),
  );
}
