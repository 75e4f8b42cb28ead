import { randomBytes } from 'node:crypto';
import { unwrapSecret, wrapSecret } from '../crypto/wrap-secret.ts';
import { newId } from '../ids/index.ts';
import { StorageError } from './errors.ts';
import type { DataKey, KeyRing } from './key-ring.ts';

/** What is used of `pg.Pool`. */
export interface KeyDatabase {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

export interface MasterKey {
  /** Name under which the key is configured; stands beside each data key it wraps. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

export interface MasterKeys {
  /** Wraps new data keys. */
  readonly current: MasterKey;
  /** Still unwrap; may be dropped when {@link rewrapDataKeys} has run. */
  readonly former?: readonly MasterKey[];
}

interface DataKeyRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly wrapped: Buffer;
  readonly master_key_id: string;
}

const COLUMNS = 'id, tenant_id, wrapped, master_key_id';
const REWRAP_BATCH = 200;

/**
 * Data keys in `kernel.data_key`, one for each tenant, kept in memory once read. Any number of processes may ask for a
 * new tenant's key at once: all get the same. Queries run outside any transaction of the caller, so that a key is
 * committed before the first object made under it.
 */
export function postgresKeyRing(db: KeyDatabase, masterKeys: MasterKeys): KeyRing {
  const byTenant = new Map<string, Promise<DataKey>>();
  const byId = new Map<string, Promise<DataKey>>();

  const forTenant = (tenant: string) =>
    remembered(byTenant, tenant, async () => {
      const row = (await findForTenant(db, tenant)) ?? (await createForTenant(db, masterKeys, tenant));
      return unwrapRow(masterKeys, row);
    });

  const load = async (id: string) => {
    const { rows } = await db.query(`select ${COLUMNS} from kernel.data_key where id = $1`, [id]);
    if (rows.length === 0) throw StorageError.keyMissing();
    return unwrapRow(masterKeys, rows[0] as DataKeyRow);
  };

  return { forTenant, byId: async (id) => (await remembered(byId, id, () => load(id))).key };
}

/**
 * Wraps every data key that is not under the current master key anew; answers how many. Objects are not touched. Safe
 * while the program runs with the same keys, and to repeat. `db` is the owner's: the application role may not change a data
 * key. Run it after putting a new master key first and the old one
 * among the former; when it has answered, the old one may go.
 */
export async function rewrapDataKeys(db: KeyDatabase, masterKeys: MasterKeys): Promise<number> {
  let rewrapped = 0;
  for (;;) {
    const { rows } = await db.query(
      `select ${COLUMNS} from kernel.data_key where master_key_id <> $1 order by master_key_id, id limit ${REWRAP_BATCH}`,
      [masterKeys.current.id],
    );
    if (rows.length === 0) return rewrapped;
    for (const row of rows as DataKeyRow[]) {
      const { key } = unwrapRow(masterKeys, row);
      const { rowCount } = await db.query(
        'update kernel.data_key set wrapped = $1, master_key_id = $2 where id = $3 and master_key_id = $4',
        [
          wrapSecret(masterKeys.current.key, key, contextOf(row)),
          masterKeys.current.id,
          row.id,
          row.master_key_id,
        ],
      );
      rewrapped += rowCount ?? 0;
    }
  }
}

async function findForTenant(db: KeyDatabase, tenant: string): Promise<DataKeyRow | undefined> {
  const { rows } = await db.query(`select ${COLUMNS} from kernel.data_key where tenant_id = $1`, [tenant]);
  return rows[0] as DataKeyRow | undefined;
}

async function createForTenant(db: KeyDatabase, masterKeys: MasterKeys, tenant: string): Promise<DataKeyRow> {
  const row = { id: newId(), tenant_id: tenant };
  const wrapped = wrapSecret(masterKeys.current.key, randomBytes(32), contextOf(row));
  await db.query(
    `insert into kernel.data_key (${COLUMNS}) values ($1, $2, $3, $4) on conflict (tenant_id) do nothing`,
    [row.id, tenant, wrapped, masterKeys.current.id],
  );
  // Read back whoever won: a key that is only in memory must never make an object.
  return (await findForTenant(db, tenant))!;
}

function unwrapRow(masterKeys: MasterKeys, row: DataKeyRow): DataKey {
  const master = [masterKeys.current, ...(masterKeys.former ?? [])].find(
    ({ id }) => id === row.master_key_id,
  );
  if (!master)
    throw StorageError.keyMissing({ cause: new Error(`No master key "${row.master_key_id}" is configured`) });
  try {
    return { id: row.id, key: unwrapSecret(master.key, row.wrapped, contextOf(row)) };
  } catch (error) {
    throw StorageError.keyMissing({ cause: error });
  }
}

/** Binds a wrapped key to its row: copied to another tenant's row, it does not open. */
function contextOf(row: { id: string; tenant_id: string }): string {
  return `kernel.data_key:${row.tenant_id}:${row.id}`;
}

/** Remembers answers and shares a question that is under way; a failure is asked again. */
function remembered(
  cache: Map<string, Promise<DataKey>>,
  name: string,
  find: () => Promise<DataKey>,
): Promise<DataKey> {
  let answer = cache.get(name);
  if (!answer) {
    answer = find();
    cache.set(name, answer);
    answer.catch(() => cache.delete(name));
  }
  return answer;
}
