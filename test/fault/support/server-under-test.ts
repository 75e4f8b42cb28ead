import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@grunnmur/kernel/net';
import { clusterFolder, findUnprivilegedUser } from '../../../kernel/db/postgres-binaries.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const START_LIMIT_MS = 90_000;

/** The complete server as a process that can be killed and started again on the same folder and port. */
export interface ServerUnderTest {
  readonly baseUrl: string;
  readonly dataDir: string;
  /** The AMQP face, without TLS. */
  readonly amqpPort: number;
  readonly starts: number[];
  start(): Promise<void>;
  pid(): number;
  /** True while the process lives. */
  alive(): boolean;
  /** The end of what it has written since its start. */
  output(): string;
  /** `kill -9`, and waits until the process is gone. */
  kill(): Promise<void>;
  /** Waits for the process to end by itself; what it wrote, or undefined when it still lives after `limitMs`. */
  ended(limitMs: number): Promise<string | undefined>;
  /** As Ctrl-C does. Resolves to the exit code. */
  stop(): Promise<number | null>;
  /** The main process of the embedded PostgreSQL. */
  postgresPid(): Promise<number>;
  /** Owner's address of the embedded database; changes with every start. */
  databaseUrl(): Promise<string>;
}

export async function createServerUnderTest(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ServerUnderTest> {
  // The ports stay, as an installation's do: tokens name the address in their issuer.
  const port = await freePort();
  const amqpPort = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const starts: number[] = [];
  let child: ChildProcess | undefined;
  let output = '';

  const spawnServer = () => {
    const env = {
      PATH: process.env.PATH,
      PORT: String(port),
      AMQP_PORT: String(amqpPort),
      AMQPS_PORT: '0',
      GRUNNMUR_DATA: dataDir,
      LOG_LEVEL: 'error',
      DEMO_LETTERS: 'false',
      PDF_WORKERS: '1',
      // Kept between the starts; there are many.
      NODE_COMPILE_CACHE: join(dataDir, 'compile-cache'),
      ...settings,
    };
    output = '';
    const opened = spawn(process.execPath, ['apps/server/main.ts'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    };
    opened.stdout.on('data', collect);
    opened.stderr.on('data', collect);
    return opened;
  };
  const lives = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const gone = async () => {
    if (lives()) await once(child!, 'exit');
  };
  const cluster = async () => clusterFolder(dataDir, await findUnprivilegedUser());
  const pidFile = async () =>
    (await readFile(join(await cluster(), 'data', 'postmaster.pid'), 'utf8')).split('\n');

  const databaseState = async () => {
    const log = await readFile(join(await cluster(), 'server.log'), 'utf8').catch(() => '');
    return [...(await processesNaming(dataDir)), ...log.split('\n').slice(-30)].join('\n');
  };

  return {
    baseUrl,
    dataDir,
    amqpPort,
    starts,
    start: async () => {
      const started = performance.now();
      child = spawnServer();
      while (!output.includes('is ready')) {
        if (!lives()) throw new Error(`the server did not start:\n${output}`);
        if (performance.now() - started > START_LIMIT_MS)
          throw new Error(`the server hangs:\n${output}\n${await databaseState()}`);
        await sleep(5);
      }
      starts.push(performance.now() - started);
    },
    pid: () => child!.pid!,
    alive: lives,
    output: () => output,
    kill: async () => {
      child?.kill('SIGKILL');
      await gone();
    },
    ended: async (limitMs) => {
      await Promise.race([gone(), sleep(limitMs)]);
      return lives() ? undefined : output;
    },
    stop: async () => {
      child?.kill('SIGTERM');
      await gone();
      return child?.exitCode ?? null;
    },
    postgresPid: async () => Number((await pidFile())[0]),
    databaseUrl: async () => {
      const password = (await readFile(join(await cluster(), 'superuser-password'), 'utf8')).trim();
      return `postgres://grunnmur:${password}@127.0.0.1:${(await pidFile())[3]}/grunnmur`;
    },
  };
}

/** Processes that still speak of `text` in their command line, this one left out. */
export async function processesNaming(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir('/proc').catch(() => [] as string[])) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(text)) found.push(`${name} ${command.replaceAll('\0', ' ').trim()}`);
  }
  return found;
}
