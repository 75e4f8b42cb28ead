import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import type { Actor, Ctx } from '../ctx/index.ts';
import { type Database, openDatabase } from '../db/index.ts';
import { newId } from '../ids/index.ts';
import { createLogger } from '../log/index.ts';
import { afterTestFile } from './clean-up.ts';
import { TEMPLATE_DATABASE } from './global-setup.ts';
import { untoldOperations } from './told-operations.ts';

export interface TestDatabase {
  /** Under the application role, as the program runs. */
  readonly db: Database;
  /** As the owner of everything: to look behind row-level security, never in the code under test. */
  readonly owner: pg.Pool;
  readonly ownerUrl: string;
  /** A context for `tenant` (default: a fresh UUID) and `actor` (default: a system actor). */
  readonly ctx: (change?: Partial<Ctx>) => Ctx;
}

const SYSTEM: Actor = { kind: 'system', id: 'test' };

/**
 * A database of its own, copied from the template, dropped after the test file. May be called anywhere: at the top
 * of the file, in a hook, in a test.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const adminUrl = inject('postgresUrl');
  const name = `test_${newId().replaceAll('-', '')}`;
  await withClient(adminUrl, (client) => createFromTemplate(client, name));
  const ownerUrl = adminUrl.replace(/\/postgres$/, `/${name}`);
  const db = openDatabase({ connectionString: ownerUrl, max: 10 });
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  const log = createLogger({ level: 'silent' });
  afterTestFile(async () => {
    const untold = await untoldOperations(owner);
    await Promise.all([db.close(), owner.end()]);
    await dropDatabase(adminUrl, name);
    if (untold.length > 0) throw new Error(`Citizens have no words for ${untold.join(', ')}`);
  });
  const ctx = (change: Partial<Ctx> = {}): Ctx => ({
    tenant: newId(),
    actor: SYSTEM,
    requestId: newId(),
    db,
    log,
    now: () => new Date(),
    ...change,
  });
  return { db, owner, ownerUrl, ctx };
}

/** A folder that is removed after the test file. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'grunnmur-test-'));
  afterTestFile(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Drops a test's database once its connections have left: a pool's `end` resolves before the server has let go of
 * them, and one that is thrown out by force ends the test process.
 */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    for (let attempt = 0; attempt < 200; attempt++) {
      const { rowCount } = await client.query(
        `select from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
        [name],
      );
      if (rowCount === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await client.query(`drop database if exists ${name} with (force)`);
  });
}

async function createFromTemplate(client: pg.Client, name: string): Promise<void> {
  // Two copies at once exclude each other inside PostgreSQL ("source database is being accessed"): take turns.
  await client.query('select pg_advisory_lock(7242012)');
  await client.query(`create database ${name} template ${TEMPLATE_DATABASE} strategy wal_log`);
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
