import type { Database, Trx } from '../db/index.ts';
import { newId } from '../ids/index.ts';

export const NOTIFY_CHANNEL = 'grunnmur_jobs';
/** Other nodes hear at most this often from one process; NOTIFY takes a server-wide lock at commit. */
const NOTIFY_EVERY_MS = 100;
const MAX_NOTIFY_BYTES = 7000;

interface Wakers {
  /** Tells our own notifications from those of others. */
  readonly id: string;
  readonly listeners: Set<(queue: string) => void>;
  readonly pending: Set<string>;
  timer: NodeJS.Timeout | undefined;
  lastSent: number;
}

const wakersOf = new WeakMap<Database, Wakers>();

function wakersFor(db: Database): Wakers {
  let wakers = wakersOf.get(db);
  if (!wakers) {
    wakers = { id: newId(), listeners: new Set(), pending: new Set(), timer: undefined, lastSent: 0 };
    wakersOf.set(db, wakers);
  }
  return wakers;
}

/** Sender of the notifications that `db` sends. */
export function notifierOf(db: Database): string {
  return wakersFor(db).id;
}

/** Calls `listener` with the queue whenever a transaction of this process on `db` has enqueued jobs. Returns the end. */
export function onWake(db: Database, listener: (queue: string) => void): () => void {
  const { listeners } = wakersFor(db);
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** After the commit of `trx`: wakes this process's workers at once and other processes' by a throttled NOTIFY. */
export function wakeAfterCommit(trx: Trx, queues: readonly string[]): void {
  if (queues.length === 0) return;
  const distinct = new Set(queues);
  const { db } = trx.ctx;
  trx.afterCommit(() => {
    const wakers = wakersFor(db);
    for (const queue of distinct) {
      for (const listener of wakers.listeners) listener(queue);
      wakers.pending.add(queue);
    }
    scheduleNotify(db, wakers);
  });
}

function scheduleNotify(db: Database, wakers: Wakers): void {
  if (wakers.timer) return;
  const wait = Math.max(0, wakers.lastSent + NOTIFY_EVERY_MS - performance.now());
  wakers.timer = setTimeout(() => {
    wakers.timer = undefined;
    wakers.lastSent = performance.now();
    void sendNotify(db, wakers);
  }, wait).unref();
}

async function sendNotify(db: Database, wakers: Wakers): Promise<void> {
  const names = [...wakers.pending].join(',');
  wakers.pending.clear();
  const payload = `${wakers.id} ${names.length > MAX_NOTIFY_BYTES ? '*' : names}`;
  try {
    // A notification need not survive a crash, so it need not wait for the disk either.
    await db.pool.query({
      name: 'kernel.job.notify',
      text: `select set_config('synchronous_commit', 'off', true), pg_notify('${NOTIFY_CHANNEL}', $1)`,
      values: [payload],
    });
  } catch {
    // Other processes find the jobs by their slow poll.
  }
}
