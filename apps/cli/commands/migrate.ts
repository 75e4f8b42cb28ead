import { MigrationFault } from '@grunnmur/kernel/db';
import { migratePlatform, pendingPlatformMigrations } from '@grunnmur/server/database';
import { faultText, startFault } from '@grunnmur/server/start-faults';
import type { Command } from 'commander';
import { CliError, EXIT, type ExitCode, quoted } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { withOwnerDatabase } from '../owner-database.ts';
import { settings } from '../settings.ts';
import { addCommonOptions } from './options.ts';

interface MigrateOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

export function addMigrate(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = program
    .command('migrate')
    .description(
      'Bring the database to the newest version (DATABASE_MIGRATION_URL, DATABASE_URL or the embedded one)',
    )
    .option('--dry-run', 'only list what would be applied');
  addCommonOptions(command);
  command
    .addHelpText(
      'after',
      '\nExample:\n  DATABASE_MIGRATION_URL=postgres://owner@db.example.no/grunnmur npx grunnmur migrate --dry-run',
    )
    .action(async (options: MigrateOptions) => done(await migrate(io, options)));
}

async function migrate(io: Io, options: MigrateOptions): Promise<ExitCode> {
  const config = settings(io, options);
  const names = await withOwnerDatabase(config, ({ url }) =>
    options.dryRun
      ? pendingPlatformMigrations(url)
      : migratePlatform({
          url,
          migrationUrl: url,
          embedded: false,
          died: new Promise(() => {}),
          close: async () => {},
        }),
  ).catch(async (error: unknown) => {
    if (!(error instanceof MigrationFault)) throw error;
    const fault = startFault(error, config);
    const { sentence, fix } = await faultText(fault, io.texts.locale);
    throw new CliError(EXIT.failed, quoted(sentence), {
      hint: quoted(fix),
      code: `start.${fault.code}`,
      cause: error,
    });
  });
  if (options.json) io.out(`${JSON.stringify(options.dryRun ? { pending: names } : { applied: names })}\n`);
  else io.out(lines(io, names, options.dryRun ?? false));
  return EXIT.ok;
}

function lines({ texts: { t } }: Io, names: readonly string[], dryRun: boolean): string {
  if (names.length === 0) return `${t('cli.migrate.none')}\n`;
  return `${t(dryRun ? 'cli.migrate.pending' : 'cli.migrate.applied')}\n${names.map((name) => `  ${name}`).join('\n')}\n`;
}
