import { type Database, listenTo } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';

const CHANNEL = 'grunnmur_exchange';
/** Other nodes hear at most this often from one process: NOTIFY takes a lock of the whole server at commit. */
const TELL_EVERY_MS = 50;
/** A notification holds 8000 bytes. */
const MAX_KONTOER = 190;
const READY_MS = 5000;

export interface NodeNews {
  /** Resolves when others are heard, or cannot be for now. */
  readonly ready: Promise<void>;
  /** Something waits on these queues; told outside of any transaction, soon. */
  tell(kontoer: Iterable<string>): void;
  /** The queue was closed: its consumers on every node are cancelled. */
  tellClosed(kontoId: string): void;
  stop(): Promise<void>;
}

export interface NewsHandler {
  readonly waiting: (kontoId: string) => void;
  /** Anything may have been missed. */
  readonly deafUntilNow: () => void;
  readonly closed: (kontoId: string) => void;
}

/**
 * What nodes tell each other by NOTIFY: which queues have something new, and which are closed. What is missed is found by the
 * slow look at all queues. `alone` says that nobody would hear.
 */
export function createNodeNews(
  db: Database,
  log: Logger,
  node: string,
  alone: () => boolean,
  handler: NewsHandler,
): NodeNews {
  const pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let lastSent = Number.NEGATIVE_INFINITY;
  let heard = () => {};
  const ready = new Promise<void>((resolve) => {
    heard = resolve;
    setTimeout(resolve, READY_MS).unref();
  });
  const stopListening = listenTo(db, log, {
    channel: CHANNEL,
    connected: () => {
      heard();
      handler.deafUntilNow();
    },
    heard: (payload) => hear(payload, node, handler),
  });

  const send = async (text: string) => {
    try {
      // Need not survive a crash, so it need not wait for the disk.
      await db.pool.query({
        name: 'exchange_notify',
        text: `select set_config('synchronous_commit', 'off', true), pg_notify('${CHANNEL}', $1)`,
        values: [`${node} ${text}`],
      });
    } catch {
      // Found by the others' slow look.
    }
  };
  const flush = () => {
    timer = undefined;
    lastSent = performance.now();
    const text = pending.size > MAX_KONTOER ? '*' : [...pending].join(',');
    pending.clear();
    void send(text);
  };

  return {
    ready,
    tell: (kontoer) => {
      if (alone()) return;
      for (const kontoId of kontoer) pending.add(kontoId);
      if (pending.size > 0)
        timer ??= setTimeout(flush, Math.max(0, lastSent + TELL_EVERY_MS - performance.now())).unref();
    },
    tellClosed: (kontoId) => void send(`closed:${kontoId}`),
    stop: async () => {
      clearTimeout(timer);
      await stopListening();
    },
  };
}

function hear(payload: string, node: string, handler: NewsHandler): void {
  const [sender, text = ''] = payload.split(' ');
  if (sender === node) return;
  if (text.startsWith('closed:')) {
    handler.closed(text.slice('closed:'.length));
    return;
  }
  if (text === '*') handler.deafUntilNow();
  else for (const kontoId of text.split(',')) handler.waiting(kontoId);
}
