import pg from 'pg';
import type { Database } from '../db/index.ts';
import type { Logger } from '../log/index.ts';
import { NOTIFY_CHANNEL, notifierOf } from './wake.ts';

const RECONNECT_MS = 5000;

/**
 * Hears of jobs that other processes enqueued, over a connection of its own that is opened anew when it breaks.
 * `heard` gets a queue name, or `undefined` for "any". Returns the end.
 */
export function listenForJobs(
  db: Database,
  log: Logger,
  heard: (queue: string | undefined) => void,
): () => Promise<void> {
  const self = notifierOf(db);
  let ended = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let connecting: Promise<void> = Promise.resolve();

  const reconnect = () => {
    client = undefined;
    if (ended || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      connecting = connect();
    }, RECONNECT_MS).unref();
  };

  const connect = async () => {
    const next = new pg.Client(db.pool.options);
    client = next;
    next.on('error', () => {});
    next.on('end', reconnect);
    next.on('notification', ({ payload = '' }) => {
      const [sender, names = ''] = payload.split(' ');
      if (sender === self) return;
      for (const name of names.split(',')) heard(name === '*' ? undefined : name);
    });
    try {
      await next.connect();
      await next.query(`listen ${NOTIFY_CHANNEL}`);
      heard(undefined); // what came while we were deaf
    } catch (error) {
      log.warn({ code: (error as { code?: string }).code }, 'job notifications are not heard; polling only');
      await next.end().catch(() => {});
      reconnect();
    }
  };

  connecting = connect();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await connecting;
    await client?.end().catch(() => {});
  };
}
