import { relative } from 'node:path';
import type { Locale } from '@grunnmur/kernel/i18n';
import type { Server } from './create-server.ts';
import type { Config } from './read-config.ts';
import { announceServer, withdrawServer } from './running-server.ts';
import { serverTexts } from './start-faults.ts';
import { stopAsked } from './stop-signals.ts';

export interface RunOptions {
  readonly locale: Locale;
  /** Called when everything is ready. */
  readonly onReady: (server: Server) => void;
  /** For people: what happens at the end. */
  readonly say: (text: string) => void;
  /** How to start again. */
  readonly command: string;
  readonly interrupted?: AbortSignal;
}

/**
 * Starts the platform, runs until it is asked to stop, and answers the exit code. Throws when it cannot start; see
 * `startFault` for why. `npm start` and `grunnmur start` are this.
 */
export async function runServer(config: Config, options: RunOptions): Promise<number> {
  const t = await serverTexts(options.locale);
  // Imported late: the portal's pages are .tsx files, which the caller's hooks make importable.
  const { createServer } = await import('./create-server.ts');
  const server = await createServer(config);
  await announceServer(config.dataDir, {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    baseUrl: server.baseUrl,
    localUrl: server.localUrl,
    operationsUrl: server.operationsAddress,
    amqpPorts: server.listening.flatMap(({ ports }) => ports),
  });
  options.onReady(server);
  const asked = stopAsked({
    now: () => process.exit(130),
    ...(options.interrupted ? { interrupted: options.interrupted } : {}),
  });
  const reason = await Promise.race([asked, server.databaseDied.then(() => 'database' as const)]);
  if (reason === 'database') {
    // A supervisor starts us again, and with us the database, which recovers by itself.
    options.say(`\n${t('server.database_died')}\n`);
    await withdrawServer(config.dataDir);
    return 1;
  }
  options.say(`\n${reason === 'parent' ? `${t('server.parent_gone')} ` : ''}${t('server.stopping')}\n`);
  const code = await server.stop().then(
    () => 0,
    () => 1,
  );
  await withdrawServer(config.dataDir);
  const where = server.embeddedDatabase ? shown(config.dataDir) : `DATABASE_URL, ${shown(config.dataDir)}`;
  options.say(
    `${t(code === 0 ? 'server.stopped' : 'server.stop_failed', { where, command: options.command })}\n`,
  );
  return code;
}

function shown(folder: string): string {
  const short = relative(process.cwd(), folder);
  return short !== '' && !short.startsWith('..') ? `./${short}` : folder;
}
