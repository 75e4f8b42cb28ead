import { CommanderError } from 'commander';
import { CliError, EXIT, type ExitCode, quoted, said } from './exit-codes.ts';
import type { Io, World } from './io.ts';
import { painter } from './output/painter.ts';
import { languageOf, textsIn } from './output/texts.ts';
import { createProgram } from './program.ts';

/** Runs one command line (without `node` and the script) and answers the exit code. Never throws. */
export async function runCli(args: readonly string[], world: World): Promise<ExitCode> {
  const io: Io = { ...world, texts: await textsIn(languageOf(args, world.env)) };
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return explain(toCliError(error, io), io, args.includes('--json'));
  }
}

function toCliError(error: unknown, io: Io): CliError {
  if (error instanceof CliError) return error;
  if (io.signal.aborted)
    return new CliError(EXIT.interrupted, said('cli.error.interrupted'), { cause: error });
  // Where a fault of our own comes from is for us alone; the reader is told that it is one.
  const stack = io.env.LOG_LEVEL === 'debug' ? [quoted((error as Error)?.stack ?? '')] : [];
  return new CliError(
    EXIT.failed,
    said('cli.error.unexpected', { reason: (error as Error)?.message ?? String(error) }),
    { cause: error, hint: [said('cli.hint.unexpected'), ...stack] },
  );
}

function explain({ code, exitCode, said: what, hints }: CliError, io: Io, json: boolean): ExitCode {
  const { t } = io.texts;
  const message = t(what.key, what.params);
  const hint = hints.map(({ key, params }) => t(key, params)).join('\n');
  if (json) {
    io.out(`${JSON.stringify({ error: { code, message, ...(hint ? { hint } : {}), exitCode } })}\n`);
  } else {
    io.err(`${painter(io.colour).bad('grunnmur:')} ${message}\n`);
    if (hint) io.err(`${hint}\n`);
  }
  return exitCode;
}
