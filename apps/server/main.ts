import { setFlagsFromString } from 'node:v8';
import '@grunnmur/portal/tsx-hooks';
import { terminalLocale } from '@grunnmur/kernel/i18n';
import { type Config, readConfig } from './read-config.ts';
import { runServer } from './run-server.ts';
import { faultText, serverTexts, startFault } from './start-faults.ts';

// A terminal that was closed takes no more words; what is to be done at the end is done all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exit(await main());

async function main(): Promise<number> {
  const started = performance.now();
  const locale = terminalLocale(process.env);
  let config: Config | undefined;
  keepStartSmall(true);
  try {
    config = readConfig(process.env);
    const read = config;
    const { banner } = await import('./banner.ts');
    return await runServer(read, {
      locale,
      command: 'npm start',
      say: (text) => void process.stderr.write(text),
      onReady: (server) => {
        process.stdout.write(banner(read, server, performance.now() - started));
        void Promise.resolve(server.samplesReady).then(() => keepStartSmall(false));
      },
    });
  } catch (error) {
    const t = await serverTexts(locale);
    const { sentence, fix } = await faultText(startFault(error, config), locale);
    const stack = process.env.LOG_LEVEL === 'debug' ? `${(error as Error).stack}\n` : '';
    process.stderr.write(`\n${t('server.fault.title')}\n${sentence}\n${fix}\n${stack}`);
    return 1;
  }
}

/**
 * What a start makes is nearly all kept, which is when V8 lets its space for new objects grow: to 66 MB that an idle server
 * then holds on to. It stays small until all is there, and grows with the load as ever.
 */
function keepStartSmall(small: boolean): void {
  setFlagsFromString(`--semi-space-growth-factor=${small ? 1 : 2}`);
}
