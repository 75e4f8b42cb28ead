import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';

export interface MigrationSource {
  /** Room name; also its schema. */
  readonly room: string;
  readonly folder: URL;
}

export interface MigrationFile {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

/** What brings data of a former text of `file` to its present one. */
interface Bridge {
  readonly file: MigrationFile;
  /** As `former/0002_2ca0d6488f1b6aac`. */
  readonly name: string;
  readonly text: string;
}

export interface RoomPlan {
  readonly room: string;
  readonly files: readonly MigrationFile[];
  readonly bridges: readonly Bridge[];
  readonly pending: readonly MigrationFile[];
}

/** Data that this version cannot use; `start-faults` of the server has the sentences. */
export const DATA_NEWER = 'MIGRATION_NEWER';
export const DATA_FORMER = 'MIGRATION_FORMER';

/** The data were made by another version than this one can take over. Nothing has been changed. */
export class MigrationFault extends Error {
  readonly code: typeof DATA_NEWER | typeof DATA_FORMER;
  /** As `exchange/0002_meldinger`. */
  readonly migration: string;

  constructor(code: MigrationFault['code'], migration: string) {
    super(
      code === DATA_NEWER
        ? `The data have ${migration}, which this version does not know: a newer version has used them`
        : `The data have another ${migration} than this version: it was edited after it was applied`,
    );
    this.name = 'MigrationFault';
    this.code = code;
    this.migration = migration;
  }
}

interface Applied {
  readonly room: string;
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

export interface PlanOptions {
  /** The sources are all rooms there are: data of another room are a newer version's. */
  readonly allRooms?: boolean;
}

/**
 * What has to be done, room by room; changes nothing. Throws {@link MigrationFault} for data with a migration that no source
 * has, or with a former text of one that no file in the room's `migrations/former` bridges.
 */
export async function planMigrations(
  client: pg.Client,
  sources: readonly MigrationSource[],
  { allRooms = false }: PlanOptions = {},
): Promise<RoomPlan[]> {
  const exists = await client.query(`select to_regclass('kernel.migration') is not null as yes`);
  const applied: Applied[] = exists.rows[0].yes
    ? (await client.query('select room, number, name, checksum from kernel.migration order by room, number'))
        .rows
    : [];
  const rooms = new Set(sources.map(({ room }) => room));
  const stranger = allRooms ? applied.find(({ room }) => !rooms.has(room)) : undefined;
  if (stranger) throw new MigrationFault(DATA_NEWER, `${stranger.room}/${stranger.name}`);
  const plans: RoomPlan[] = [];
  for (const { room, folder } of sources) {
    const done = applied.filter((each) => each.room === room);
    plans.push(await planRoom(room, folder, done));
  }
  return plans;
}

async function planRoom(room: string, folder: URL, done: readonly Applied[]): Promise<RoomPlan> {
  const files = await readMigrations(folder);
  const byNumber = new Map(files.map((file) => [file.number, file]));
  const bridges: Bridge[] = [];
  for (const { number, name, checksum } of done) {
    const file = byNumber.get(number);
    if (!file) throw new MigrationFault(DATA_NEWER, `${room}/${name}`);
    if (file.checksum === checksum) continue;
    const bridge = await readBridge(folder, file, checksum);
    if (!bridge) throw new MigrationFault(DATA_FORMER, `${room}/${file.name}`);
    bridges.push(bridge);
  }
  const known = new Set(done.map(({ number }) => number));
  return { room, files, bridges, pending: files.filter((file) => !known.has(file.number)) };
}

/** `former/<number>_<first 16 digits of the former text's SHA-256>.sql` beside the migrations. */
async function readBridge(folder: URL, file: MigrationFile, checksum: string): Promise<Bridge | undefined> {
  const name = `former/${file.name.slice(0, 4)}_${checksum.slice(0, 16)}`;
  try {
    return { file, name, text: await readFile(new URL(`${name}.sql`, folder), 'utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readMigrations(folder: URL): Promise<MigrationFile[]> {
  const names = (await readdir(fileURLToPath(folder))).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  const files: MigrationFile[] = [];
  for (const name of names) {
    const text = await readFile(new URL(name, folder), 'utf8');
    const number = Number(name.slice(0, 4));
    if (files.at(-1)?.number === number)
      throw new Error(`Two migrations share the number ${name.slice(0, 4)}`);
    files.push({
      number,
      name: name.slice(0, -4),
      text,
      checksum: createHash('sha256').update(text).digest('hex'),
    });
  }
  return files;
}
