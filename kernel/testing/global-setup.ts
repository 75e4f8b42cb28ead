import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestProject } from 'vitest/node';
import { type MigrationSource, migrate, startEmbeddedPostgres } from '../db/index.ts';
import { TEST_TMPDIR } from './left-behind.ts';

export const TEMPLATE_DATABASE = 'grunnmur_template';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** Starts one PostgreSQL for the whole run and builds the template database that every test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'grunnmur-test-'));
  // Run as root, PostgreSQL's user must get through; else the cluster would lie elsewhere and outlive the run.
  await chmod(folder, 0o711);
  const dataDir = join(folder, 'postgres');
  const giveBack = await useTemporaryFolder(join(folder, 'tmp'));
  const postgres = await startEmbeddedPostgres({
    dataDir,
    durable: false,
    settings: { max_connections: '300' },
  });
  const teardown = async () => {
    await postgres.stop();
    giveBack();
    await rm(folder, { recursive: true, force: true });
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

/**
 * Gives the tests, and what they start, a temporary folder of the run's own, for all users as the usual one: the summary at
 * the end says what is still there. Tests that run in several projects at once share the first.
 */
async function useTemporaryFolder(folder: string): Promise<() => void> {
  if (process.env[TEST_TMPDIR]) return () => {};
  await mkdir(folder);
  await chmod(folder, 0o1777);
  const before = process.env.TMPDIR;
  process.env[TEST_TMPDIR] = folder;
  process.env.TMPDIR = folder;
  return () => {
    delete process.env[TEST_TMPDIR];
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  };
}

/** Every room's migrations folder, each after those of the rooms that its package depends on. */
export async function findRoomMigrations(): Promise<MigrationSource[]> {
  const rooms = new URL('../../rooms/', import.meta.url);
  const names = await inOrder(rooms);
  const sources: MigrationSource[] = [];
  for (const room of names) {
    const folder = new URL(`${room}/migrations/`, rooms);
    const files = await readdir(folder).catch(() => []);
    if (files.some((file) => file.endsWith('.sql')))
      sources.push({ room, folder: pathToFileURL(`${folder.pathname}`) });
  }
  return sources;
}

/** Names of the rooms, each behind those that its `package.json` names. */
async function inOrder(rooms: URL): Promise<string[]> {
  const uses = new Map<string, string[]>();
  for (const room of (await readdir(rooms)).sort()) {
    const text = await readFile(new URL(`${room}/package.json`, rooms), 'utf8').catch(() => '{}');
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    uses.set(
      room,
      Object.keys(dependencies).map((name) => name.replace('@grunnmur/', '')),
    );
  }
  const ordered = new Set<string>();
  const add = (room: string): void => {
    for (const used of uses.get(room) ?? []) if (uses.has(used) && !ordered.has(used)) add(used);
    ordered.add(room);
  };
  for (const room of uses.keys()) add(room);
  return [...ordered];
}
