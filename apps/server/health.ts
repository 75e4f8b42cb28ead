import { statfs } from 'node:fs/promises';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { toAppError } from '@grunnmur/kernel/http';
import type { ObjectStore } from '@grunnmur/kernel/storage';

/** `full` and `read_only` are told apart since what to do differs. */
type PartHealth = 'ok' | 'unavailable' | 'full' | 'read_only' | 'slow';

export interface Health {
  readonly database: PartHealth;
  readonly storage: PartHealth;
  /** Free bytes where documents lie, when the store can tell. */
  readonly storageFreeBytes: number | undefined;
}

export interface HealthOptions {
  readonly ctx: Ctx;
  readonly storage: Pick<ObjectStore, 'check'>;
  /** Folder of the database's own files, when it is on this machine. */
  readonly databaseFolder?: string;
  /** Longest time for one look, in ms. Default 2000. */
  readonly patienceMs?: number;
  /** How long a look is good for, in ms. Default 2000. */
  readonly freshMs?: number;
}

/** Below this there is soon no room for a write: PostgreSQL takes 16 MB at a time for its log. */
const LEAST_FREE_BYTES = 64 * 1024 * 1024;

/**
 * How database and storage are. Whoever asks, and however often: one look at a time, good for a while and bounded in time,
 * so that asking is no load and a part that hangs is an answer.
 */
export function createHealth(options: HealthOptions): () => Promise<Health> {
  const { patienceMs = 2000, freshMs = 2000 } = options;
  let latest: { readonly at: number; readonly health: Promise<Health> } | undefined;
  return () => {
    if (!latest || performance.now() - latest.at > freshMs)
      latest = { at: performance.now(), health: look(options, patienceMs) };
    return latest.health;
  };
}

async function look(options: HealthOptions, patienceMs: number): Promise<Health> {
  let storageFreeBytes: number | undefined;
  const [database, storage] = await Promise.all([
    judge(patienceMs, () => checkDatabase(options)),
    judge(patienceMs, async () => {
      ({ freeBytes: storageFreeBytes } = await options.storage.check());
      return isShort(storageFreeBytes) ? 'full' : 'ok';
    }),
  ]);
  return { database, storage, storageFreeBytes };
}

async function checkDatabase({ ctx, databaseFolder }: HealthOptions): Promise<PartHealth> {
  const { rows } = await withTransaction(ctx, (trx) =>
    trx.pg.query<{ readonly: boolean }>({
      name: 'health',
      text: `select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as readonly`,
    }),
  );
  if (rows[0]!.readonly) return 'read_only';
  return databaseFolder && isShort(await freeBytes(databaseFolder)) ? 'full' : 'ok';
}

async function judge(patienceMs: number, check: () => Promise<PartHealth>): Promise<PartHealth> {
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<PartHealth>((resolve) => {
    timer = setTimeout(() => resolve('slow'), patienceMs);
  });
  const looked = check().catch(
    (error): PartHealth => (toAppError(error).status === 507 ? 'full' : 'unavailable'),
  );
  return Promise.race([looked, slow]).finally(() => clearTimeout(timer));
}

function isShort(free: number | undefined): boolean {
  return free !== undefined && free < LEAST_FREE_BYTES;
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
