import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MOST_FAULTS, type Verification, type VerifyProgress, verifyObjects } from '@grunnmur/kernel/storage';
import { HOUR_MS } from '@grunnmur/kernel/time';
import type { Config } from '@grunnmur/server/config';
import { storedObjects } from '@grunnmur/server/stored-objects';
import type { Command } from 'commander';
import pg from 'pg';
import { CliError, EXIT, type ExitCode, said } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { painter } from '../output/painter.ts';
import { requireFullView, withOwnerDatabase } from '../owner-database.ts';
import { settings } from '../settings.ts';
import { addCommonOptions, wholeNumber } from './options.ts';

interface VerifyCommandOptions extends CommonOptions {
  /** MB a second. */
  readonly rate?: number;
  readonly resume?: boolean;
}

/** Longer than any upload: what is younger may be waiting for its row. */
const UNDER_WAY_MS = 24 * HOUR_MS;
/** Advisory lock of the run, one in a database. */
export const VERIFY_LOCK = 7_242_012;

export function addStorage(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const storage = program.command('storage').description('The stored documents');
  const command = storage
    .command('verify')
    .description(
      'Read every stored document back and compare it with its row; exit code 1 when one is lost or damaged',
    )
    .option('--rate <MB/s>', 'read at most so much a second, beside a server at work', wholeNumber)
    .option('--resume', 'go on where an earlier run was stopped; not after a restore');
  addCommonOptions(command);
  command
    .addHelpText('after', '\nExample:\n  npx grunnmur storage verify --rate 20')
    .action(async (options: VerifyCommandOptions) => done(await verify(io, options)));
}

async function verify(io: Io, options: VerifyCommandOptions): Promise<ExitCode> {
  const config = settings(io, options);
  const stopped = join(config.dataDir, 'storage-verify.json');
  const from = options.resume ? await readProgress(stopped) : undefined;
  if (from && !options.json) io.err(`${io.texts.t('cli.storage.resumed', { objects: from.objects })}\n`);
  const result = await withOwnerDatabase(config, ({ url }) => run(config, url, options.rate, from, stopped));
  await rm(stopped, { force: true });
  const resumedFrom = from?.objects ?? 0;
  io.out(options.json ? `${JSON.stringify({ ...result, resumedFrom })}\n` : summary(io, result));
  return result.faulty === 0 ? EXIT.ok : EXIT.failed;
}

async function run(
  config: Config,
  url: string,
  rate: number | undefined,
  from: VerifyProgress | undefined,
  stopped: string,
): Promise<Verification> {
  const owner = new pg.Pool({ connectionString: url, max: 3 });
  owner.on('error', () => {});
  let session: pg.PoolClient | undefined;
  try {
    await requireFullView(owner, 'post.dokument');
    session = await owner.connect();
    await requireAlone(session);
    return await verifyObjects({
      db: owner,
      rooms: await storedObjects(config, { pool: owner, close: async () => {} }),
      from,
      orphansBefore: new Date(new Date().getTime() - UNDER_WAY_MS),
      onProgress: (progress) => writeProgress(stopped, progress),
      ...(rate ? { bytesPerSecond: rate * 1e6 } : {}),
    });
  } finally {
    session?.release(true);
    await owner.end();
  }
}

/** Two runs would write over each other's progress and read the store twice. The lock is the session's, so none is left by a killed run. */
async function requireAlone(session: pg.PoolClient): Promise<void> {
  const { rows } = await session.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [
    VERIFY_LOCK,
  ]);
  if (rows[0]!.alone) return;
  throw new CliError(EXIT.failed, said('cli.error.storage_busy'), { hint: said('cli.hint.storage_busy') });
}

/** Whole or not at all: the command may be stopped at any time. */
async function writeProgress(path: string, progress: VerifyProgress): Promise<void> {
  await writeFile(`${path}.tmp`, JSON.stringify(progress), { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}

/** Undefined when no run was stopped. */
async function readProgress(path: string): Promise<VerifyProgress | undefined> {
  try {
    const progress = JSON.parse(await readFile(path, 'utf8')) as Partial<VerifyProgress>;
    if (Array.isArray(progress.done) && Array.isArray(progress.faults) && Number.isInteger(progress.objects))
      return progress as VerifyProgress;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  }
  throw new CliError(EXIT.usage, said('cli.error.storage_progress', { path }), {
    hint: said('cli.hint.storage_progress'),
  });
}

const SHOWN = 20;

function summary({ texts: { t }, colour }: Io, result: Verification): string {
  const { objects, bytes, faulty, faults, orphans } = result;
  const paint = painter(colour);
  const counts = { objects, faulty, megabytes: Math.round(bytes / 1e6) };
  const orphaned = orphans > 0 ? [t('cli.storage.orphans', { orphans })] : [];
  if (faulty === 0) return `${[paint.good(t('cli.storage.whole', counts)), ...orphaned].join('\n')}\n`;
  const lines = faults
    .slice(0, SHOWN)
    .map(
      ({ room, table, tenant, id, fault }) =>
        `  ${t(`cli.storage.fault.${fault}`)}: ${room} ${table} ${tenant} ${id}`,
    );
  const more =
    faulty > lines.length
      ? [`  ${t('cli.storage.more', { count: faulty - lines.length, most: MOST_FAULTS })}`]
      : [];
  const remedy = t('cli.storage.remedy');
  return `${[paint.bad(t('cli.storage.damaged', counts)), ...lines, ...more, remedy, ...orphaned].join('\n')}\n`;
}
