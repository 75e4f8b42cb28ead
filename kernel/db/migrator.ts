import pg from 'pg';
import { APP_ROLE } from './database.ts';
import {
  type MigrationFile,
  type MigrationSource,
  type PlanOptions,
  planMigrations,
  type RoomPlan,
} from './migration-plan.ts';
import { applyFunctionRules, applyTableRules, readTableRules } from './table-rules.ts';

/** Serialises migration over all processes that share the database. */
const MIGRATION_LOCK = 7_242_011;

export interface MigrationResult {
  readonly applied: readonly string[];
}

/** The kernel's own tables; always migrated first. */
export const KERNEL_MIGRATIONS: MigrationSource = {
  room: 'kernel',
  folder: new URL('./migrations/', import.meta.url),
};

/**
 * Brings the database to the newest version: forward only, the new files of a room in one transaction, each recorded
 * with a checksum. Throws when an applied file was edited (`MigrationFault`, as for data of a newer version, before anything
 * is changed), when two files share a number, and when a table has neither a tenant column nor an explicit opt-out from
 * row-level security.
 */
export async function migrate(
  connectionString: string,
  sources: readonly MigrationSource[],
  options: PlanOptions = {},
): Promise<MigrationResult> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const plans = await planMigrations(client, [KERNEL_MIGRATIONS, ...sources], options);
    await prepare(client);
    for (const plan of plans) await migrateRoom(client, plan);
    return { applied: plans.flatMap(namesOf) };
  } finally {
    await client.end();
  }
}

/** Migrations not yet applied, as `room/NNNN_name`; throws like {@link migrate} and changes nothing. */
export async function pendingMigrations(
  connectionString: string,
  sources: readonly MigrationSource[],
  options: PlanOptions = {},
): Promise<string[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await planMigrations(client, [KERNEL_MIGRATIONS, ...sources], options)).flatMap(namesOf);
  } finally {
    await client.end();
  }
}

function namesOf({ room, bridges, pending }: RoomPlan): string[] {
  return [...bridges, ...pending].map(({ name }) => `${room}/${name}`);
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
async function migrateRoom(client: pg.Client, { room, files, bridges, pending }: RoomPlan): Promise<void> {
  if (bridges.length + pending.length === 0) return;
  const rules = files.map((file) => readTableRules(file.text));
  await client.query('begin');
  try {
    await client.query(`create schema if not exists "${room}"`);
    for (const { file, name, text } of bridges) {
      await run(client, room, name, text);
      await client.query('update kernel.migration set checksum = $3 where room = $1 and number = $2', [
        room,
        file.number,
        file.checksum,
      ]);
    }
    for (const file of pending) await applyFile(client, room, file);
    await applyTableRules(client, room, rules);
    await applyFunctionRules(client, room, rules);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function applyFile(client: pg.Client, room: string, file: MigrationFile): Promise<void> {
  await run(client, room, file.name, file.text);
  await client.query('insert into kernel.migration (room, number, name, checksum) values ($1, $2, $3, $4)', [
    room,
    file.number,
    file.name,
    file.checksum,
  ]);
}

async function run(client: pg.Client, room: string, name: string, text: string): Promise<void> {
  try {
    await client.query(text);
  } catch (error) {
    throw new Error(`Migration ${room}/${name} failed: ${(error as Error).message}`, { cause: error });
  }
}
