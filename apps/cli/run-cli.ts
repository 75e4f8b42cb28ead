import { CommanderError } from 'commander';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { painter } from './output/painter.ts';
import { createProgram } from './program.ts';

/** Runs one command line (without `node` and the script) and answers the exit code. Never throws. */
export async function runCli(args: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return explain(error, io, args.includes('--json'));
  }
}

function explain(error: unknown, io: Io, json: boolean): ExitCode {
  const known =
    error instanceof CliError
      ? error
      : io.signal.aborted
        ? new CliError(EXIT.interrupted, 'Interrupted')
        : undefined;
  if (!known && !json) io.err(`grunnmur: ${(error as Error)?.stack ?? String(error)}\n`);
  if (json) {
    const { code, message, hint, exitCode } = known ?? new CliError(EXIT.failed, String(error));
    io.out(`${JSON.stringify({ error: { code, message, ...(hint ? { hint } : {}), exitCode } })}\n`);
  } else if (known) {
    io.err(`${painter(io.colour).bad('grunnmur:')} ${known.message}\n`);
    if (known.hint) io.err(`${known.hint}\n`);
  }
  return known?.exitCode ?? EXIT.failed;
}
