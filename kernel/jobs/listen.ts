import { type Database, listenTo } from '../db/index.ts';
import type { Logger } from '../log/index.ts';
import { NOTIFY_CHANNEL, notifierOf } from './wake.ts';

/** Hears of jobs that other processes enqueued. `heard` gets a queue name, or `undefined` for "any". Returns the end. */
export function listenForJobs(
  db: Database,
  log: Logger,
  heard: (queue: string | undefined) => void,
): () => Promise<void> {
  const self = notifierOf(db);
  return listenTo(db, log, {
    channel: NOTIFY_CHANNEL,
    connected: () => heard(undefined),
    heard: (payload) => {
      const [sender, names = ''] = payload.split(' ');
      if (sender === self) return;
      for (const name of names.split(',')) heard(name === '*' ? undefined : name);
    },
  });
}
