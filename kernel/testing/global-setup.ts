import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestProject } from 'vitest/node';
import { type MigrationSource, migrate, startEmbeddedPostgres } from '../db/index.ts';

export const TEMPLATE_DATABASE = 'grunnmur_template';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** Starts one PostgreSQL for the whole run and builds the template database that every test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'grunnmur-test-'));
  // Run as root, PostgreSQL's user must get through; else the cluster would lie elsewhere and outlive the run.
  await chmod(dataDir, 0o711);
  const postgres = await startEmbeddedPostgres({
    dataDir,
    durable: false,
    settings: { max_connections: '300' },
  });
  const teardown = async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await postgres.createDatabase(TEMPLATE_DATABASE);
    await migrate(postgres.url(TEMPLATE_DATABASE), await findRoomMigrations());
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide('postgresUrl', postgres.url('postgres'));
  return teardown;
}

/** Every room's migrations folder, in the order that the boundary rules allow rooms to build on each other. */
export async function findRoomMigrations(): Promise<MigrationSource[]> {
  const rooms = new URL('../../rooms/', import.meta.url);
  const names = (await readdir(rooms)).sort();
  const sources: MigrationSource[] = [];
  for (const room of names) {
    const folder = new URL(`${room}/migrations/`, rooms);
    const files = await readdir(folder).catch(() => []);
    if (files.some((file) => file.endsWith('.sql')))
      sources.push({ room, folder: pathToFileURL(`${folder.pathname}`) });
  }
  return sources;
}
