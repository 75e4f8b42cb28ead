import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { addAudit } from './commands/audit-verify.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExchange } from './commands/exchange.ts';
import { addMigrate } from './commands/migrate.ts';
import { addOrganisation } from './commands/organisation.ts';
import { addSeed } from './commands/seed.ts';
import { addSend } from './commands/send.ts';
import { addSender } from './commands/sender.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addStorage } from './commands/storage-verify.ts';
import { addToken } from './commands/token.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';

/** All commands. `done` takes the exit code of the one that ran. */
export function createProgram(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command('grunnmur');
  const { version } = JSON.parse(readFileSync(join(io.root, 'package.json'), 'utf8')) as { version: string };
  program
    .description('Grunnmur: the shared digital platform of Norwegian municipalities, on your own machine')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHasColors: () => io.colour })
    .showHelpAfterError('(grunnmur --help shows all commands, grunnmur <command> --help one of them)')
    .addHelpText(
      'after',
      '\nExit codes:\n  0 done   1 failed   2 wrong use   3 nobody answers   4 refused   130 interrupted',
    );
  for (const add of [
    addStart,
    addStatus,
    addSend,
    addOrganisation,
    addSender,
    addExchange,
    addSeed,
    addToken,
    addDoctor,
    addMigrate,
    addAudit,
    addStorage,
  ])
    add(program, io, done);
  nameMisspeltFirst(program, program);
  return program;
}

/** What commander calls when a required option is missing; its types keep it to themselves. */
interface Asking {
  missingMandatoryOptionValue(option: unknown): never;
  unknownOption(flag: string): never;
  readonly rawArgs?: readonly string[];
}

/** Who writes `--too` for a required `--to` is told of the word that was wrong, not of the one that is missing. */
function nameMisspeltFirst(command: Command, root: Command): void {
  const asking = command as unknown as Asking;
  const ask = asking.missingMandatoryOptionValue.bind(asking);
  const known = new Set([...command.options, ...root.options].flatMap(({ long, short }) => [long, short]));
  asking.missingMandatoryOptionValue = (option) => {
    const given = (root as unknown as Asking).rawArgs ?? [];
    const end = given.indexOf('--');
    const flags = given.slice(0, end < 0 ? undefined : end).filter((arg) => arg.startsWith('--'));
    const misspelt = flags
      .map((arg) => arg.split('=')[0]!)
      .find((flag) => flag !== '--help' && !known.has(flag));
    return misspelt === undefined ? ask(option) : asking.unknownOption(misspelt);
  };
  for (const each of command.commands) nameMisspeltFirst(each, root);
}
