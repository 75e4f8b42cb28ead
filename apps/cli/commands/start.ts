import type { Command } from 'commander';
import { dataFolder } from '../data-folder.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { settings } from '../settings.ts';
import { addCommonOptions, wholeNumber } from './options.ts';

interface StartOptions extends CommonOptions {
  readonly port?: number;
}

export function addStart(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = program
    .command('start')
    .description('Start the platform in this terminal; Ctrl-C stops it. Settings: .env.example')
    .option('--port <number>', 'port to listen on, 0 for any free one (PORT, default 3000)', wholeNumber);
  addCommonOptions(command);
  command
    .addHelpText('after', '\nExample:\n  npx grunnmur start --port 0 --data /tmp/grunnmur-prove')
    .action(async (options: StartOptions) => done(await start(io, options)));
}

async function start(io: Io, options: StartOptions): Promise<ExitCode> {
  const began = performance.now();
  const env = options.port === undefined ? io.env : { ...io.env, PORT: String(options.port) };
  const config = settings({ ...io, env }, { ...options, data: dataFolder(io, options) });
  // The portal's pages are .tsx files, which the hooks make importable.
  await import('@grunnmur/portal/tsx-hooks');
  const { createServer } = await import('@grunnmur/server');
  const server = await createServer(config).catch((error: unknown) => {
    throw startError(error, config.port) ?? error;
  });
  if (options.json) {
    const { baseUrl, accessFile, embeddedDatabase } = server;
    io.out(
      `${JSON.stringify({ baseUrl, accessFile, embeddedDatabase, dataDir: config.dataDir, pid: process.pid })}\n`,
    );
  } else {
    const { banner } = await import('@grunnmur/server/banner');
    io.out(banner(config, server, performance.now() - began));
  }
  await stopSignal(io.signal);
  await server.stop();
  return EXIT.ok;
}

function startError(error: unknown, port: number): CliError | undefined {
  const { message } = error as Error;
  if (/^Another Grunnmur /.test(message)) return new CliError(EXIT.failed, message, { cause: error });
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return undefined;
  return new CliError(EXIT.failed, `Port ${port} is taken by another program`, {
    cause: error,
    hint: `Choose another: npx grunnmur start --port ${port + 1}`,
  });
}

function stopSignal(interrupted: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    interrupted.addEventListener('abort', () => resolve(), { once: true });
    process.once('SIGTERM', () => resolve());
    process.once('SIGHUP', () => resolve());
  });
}
