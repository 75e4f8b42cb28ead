import { writeFile } from 'node:fs/promises';
import { startEmbeddedPostgres } from '@grunnmur/kernel/db';
import pg from 'pg';
import { describeMachine } from '../kit/machine.ts';
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
const REPORT = new URL('../../docs/performance.md', import.meta.url);
const LARGE_BYTES = 349_000_000;

/** Runs the bench of the post room; everything it starts is ended and removed. False when it could not. */
export async function runPost(options: PostOptions): Promise<boolean> {
  if (options.only && !(PARTS as readonly string[]).includes(options.only))
    throw new Error(`--only takes one of ${PARTS.join(', ')}`);
  if (options.write && (options.only || options.quick))
    throw new Error('--write needs a whole run: without --only and --quick');
  const workspace = await openWorkspace();
  const onSignal = () => void workspace.close().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  try {
    const results = await measureAll(workspace, options);
    process.stdout.write(terminalReport(results));
    const complete = PARTS.every((part) => (options.only && options.only !== part) || part in results);
    if (options.write && complete) await writeFile(REPORT, markdownReport(results));
    return complete;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
    await workspace.close();
  }
}

async function measureAll(workspace: Workspace, { quick, only }: PostOptions): Promise<PostResults> {
  const wanted = (part: (typeof PARTS)[number]) => only === undefined || only === part;
  const machine = await describeMachine(await workspace.folder('probe'));
  const generator = startGenerator(workspace);
  const start = wanted('start')
    ? await step(workspace, 'start and idle', (workspace) =>
        measureStart(workspace, quick ? { starts: 2, idleMs: 3000 } : { starts: 6, idleMs: 30_000 }),
      )
    : undefined;
  // The same server and settings that the platform starts for itself.
  const postgres = await startEmbeddedPostgres({ dataDir: await workspace.folder('postgres') });
  workspace.onClose(postgres.stop);
  const createDatabase = async (name: string, template?: string) => {
    await postgres.createDatabase(name, template);
    return postgres.url(name);
  };
  const accept = wanted('accept')
    ? await step(workspace, 'accept', (workspace) =>
        measureAccept(workspace, generator, {
          ...(quick ? { rounds: 1, durationMs: 2000 } : { rounds: 3, durationMs: 6000 }),
          emptyDatabase: createDatabase,
        }),
      )
    : undefined;
  const inserts = wanted('inserts')
    ? await step(workspace, 'inserts', async () =>
        measureInserts(await createDatabase('inserts'), quick ? 1000 : 6000),
      )
    : undefined;
  const bareRate = accept?.bySenders.find(({ senders }) => senders === 16)?.barePerSecond;
  const endToEnd = wanted('end-to-end')
    ? await step(workspace, 'end to end', (workspace) =>
        measureEndToEnd(workspace, generator, {
          perSecond: Math.round((bareRate ?? 800) / 4),
          durationMs: quick ? 8000 : 60_000,
        }),
      )
    : undefined;
  const large = wanted('large')
    ? await step(workspace, 'large letter', (workspace) =>
        measureLargeLetter(workspace, quick ? 50_000_000 : LARGE_BYTES),
      )
    : undefined;
  const growth = wanted('growth')
    ? await step(workspace, 'growth', (workspace) =>
        measureGrowth(workspace, generator, {
          ...(quick
            ? { many: 20_000, rounds: 2, durationMs: 1000 }
            : { many: 1_000_000, rounds: 4, durationMs: 3000 }),
          createDatabase,
        }),
      )
    : undefined;
  const database = await databaseVersion(postgres.url());
  return { date: new Date(), quick, machine, database, start, accept, inserts, endToEnd, large, growth };
}

/** Tells what is being done: a whole run takes a quarter of an hour. */
async function step<T>(
  whole: Workspace,
  name: string,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T | undefined> {
  const started = performance.now();
  process.stderr.write(`bench: ${name} …`);
  // A folder for each part: the letters of one part must not fill the disk of the next.
  const workspace = await openWorkspace();
  whole.onClose(workspace.close);
  try {
    const result = await work(workspace);
    process.stderr.write(` ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
    return result;
  } catch (error) {
    // The other parts' figures are worth keeping; the report shows which one is missing.
    process.stderr.write(` failed: ${(error as Error).message.slice(0, 300)}\n`);
    return undefined;
  } finally {
    await workspace.close();
  }
}

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
