import { findRunningServer } from '@grunnmur/server/running';
import { startWarnings } from '@grunnmur/server/start-warnings';
import type { Command } from 'commander';
import { dataFolder } from '../data-folder.ts';
import { type Check, failed, guarded, ok, warning } from '../doctor/check.ts';
import { checkDatabase } from '../doctor/check-database.ts';
import { checkKeys } from '../doctor/check-keys.ts';
import { checkClock, checkDataFolder, checkNode, checkPorts } from '../doctor/check-machine.ts';
import { checkServices } from '../doctor/check-services.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { painter } from '../output/painter.ts';
import { settings } from '../settings.ts';
import { addCommonOptions } from './options.ts';

export function addDoctor(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = program
    .command('doctor')
    .description('Look for what may be wrong: machine, settings, database, keys, outside services');
  addCommonOptions(command);
  command
    .addHelpText('after', '\nExample:\n  GRUNNMUR_MODE=production npx grunnmur doctor')
    .action(async (options: CommonOptions) => done(await doctor(io, options)));
}

async function doctor(io: Io, options: CommonOptions): Promise<ExitCode> {
  const checks = await examine(io, options);
  const bad = checks.filter(({ state }) => state === 'failed').length;
  if (options.json) io.out(`${JSON.stringify({ ok: bad === 0, checks })}\n`);
  else io.out(report(checks, io.colour));
  return bad === 0 ? EXIT.ok : EXIT.failed;
}

async function examine(io: Io, options: CommonOptions): Promise<Check[]> {
  const node = await guarded('Node.js', 'npm install', () => checkNode(io));
  const read = readSettings(io, options);
  if ('checks' in read)
    return [...node, ...read.checks, ...(await guarded('Clock', 'npm install', () => checkClock(io, [])))];
  const { config } = read;
  const running = await findRunningServer(dataFolder(io, options));
  const [database, services] = await Promise.all([checkDatabase(config, io.now), checkServices(io, config)]);
  const clocks = [
    ...(database.clock && config.databaseUrl ? [{ name: 'the database', ...database.clock }] : []),
    ...services.clocks,
  ];
  return [
    ...node,
    ok('Settings', config.demonstration ? 'valid, demonstration' : 'valid, production'),
    ...startWarnings(config).map(({ detail, fix }) => warning('Settings', detail, fix)),
    ...(await guarded('Port', 'Choose another: PORT', () => checkPorts(config, running))),
    ...(await guarded('Data folder', 'Set GRUNNMUR_DATA to a folder that can be written to', () =>
      checkDataFolder(config),
    )),
    ...(await guarded('Clock', 'npm install', () => checkClock(io, clocks))),
    ...database.checks,
    ...(await guarded('Keys', 'Check that the files hold PEM keys and certificates', () =>
      checkKeys(config, io.now()),
    )),
    ...services.checks,
  ];
}

function readSettings(
  io: Io,
  options: CommonOptions,
): { config: ReturnType<typeof settings> } | { checks: Check[] } {
  try {
    return { config: settings(io, options) };
  } catch (error) {
    const { faults } = ((error as CliError).cause ?? {}) as { faults?: readonly string[] };
    if (!(error instanceof CliError) || !faults) throw error;
    return {
      checks: faults.map((fault) => {
        const name = fault.split(':')[0]!;
        return failed('Settings', fault, `Set ${name} as .env.example explains`);
      }),
    };
  }
}

const MARKS = { ok: 'ok', warning: 'WARNING', failed: 'FAILED' } as const;

function report(checks: readonly Check[], colour: boolean): string {
  const paint = painter(colour);
  const tones = { ok: paint.good, warning: paint.warn, failed: paint.bad } as const;
  const lines = checks.map(({ name, state, detail, fix }) => {
    const mark = tones[state](MARKS[state].padEnd(8));
    return `  ${mark} ${name.padEnd(22)} ${detail}${fix ? `\n${' '.repeat(34)}→ ${fix}` : ''}`;
  });
  const bad = checks.filter(({ state }) => state === 'failed').length;
  const end = bad === 0 ? 'Nothing stands in the way.' : `${bad} of ${checks.length} checks failed.`;
  return `${lines.join('\n')}\n\n${end}\n`;
}
