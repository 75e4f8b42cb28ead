import { stat } from 'node:fs/promises';
import { findEmbeddedPostgres, findLoginFaults, MigrationFault } from '@grunnmur/kernel/db';
import type { Config } from '@grunnmur/server/config';
import { pendingPlatformMigrations } from '@grunnmur/server/database';
import { faultText, startFault } from '@grunnmur/server/start-faults';
import pg from 'pg';
import { strayIdentifiers, strayText } from '../commands/exchange-identifier.ts';
import { EMBEDDED_DATABASE } from '../owner-database.ts';
import { type Check, failed, guarded, ok, warning } from './check.ts';

const OLDEST_VERSION = 15;

export interface DatabaseFinding {
  readonly checks: readonly Check[];
  /** The database's clock, and ours at that moment. */
  readonly clock: { readonly now: Date; readonly at: Date } | undefined;
}

/** Is it there, new enough, and does its structure fit the program? Starts nothing. */
export async function checkDatabase(config: Config, now: () => Date): Promise<DatabaseFinding> {
  if (config.databaseUrl)
    return inspect(config, config.databaseUrl, config.migrationUrl ?? config.databaseUrl, now);
  const folder = await stat(config.dataDir).catch(() => undefined);
  const found = folder?.isDirectory() ? await findEmbeddedPostgres(config.dataDir) : undefined;
  if (!found?.version) return notRunning('embedded PostgreSQL, made at the first start');
  if (!found.url) {
    const stopped = notRunning(
      `embedded PostgreSQL ${found.version}, starts with the server (${found.folder})`,
    );
    // What data a stopped server holds cannot be read, and doctor starts nothing.
    const unknown = warning(
      'Migrations',
      'not looked at: the database is not running',
      'npx grunnmur migrate --dry-run starts it and looks, without a change',
    );
    return { ...stopped, checks: [...stopped.checks, unknown] };
  }
  return inspect(config, found.url(EMBEDDED_DATABASE), found.url(EMBEDDED_DATABASE), now);
}

function notRunning(detail: string): DatabaseFinding {
  return { checks: [ok('Database', detail)], clock: undefined };
}

async function inspect(
  config: Config,
  url: string,
  migrationUrl: string,
  now: () => Date,
): Promise<DatabaseFinding> {
  const { host } = new URL(url);
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; now: Date }>(
      `select current_setting('server_version') as version, clock_timestamp() as now`,
    );
    const [{ version, now: theirs }] = rows as [{ version: string; now: Date }];
    const clock = { now: theirs, at: now() };
    const migrations = await checkMigrations(config, migrationUrl);
    const checks = [
      checkVersion(version, host),
      ...(await checkLogin(config, url)),
      migrations,
      // Rights are asked of tables that a migration makes.
      ...(migrations.state === 'ok' ? await checkIdentifiers(config, url) : []),
    ];
    return { checks, clock };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const fix = 'Start the database, or correct DATABASE_URL';
    return {
      checks: [failed('Database', `${host} does not answer (${code ?? message})`, fix)],
      clock: undefined,
    };
  } finally {
    await client.end().catch(() => {});
  }
}

function checkVersion(version: string, host: string): Check {
  const detail = `PostgreSQL ${version} at ${host}`;
  if (Number.parseInt(version, 10) >= OLDEST_VERSION) return ok('Database', detail);
  return failed('Database', detail, `Use PostgreSQL ${OLDEST_VERSION} or newer: DATABASE_URL`);
}

/** What the server's login could do beside its work; the embedded server makes its own at every start. */
async function checkLogin(config: Config, url: string): Promise<Check[]> {
  if (!config.databaseUrl) return [];
  const faults = await findLoginFaults(url);
  if (faults.length === 0) return [ok('Database login', 'can be nothing but the application')];
  return faults.map(({ grave, what, remedy }) =>
    grave && !config.demonstration
      ? failed('Database login', what, remedy)
      : warning('Database login', what, remedy),
  );
}

async function checkMigrations(config: Config, migrationUrl: string): Promise<Check> {
  try {
    const pending = await pendingPlatformMigrations(migrationUrl);
    if (pending.length === 0) return ok('Migrations', 'up to date');
    return warning('Migrations', `${pending.length} pending: ${pending.join(', ')}`, 'npx grunnmur migrate');
  } catch (error) {
    if (error instanceof MigrationFault) {
      const { sentence, fix } = await faultText(startFault(error, config), 'en');
      return failed('Migrations', sentence, fix);
    }
    return failed(
      'Migrations',
      (error as Error).message,
      'Check DATABASE_MIGRATION_URL, then: npx grunnmur migrate',
    );
  }
}

/** Do active addresses lead messages for one organisation to another? They are told of, not removed. */
function checkIdentifiers(config: Config, url: string): Promise<Check[]> {
  const name = 'Identifiers';
  const look = 'npx grunnmur exchange identifier list';
  return guarded(name, look, async () => {
    const { withOperator } = await import('@grunnmur/server/operate');
    const stray = await withOperator(config, url, strayIdentifiers);
    if (stray.length === 0) return ok(name, 'every active address has what its organisation may have');
    const more = stray.length > 1 ? ` (and ${stray.length - 1} more: ${look})` : '';
    return warning(
      name,
      `granted by nobody, and active: ${strayText(stray[0]!)}${more}`,
      `npx grunnmur exchange identifier grant ${stray[0]!.identifikator} --orgnr ${stray[0]!.orgnr}, or have the address deactivated`,
    );
  });
}
