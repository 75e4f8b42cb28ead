import type { Command } from 'commander';
import { dataFolder } from '../data-folder.ts';
import { CliError, EXIT, type ExitCode, quoted } from '../exit-codes.ts';
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
  const [{ runServer }, { banner }] = await Promise.all([
    import('@grunnmur/server/run'),
    import('@grunnmur/server/banner'),
  ]);
  const { locale } = io.texts;
  const code = await runServer(config, {
    locale,
    command: 'npx grunnmur start',
    interrupted: io.signal,
    say: (text) => options.json || io.err(text),
    onReady: (server) => {
      const { baseUrl, embeddedDatabase, demonstration } = server;
      const accessFile = demonstration?.accessFile;
      const ready = { baseUrl, accessFile, embeddedDatabase, dataDir: config.dataDir, pid: process.pid };
      io.out(options.json ? `${JSON.stringify(ready)}\n` : banner(config, server, performance.now() - began));
    },
  }).catch(async (error: unknown) => {
    const { faultText, startFault } = await import('@grunnmur/server/start-faults');
    const fault = startFault(error, config);
    const { sentence, fix } = await faultText(fault, locale);
    throw new CliError(EXIT.failed, quoted(sentence), {
      hint: quoted(fix),
      code: `start.${fault.code}`,
      cause: error,
    });
  });
  return code === 0 ? EXIT.ok : EXIT.failed;
}
