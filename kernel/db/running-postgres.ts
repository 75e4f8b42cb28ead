import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { SUPERUSER } from './embedded-postgres.ts';
import { clusterFolder, findUnprivilegedUser } from './postgres-binaries.ts';

export interface FoundPostgres {
  /** Folder of the cluster; may not exist yet. */
  readonly folder: string;
  /** Major version of the stored data; undefined before the first start. */
  readonly version: string | undefined;
  /** Connection string for `database` as superuser, when a server answers; undefined when none does. */
  readonly url: ((database?: string) => string) | undefined;
}

/** The line of `postmaster.pid` that holds the port (PostgreSQL: storage/file layout). */
const PORT_LINE = 3;

/** Looks for the embedded PostgreSQL of `dataDir` without starting or disturbing it. */
export async function findEmbeddedPostgres(dataDir: string): Promise<FoundPostgres> {
  const folder = await clusterFolder(dataDir, await findUnprivilegedUser());
  const [password, version, pidFile] = await Promise.all(
    ['superuser-password', 'data/PG_VERSION', 'data/postmaster.pid'].map((name) =>
      readFile(join(folder, name), 'utf8').catch(() => ''),
    ),
  );
  const port = Number(pidFile!.split('\n')[PORT_LINE]);
  const url = (database = 'postgres') =>
    `postgres://${SUPERUSER}:${password!.trim()}@127.0.0.1:${port}/${database}`;
  const found = { folder, version: version!.trim() || undefined };
  return { ...found, url: password && port && (await answers(url())) ? url : undefined };
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
