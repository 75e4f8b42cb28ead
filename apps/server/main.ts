import { setFlagsFromString } from 'node:v8';
import '@grunnmur/portal/tsx-hooks';
import { readConfig } from './read-config.ts';

await main();

async function main(): Promise<void> {
  const started = performance.now();
  keepStartSmall(true);
  try {
    const config = readConfig(process.env);
    // Imported after the hooks above: the portal's pages are .tsx files.
    const { createServer } = await import('./create-server.ts');
    const server = await createServer(config);
    const { banner } = await import('./banner.ts');
    keepStartSmall(false);
    process.stdout.write(banner(config, server, performance.now() - started));
    stopOnSignals(server.stop);
    void server.databaseDied.then(endWithoutDatabase);
  } catch (error) {
    const known =
      (error as Error).name === 'ConfigError' || (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    process.stderr.write(
      `\nGrunnmur could not start.\n${known ? (error as Error).message : (error as Error).stack}\n`,
    );
    process.exit(1);
  }
}

/**
 * What a start makes is nearly all kept, which is when V8 lets its space for new objects grow: to 66 MB that an idle server
 * then holds on to. It stays small until we are ready, and grows with the load as ever.
 */
function keepStartSmall(small: boolean): void {
  setFlagsFromString(`--semi-space-growth-factor=${small ? 1 : 2}`);
}

function stopOnSignals(stop: () => Promise<void>): void {
  let asked = false;
  const onSignal = () => {
    // A second Ctrl-C means now.
    if (asked) process.exit(130);
    asked = true;
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

/** A supervisor starts us again, and with us the database, which recovers by itself. */
function endWithoutDatabase(): void {
  process.stderr.write('\nThe embedded PostgreSQL has ended. Grunnmur stops too; start it again.\n');
  process.exit(1);
}
