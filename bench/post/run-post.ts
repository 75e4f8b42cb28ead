import { startEmbeddedPostgres } from '@grunnmur/kernel/db';
import pg from 'pg';
import { describeMachine } from '../kit/machine.ts';
import { createParts, type Parts } from '../kit/parts.ts';
import { writeSection } from '../kit/report.ts';
import { openWorkspace, type Workspace } from '../kit/workspace.ts';
import { startGenerator } from '../load/generator.ts';
import { measureAccept } from './accept.ts';
import { measureEndToEnd } from './end-to-end.ts';
import { measureGrowth } from './growth.ts';
import { measureInserts } from './insert-rate.ts';
import { measureLargeLetter } from './large-letter.ts';
import { markdownReport, terminalReport } from './report.ts';
import type { PostResults } from './results.ts';
import { measureStart } from './start-and-idle.ts';

export interface PostOptions {
  readonly quick: boolean;
  readonly write: boolean;
  /** One part only. */
  readonly only: string | undefined;
}

const PARTS = ['start', 'accept', 'inserts', 'end-to-end', 'large', 'growth'] as const;
const LARGE_BYTES = 349_000_000;

/** Runs the bench of the post room; everything it starts is ended and removed. False when a part failed. */
export async function runPost(options: PostOptions): Promise<boolean> {
  if (options.only && !(PARTS as readonly string[]).includes(options.only))
    throw new Error(`--only takes one of ${PARTS.join(', ')}`);
  if (options.write && (options.only || options.quick))
    throw new Error('--write needs a whole run: without --only and --quick');
  const workspace = await openWorkspace();
  const onSignal = () => void workspace.close().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  try {
    const parts = createParts<Part>(workspace, options.only);
    const results = await measureAll(workspace, parts, options.quick);
    process.stdout.write(terminalReport(results));
    // Figures that are missing must not take the place of those that are there.
    if (options.write && parts.failed() === 0) await writeSection('post', markdownReport(results));
    return parts.failed() === 0;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
    await workspace.close();
  }
}

async function measureAll(workspace: Workspace, parts: Parts<Part>, quick: boolean): Promise<PostResults> {
  const machine = await describeMachine(await workspace.folder('probe'));
  const generator = startGenerator(workspace);
  const start = await parts.run('start', (folder) =>
    measureStart(folder, quick ? { starts: 2, idleMs: 3000 } : { starts: 6, idleMs: 30_000 }),
  );
  // The same server and settings that the platform starts for itself.
  const postgres = await startEmbeddedPostgres({ dataDir: await workspace.folder('postgres') });
  workspace.onClose(postgres.stop);
  const createDatabase = async (name: string, template?: string) => {
    await postgres.createDatabase(name, template);
    return postgres.url(name);
  };
  const accept = await parts.run('accept', (folder) =>
    measureAccept(folder, generator, {
      ...(quick
        ? { rounds: 1, durationMs: 2000, heldMs: 2000 }
        : { rounds: 3, durationMs: 6000, heldMs: 40_000 }),
      emptyDatabase: createDatabase,
    }),
  );
  const inserts = await parts.run('inserts', async () =>
    measureInserts(await createDatabase('inserts'), quick ? 1000 : 6000),
  );
  const bareRate = accept?.bySenders.find(({ senders }) => senders === 16)?.barePerSecond;
  const endToEnd = await parts.run('end-to-end', (folder) =>
    measureEndToEnd(folder, generator, {
      perSecond: Math.round((bareRate ?? 800) / 4),
      durationMs: quick ? 8000 : 60_000,
    }),
  );
  const large = await parts.run('large', (folder) =>
    measureLargeLetter(folder, quick ? 50_000_000 : LARGE_BYTES),
  );
  const growth = await parts.run('growth', (folder) =>
    measureGrowth(folder, generator, {
      ...(quick
        ? { many: 20_000, rounds: 2, durationMs: 1000 }
        : { many: 1_000_000, rounds: 12, durationMs: 1500 }),
      createDatabase,
    }),
  );
  const database = await databaseVersion(postgres.url());
  return { date: new Date(), quick, machine, database, start, accept, inserts, endToEnd, large, growth };
}

type Part = (typeof PARTS)[number];

async function databaseVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]!.server_version;
  } finally {
    await client.end();
  }
}
