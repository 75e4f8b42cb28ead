import pg from 'pg';
import type { Logger } from '../log/index.ts';
import type { Database } from './database.ts';

const RECONNECT_MS = 5000;

export interface Listener {
  readonly channel: string;
  readonly heard: (payload: string) => void;
  /** Connected, also anew: what came while we were deaf was not heard. */
  readonly connected: () => void;
}

/**
 * Hears the notifications of a channel, over a connection of its own that is opened anew when it breaks. Answers the end.
 */
export function listenTo(db: Database, log: Logger, listener: Listener): () => Promise<void> {
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
    next.on('notification', ({ payload = '' }) => listener.heard(payload));
    try {
      await next.connect();
      await next.query(`listen ${listener.channel}`);
      listener.connected();
    } catch (error) {
      const { code } = error as { code?: string };
      log.warn({ code, channel: listener.channel }, 'notifications are not heard; polling only');
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
