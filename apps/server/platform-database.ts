import { findLoginFaults, migrate, pendingMigrations, startEmbeddedPostgres } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import { ConfigError } from '@grunnmur/kernel/room';
import type { Config } from './read-config.ts';
import { ROOMS } from './rooms.ts';

export interface PlatformDatabase {
  readonly url: string;
  /** Address to run migrations with: the owner of the tables. */
  readonly migrationUrl: string;
  readonly embedded: boolean;
  /** Resolves when the embedded server has ended by itself; never for a configured one. */
  readonly died: Promise<void>;
  readonly close: () => Promise<void>;
}

/** Of the rooms that own tables, in the order in which they build on each other. */
const MIGRATIONS = ROOMS.flatMap(({ name, migrations }) =>
  migrations ? [{ room: name, folder: migrations }] : [],
);

/** Starts the embedded PostgreSQL or takes the configured one. */
export async function openPlatformDatabase(config: Config): Promise<PlatformDatabase> {
  if (config.databaseUrl) {
    const migrationUrl = config.migrationUrl ?? config.databaseUrl;
    return {
      url: config.databaseUrl,
      migrationUrl,
      embedded: false,
      died: new Promise(() => {}),
      close: async () => {},
    };
  }
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir });
  try {
    const { serverUrl: url, ownerUrl: migrationUrl } = await postgres.prepare('grunnmur');
    return { url, migrationUrl, embedded: true, died: postgres.died, close: postgres.stop };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/**
 * Looks at what the server's login could do beside its work. Production refuses one that row-level security does not hold
 * (promise 5); what is left is told in the log and by `doctor`.
 */
export async function checkLogin(database: PlatformDatabase, config: Config, log: Logger): Promise<void> {
  const faults = await findLoginFaults(database.url);
  const refused = config.demonstration ? [] : faults.filter(({ grave }) => grave);
  if (refused.length > 0)
    throw new ConfigError(refused.map(({ what, remedy }) => `DATABASE_URL: ${what}. ${remedy}`));
  // Demonstrations on a database of one's own are tried with whatever login is at hand.
  if (!config.demonstration) for (const { what, remedy } of faults) log.warn({ remedy }, what);
}

/** Brings the platform's tables to the newest version. */
export async function migratePlatform(database: PlatformDatabase): Promise<readonly string[]> {
  return (await migrate(database.migrationUrl, MIGRATIONS, { allRooms: true })).applied;
}

/** Migrations that the next start would apply; throws `MigrationFault` for data of another version. */
export async function pendingPlatformMigrations(migrationUrl: string): Promise<readonly string[]> {
  return pendingMigrations(migrationUrl, MIGRATIONS, { allRooms: true });
}
