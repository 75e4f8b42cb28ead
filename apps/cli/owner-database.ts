import { findEmbeddedPostgres } from '@grunnmur/kernel/db';
import type { Config } from '@grunnmur/server/config';
import { openPlatformDatabase } from '@grunnmur/server/database';
import { CliError, EXIT } from './exit-codes.ts';

/** Name of the platform's database in the embedded cluster. */
export const EMBEDDED_DATABASE = 'grunnmur';

export interface OwnerDatabase {
  /** Connection string of the owner of the tables. */
  readonly url: string;
  /** What was found, in words. */
  readonly what: string;
  readonly close: () => Promise<void>;
}

/**
 * The database as its owner: `DATABASE_MIGRATION_URL`, the embedded one of a running server, or the embedded one
 * started for this command. A running server is never disturbed.
 */
export async function openOwnerDatabase(config: Config): Promise<OwnerDatabase> {
  if (config.migrationUrl) {
    const { host } = new URL(config.migrationUrl);
    return { url: config.migrationUrl, what: `PostgreSQL at ${host}`, close: async () => {} };
  }
  const { url } = await findEmbeddedPostgres(config.dataDir);
  if (url) {
    return {
      url: url(EMBEDDED_DATABASE),
      what: 'embedded PostgreSQL of the running server',
      close: async () => {},
    };
  }
  const database = await openPlatformDatabase(config);
  return { url: database.migrationUrl, what: 'embedded PostgreSQL', close: database.close };
}

/** Runs `work` on it, closes it, and says in one sentence when nobody answers. */
export async function withOwnerDatabase<R>(
  config: Config,
  work: (database: OwnerDatabase) => Promise<R>,
): Promise<R> {
  const database = await openOwnerDatabase(config);
  try {
    return await work(database);
  } catch (error) {
    throw connectionError(error, database) ?? error;
  } finally {
    await database.close();
  }
}

const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', 'ECONNRESET', '57P03'];
/** PostgreSQL: invalid authorization (class 28), insufficient privilege, unknown database. */
const REFUSED = ['28000', '28P01', '42501', '3D000'];
/** Unknown schema, unknown table. */
const EMPTY = ['3F000', '42P01'];

function connectionError(error: unknown, { what }: OwnerDatabase): CliError | undefined {
  const { code = '', message } = error as { code?: string; message: string };
  if (UNREACHABLE.includes(code)) {
    return new CliError(EXIT.unreachable, `${what} does not answer (${code})`, {
      cause: error,
      hint: 'Is it running, and are DATABASE_URL and DATABASE_MIGRATION_URL right?',
    });
  }
  if (EMPTY.includes(code)) {
    return new CliError(EXIT.failed, `${what} does not hold the platform’s tables yet`, {
      cause: error,
      hint: 'Make them with: npx grunnmur migrate',
    });
  }
  if (!REFUSED.includes(code)) return undefined;
  return new CliError(EXIT.refused, `${what} refuses: ${message}`, {
    cause: error,
    hint: 'DATABASE_MIGRATION_URL must name the owner of the tables, with a right password.',
  });
}
