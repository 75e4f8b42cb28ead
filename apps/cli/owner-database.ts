import { findEmbeddedPostgres } from '@grunnmur/kernel/db';
import type { Config } from '@grunnmur/server/config';
import { openPlatformDatabase } from '@grunnmur/server/database';
import type pg from 'pg';
import { CliError, EXIT, said } from './exit-codes.ts';

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
async function openOwnerDatabase(config: Config): Promise<OwnerDatabase> {
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
    return new CliError(EXIT.unreachable, said('cli.error.database_silent', { what, code }), {
      cause: error,
      hint: said('cli.hint.database_silent'),
    });
  }
  if (EMPTY.includes(code)) {
    return new CliError(EXIT.failed, said('cli.error.database_empty', { what }), {
      cause: error,
      hint: said('cli.hint.database_empty'),
    });
  }
  if (!REFUSED.includes(code)) return undefined;
  return new CliError(EXIT.refused, said('cli.error.database_refuses', { what, reason: message }), {
    cause: error,
    hint: said('cli.hint.database_owner'),
  });
}

/** Row-level security would hide rows, and what nobody sees is never broken. */
export async function requireFullView(owner: pg.Pool, table: string): Promise<void> {
  const { rows } = await owner.query<{ limited: boolean }>(
    'select row_security_active($1::regclass) as limited',
    [table],
  );
  if (!rows[0]?.limited) return;
  throw new CliError(EXIT.refused, said('cli.error.limited_view', { table }), {
    hint: said('cli.hint.database_owner'),
  });
}
