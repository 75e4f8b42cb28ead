import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createDiskStore,
  idOfObject,
  type ObjectStore,
  postgresKeyRing,
  sweepOrphans,
} from '@grunnmur/kernel/storage';
import pg from 'pg';

export interface StoredLetter {
  readonly id: string;
  readonly tittel: string;
  readonly status: string;
  /** The system that sent it, as it says itself. */
  readonly system: string | null;
  readonly documents: readonly { key: string; sha256: string }[];
  /** Channels that say they were given the letter. */
  readonly given: readonly string[];
}

/** Connections as the owner of everything, to look behind row-level security. */
export function openOwner(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => {});
  return pool;
}

/**
 * Lets the leases of killed workers and the pauses after failed attempts run out, as they do by themselves within a
 * minute or, at most, an hour. Leases of the living process `pid` are left alone.
 */
export async function endWaiting(owner: pg.Pool, pid: number): Promise<void> {
  await owner.query(
    `update kernel.job set due_at = now(), run_at = least(run_at, now())
     where due_at < 'infinity' and due_at > now() and (token is null or node not like '%:' || $1)`,
    [String(pid)],
  );
}

/** Waits until no job is left in the rooms' queues; the names of what is left after `limitMs`. */
export async function waitForJobs(owner: pg.Pool, limitMs: number): Promise<string[]> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const { rows } = await owner.query<{ what: string }>(
      `select queue || ' attempt ' || attempt || ': ' || coalesce(last_error, '') as what from kernel.job
       union all select 'dead ' || queue || ': ' || coalesce(error, '') from kernel.job_dead`,
    );
    if (rows.length === 0 || performance.now() > deadline) return rows.map((row) => row.what);
    await sleep(100);
  }
}

/** Every letter in the database, with its documents and the channels it was given to. */
export async function storedLetters(owner: pg.Pool): Promise<StoredLetter[]> {
  const { rows } = await owner.query<StoredLetter>(
    `select f.id, f.tittel, f.status, f.avgivende_system as system,
       (select coalesce(jsonb_agg(jsonb_build_object('sha256', encode(d.sha256, 'hex'),
           'key', d.tenant_id || '/' || to_char(uuid_extract_timestamp(d.objekt) at time zone 'UTC', 'YYYYMMDD') || '/' || d.objekt)
         order by d.nr), '[]')
         from post.dokument d where d.forsendelse_id = f.id) as documents,
       (select coalesce(jsonb_agg(l.kanal), '[]') from post.levering l
         where l.forsendelse_id = f.id and l.tilstand in ('sendt', 'levert')) as given
     from post.forsendelse f order by f.id`,
  );
  return rows;
}

/** The server's object store, opened beside it with the installation's master key. */
export async function openObjects(dataDir: string, owner: pg.Pool): Promise<ObjectStore> {
  const key = Buffer.from((await readFile(join(dataDir, 'keys', 'master.key'), 'utf8')).trim(), 'base64');
  const id = createHash('sha256').update('master-key-id').update(key).digest('hex').slice(0, 16);
  const keyRing = postgresKeyRing(owner, { current: { id, key } });
  return createDiskStore({ root: join(dataDir, 'objects'), keyRing });
}

/** SHA-256 of the plaintext of a stored object, lower-case hex. */
export async function hashOfObject(store: ObjectStore, key: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of await store.get(key)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

/** Sweeps as the server's nightly schedule does, without sparing what is young; nothing may be under way. */
export async function sweepNow(
  store: ObjectStore,
  owner: pg.Pool,
): Promise<{ checked: number; removed: number }> {
  return sweepOrphans(store, {
    olderThanMs: -60_000,
    now: new Date(),
    isReferenced: async (keys) => {
      const objects = keys.map(idOfObject);
      const { rows } = await owner.query<{ objekt: string }>(
        'select objekt from post.kjente_objekter($1::uuid[]) as k (objekt)',
        [objects],
      );
      const known = new Set(rows.map((row) => row.objekt));
      return new Set(keys.filter((key) => known.has(idOfObject(key))));
    },
  });
}

/** How many messages with each id the simulated channels took, and how often one was sent again. */
export interface Received {
  readonly messages: ReadonlyMap<string, number>;
  readonly repeats: number;
}

/** Reads what a simulated channel wrote down: one line of JSON per message (`r`) or repeat of one (`d`). */
export async function readReceived(dataDir: string, channel: string): Promise<Received> {
  const text = await readFile(join(dataDir, 'simulators', `${channel}.jsonl`), 'utf8');
  const messages = new Map<string, number>();
  let repeats = 0;
  for (const line of text.split('\n')) {
    // A killed process may have left half a line.
    if (!line.endsWith(']')) continue;
    const [kind, value] = JSON.parse(line) as [string, string | { id: string }];
    const id = typeof value === 'string' ? value : value.id;
    if (kind === 'r') messages.set(id, (messages.get(id) ?? 0) + 1);
    if (kind === 'd') repeats += 1;
  }
  return { messages, repeats };
}
