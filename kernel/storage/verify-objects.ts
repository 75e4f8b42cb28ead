import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError } from '../errors/index.ts';
import { isUuid } from '../ids/index.ts';
import { elapsedMs } from '../time/index.ts';
import { idOfObject, objectKey } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';
import { type ObjectFault, objectFault } from './watched-store.ts';

/** A table whose rows name objects. The parts are SQL, written by the room itself. */
export interface ObjectTable {
  /** With its schema, and with a column `tenant_id`. */
  readonly name: string;
  /** UUID column that names the object; unique among the rows that `where` leaves, and indexed. */
  readonly id: string;
  /** Columns of the plaintext's bytes and SHA-256 (`bytea`). */
  readonly size: string;
  readonly sha256: string;
  /** Which rows have an object. */
  readonly where: string;
  /** Which rows may still have one, when these are more: their objects are no orphans. */
  readonly mayHave?: string;
}

/** What a room keeps in the store, and where its rows say so. */
export interface RoomObjects {
  readonly room: string;
  /** The room's own part of the store. */
  readonly store: ObjectStore;
  readonly tables: readonly ObjectTable[];
}

/** `differs`: whole, but with other bytes than the row says. `unreadable`: the store is there, and fails on this one. */
export type VerifyFault = ObjectFault | 'differs' | 'unreadable';

export interface FaultyObject {
  readonly room: string;
  readonly table: string;
  readonly tenant: string;
  readonly id: string;
  readonly fault: VerifyFault;
}

/** How far a run has come; handed to the next one it goes on from there. */
export interface VerifyProgress {
  /** Tables that are done. */
  readonly done: readonly string[];
  /** Last id of the table under work. */
  readonly after: string | undefined;
  readonly objects: number;
  readonly bytes: number;
  readonly faulty: number;
  /** The first {@link MOST_FAULTS}. */
  readonly faults: readonly FaultyObject[];
}

export interface Verification extends Omit<VerifyProgress, 'done' | 'after'> {
  /** How many objects no row names that are too old to be under way; the daily sweep removes them. */
  readonly orphans: number;
  /** The first {@link MOST_FAULTS} of them. */
  readonly orphanKeys: readonly { readonly room: string; readonly key: string }[];
}

export interface VerifyOptions {
  /** As the owner: row-level security would hide what is to be read. */
  readonly db: { query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> };
  readonly rooms: readonly RoomObjects[];
  /** Most bytes a second; as fast as it goes when absent. */
  readonly bytesPerSecond?: number;
  readonly from?: VerifyProgress | undefined;
  /** Called after each batch of rows. */
  readonly onProgress?: (progress: VerifyProgress) => Promise<void>;
  readonly signal?: AbortSignal;
  /** Objects without a row are orphans when they are older than this. */
  readonly orphansBefore: Date;
}

const BATCH = 200;
export const MOST_FAULTS = 1000;

interface Row {
  readonly id: string;
  readonly tenant_id: string;
  readonly size: number;
  readonly sha256: string;
}

/**
 * Reads every object back that a row names, and compares it with what the row says of it; then looks for objects that no row
 * names. Constant memory; changes nothing. What is removed meanwhile is no fault: a row is asked for again before its object
 * counts as lost. Rejects with the signal's reason, and with `kernel.unavailable` when the store is away as a whole.
 */
export async function verifyObjects(options: VerifyOptions): Promise<Verification> {
  const begun = { ...(options.from ?? NOTHING) };
  const run = new Run(options, begun);
  for (const room of options.rooms)
    for (const table of room.tables)
      if (!begun.done.includes(table.name)) await verifyTable(options, run, room, table);
  const orphanKeys: { room: string; key: string }[] = [];
  let orphans = 0;
  for (const room of options.rooms)
    orphans += await findOrphans(options, room, (key) => {
      if (orphanKeys.length < MOST_FAULTS) orphanKeys.push({ room: room.room, key });
    });
  const { objects, bytes, faulty, faults } = run.progress;
  return { objects, bytes, faulty, faults, orphans, orphanKeys };
}

const NOTHING: VerifyProgress = { done: [], after: undefined, objects: 0, bytes: 0, faulty: 0, faults: [] };

/** The counts of one run, and its pace. */
class Run {
  readonly #options: VerifyOptions;
  readonly #begun = elapsedMs();
  readonly #before: number;
  progress: VerifyProgress;

  constructor(options: VerifyOptions, progress: VerifyProgress) {
    this.#options = options;
    this.progress = progress;
    this.#before = progress.bytes;
  }

  /** Waits until so many more bytes are within the rate. */
  async read(bytes: number): Promise<void> {
    const { bytesPerSecond, signal } = this.#options;
    this.progress = { ...this.progress, bytes: this.progress.bytes + bytes };
    signal?.throwIfAborted();
    if (bytesPerSecond === undefined) return;
    const due = ((this.progress.bytes - this.#before) / bytesPerSecond) * 1000;
    const early = due - (elapsedMs() - this.#begun);
    if (early > 1) await sleep(early, undefined, { signal });
  }

  /** Throws when the run was asked to end. */
  stopped(): void {
    this.#options.signal?.throwIfAborted();
  }

  count(fault: FaultyObject | undefined): void {
    const { objects, faulty, faults } = this.progress;
    this.progress = {
      ...this.progress,
      objects: objects + 1,
      faulty: fault ? faulty + 1 : faulty,
      faults: fault && faults.length < MOST_FAULTS ? [...faults, fault] : faults,
    };
  }

  async reached(change: Pick<VerifyProgress, 'done' | 'after'>): Promise<void> {
    this.progress = { ...this.progress, ...change };
    await this.#options.onProgress?.(this.progress);
  }
}

async function verifyTable(
  options: VerifyOptions,
  run: Run,
  room: RoomObjects,
  table: ObjectTable,
): Promise<void> {
  let { after } = run.progress;
  const { done } = run.progress;
  for (;;) {
    options.signal?.throwIfAborted();
    const rows = await readRows(options, table, `${table.id} > $1`, after ?? NIL, BATCH);
    for (const row of rows) {
      const fault = await verifyObject(options, run, room, table, row);
      const { id, tenant_id: tenant } = row;
      run.count(fault && { room: room.room, table: table.name, tenant, id, fault });
    }
    after = rows.at(-1)?.id;
    if (after === undefined || rows.length < BATCH) break;
    await run.reached({ done, after });
  }
  await run.reached({ done: [...done, table.name], after: undefined });
}

/** Before every UUID in use (RFC 9562 §5.9). */
const NIL = '00000000-0000-0000-0000-000000000000';

async function verifyObject(
  options: VerifyOptions,
  run: Run,
  room: RoomObjects,
  table: ObjectTable,
  row: Row,
): Promise<VerifyFault | undefined> {
  const fault = await readBack(run, room, row);
  if (fault === undefined) return undefined;
  const still = await readRows(options, table, `${table.id} = $1`, row.id, 1);
  return still.length > 0 ? fault : undefined;
}

async function readBack(run: Run, room: RoomObjects, row: Row): Promise<VerifyFault | undefined> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of await room.store.get(objectKey(row.tenant_id, row.id))) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
      await run.read((chunk as Buffer).length);
    }
  } catch (error) {
    run.stopped();
    return objectFault(error) ?? (await onlyThisOne(room.store, error));
  }
  return size === row.size && hash.digest('hex') === row.sha256 ? undefined : 'differs';
}

/** A bad sector costs the run one object; a store that is away costs it the run. */
async function onlyThisOne(store: ObjectStore, error: unknown): Promise<VerifyFault> {
  if (isAppError(error) && error.status === 503) throw error;
  await store.check();
  return 'unreadable';
}

async function readRows(
  { db }: VerifyOptions,
  table: ObjectTable,
  which: string,
  id: string,
  limit: number,
): Promise<Row[]> {
  const { rows } = await db.query(
    `select ${table.id} as id, tenant_id, ${table.size}::float8 as size, encode(${table.sha256}, 'hex') as sha256
     from ${table.name} where ${table.where} and ${which} order by ${table.id} limit ${limit}`,
    [id],
  );
  return rows as Row[];
}

async function findOrphans(
  options: VerifyOptions,
  room: RoomObjects,
  report: (key: string) => void,
): Promise<number> {
  let orphans = 0;
  let batch: { readonly key: string; readonly id: string }[] = [];
  const settle = async () => {
    const ids = batch.map(({ id }) => id).filter(isUuid);
    const known = new Set<string>();
    for (const { name, id, where, mayHave } of room.tables) {
      const { rows } = await options.db.query(
        `select ${id} as id from ${name} where ${mayHave ?? where} and ${id} = any($1::uuid[])`,
        [ids],
      );
      for (const row of rows as { id: string }[]) known.add(row.id);
    }
    for (const { key, id } of batch) {
      if (known.has(id)) continue;
      orphans++;
      report(key);
    }
    batch = [];
  };
  for await (const { key, modifiedAt } of room.store.list('')) {
    options.signal?.throwIfAborted();
    if (modifiedAt >= options.orphansBefore) continue;
    batch.push({ key, id: idOfObject(key) });
    if (batch.length === BATCH) await settle();
  }
  if (batch.length > 0) await settle();
  return orphans;
}
