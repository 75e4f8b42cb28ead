import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { APP_ROLE } from './database.ts';
import { applyFunctionRules, applyTableRules, readTableRules, type TableRules } from './table-rules.ts';

/** Serialises migration over all processes that share the database. */
const MIGRATION_LOCK = 7_242_011;

export interface MigrationSource {
  /** Room name; also its schema. */
  readonly room: string;
  readonly folder: URL;
}

export interface MigrationResult {
  readonly applied: readonly string[];
}

interface MigrationFile {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

/** The kernel's own tables; always migrated first. */
export const KERNEL_MIGRATIONS: MigrationSource = {
  room: 'kernel',
  folder: new URL('./migrations/', import.meta.url),
};

/**
 * Brings the database to the newest version: forward only, the new files of a room in one transaction, each recorded
 * with a checksum. Throws when an applied file was edited, when a number is missing, or when a table has neither a tenant
 * column nor an explicit opt-out from row-level security.
 */
export async function migrate(
  connectionString: string,
  sources: readonly MigrationSource[],
): Promise<MigrationResult> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await prepare(client);
    const applied: string[] = [];
    for (const source of [KERNEL_MIGRATIONS, ...sources]) {
      applied.push(...(await migrateRoom(client, source)));
    }
    return { applied };
  } finally {
    await client.end();
  }
}

/** Migrations not yet applied, as `room/NNNN_name`; throws like {@link migrate} on an edited file. */
export async function pendingMigrations(
  connectionString: string,
  sources: readonly MigrationSource[],
): Promise<string[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const exists = await client.query(`select to_regclass('kernel.migration') is not null as yes`);
    const pending: string[] = [];
    for (const source of [KERNEL_MIGRATIONS, ...sources]) {
      const done = exists.rows[0].yes
        ? await appliedChecksums(client, source.room)
        : new Map<number, string>();
      const files = notApplied(source.room, await readMigrations(source.folder), done);
      pending.push(...files.map((file) => `${source.room}/${file.name}`));
    }
    return pending;
  } finally {
    await client.end();
  }
}

async function prepare(client: pg.Client): Promise<void> {
  await client.query(`do $$ begin
    if not exists (select from pg_roles where rolname = '${APP_ROLE}') then create role ${APP_ROLE} nologin; end if;
  end $$`);
  const { rows } = await client.query(`select pg_has_role(current_user, '${APP_ROLE}', 'member') as member`);
  if (!rows[0].member) await client.query(`grant ${APP_ROLE} to current_user`);
  // What a superuser makes would run with a superuser's rights (security definer): it works as the database's owner.
  const { rows: owners } = await client.query<{ owner: string }>(
    `select quote_ident(o.rolname) as owner from pg_database d join pg_roles o on o.oid = d.datdba, pg_roles u
     where d.datname = current_database() and u.rolname = current_user and u.rolsuper and o.oid <> u.oid
       and not exists (select from pg_namespace n where n.nspname = 'kernel' and n.nspowner = u.oid)`,
  );
  if (owners[0]) await client.query(`set role ${owners[0].owner}`);
  // Whoever may make temporary objects may give them the names of others' (PostgreSQL: search_path). Only the database's
  // owner can take that right away; `doctor` has the command for others.
  await client.query(`do $$ begin
    if has_database_privilege('public', current_database(), 'temporary')
      and (select pg_has_role(current_user, datdba, 'usage') from pg_database where datname = current_database()) then
      execute format('revoke temporary on database %I from public', current_database());
    end if;
  end $$`);
  await client.query(`create schema if not exists kernel`);
  await client.query(`create table if not exists kernel.migration (
    room text not null, number int not null, name text not null, checksum text not null,
    applied_at timestamptz not null default now(), primary key (room, number))`);
}

/** One transaction for all new files of a room together with the isolation rules of its tables. */
async function migrateRoom(client: pg.Client, source: MigrationSource): Promise<string[]> {
  const files = await readMigrations(source.folder);
  const done = await appliedChecksums(client, source.room);
  const pending = notApplied(source.room, files, done);
  if (pending.length === 0) return [];
  const rules: TableRules[] = files.map((file) => readTableRules(file.text));
  await client.query('begin');
  try {
    await client.query(`create schema if not exists "${source.room}"`);
    for (const file of pending) await applyFile(client, source.room, file);
    await applyTableRules(client, source.room, rules);
    await applyFunctionRules(client, source.room, rules);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
  return pending.map((file) => `${source.room}/${file.name}`);
}

function notApplied(
  room: string,
  files: readonly MigrationFile[],
  done: ReadonlyMap<number, string>,
): MigrationFile[] {
  const edited = files.find((file) => done.has(file.number) && done.get(file.number) !== file.checksum);
  if (edited) throw new Error(`Migration ${room}/${edited.name} was edited after it was applied`);
  return files.filter((file) => !done.has(file.number));
}

async function applyFile(client: pg.Client, room: string, file: MigrationFile): Promise<void> {
  try {
    await client.query(file.text);
    const values = [room, file.number, file.name, file.checksum];
    await client.query(
      'insert into kernel.migration (room, number, name, checksum) values ($1, $2, $3, $4)',
      values,
    );
  } catch (error) {
    throw new Error(`Migration ${room}/${file.name} failed: ${(error as Error).message}`, { cause: error });
  }
}

async function appliedChecksums(client: pg.Client, room: string): Promise<Map<number, string>> {
  const { rows } = await client.query('select number, checksum from kernel.migration where room = $1', [
    room,
  ]);
  return new Map(rows.map((row: { number: number; checksum: string }) => [row.number, row.checksum]));
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
