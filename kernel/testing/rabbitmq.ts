import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../net/index.ts';

export interface RabbitmqOptions {
  /** For its data, logs and settings; other users must be able to reach it when we are root. Made if missing. */
  readonly folder: string;
  /** Lines for `rabbitmq.conf`, added to those for the listeners. */
  readonly config?: string;
  /** Erlang terms for `advanced.config`, for what `rabbitmq.conf` has no name for. */
  readonly advanced?: string;
  /** Plugins to enable; with `rabbitmq_management` there is a `managementPort`. */
  readonly plugins?: readonly string[];
  /** With it there is a `tlsPort`. Clients need no certificate. */
  readonly tls?: { readonly privateKeyPem: string; readonly certificatePem: string };
}

/** A RabbitMQ of our own on ports of the loopback address; user and password are `guest`. */
export interface Rabbitmq {
  readonly port: number;
  readonly url: string;
  readonly tlsPort: number | undefined;
  readonly managementPort: number | undefined;
  readonly version: string;
  /** Of the process that does the work: for its memory and processor time. */
  pid(): number;
  /** Starts it again after {@link kill} or {@link shutDown}, on the same data and ports. */
  start(): Promise<void>;
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>;
  /** Stops it as an operator does: it closes its connections, and tells its queues. */
  shutDown(): Promise<void>;
  /** Ends it, and everything started with it. May be called again. */
  stop(): Promise<void>;
}

const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 20_000;
const HOST = '127.0.0.1';

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** The program that starts a broker; undefined when RabbitMQ is not installed. */
export function findRabbitmq(): string | undefined {
  // Debian's own command in PATH only serves the system's broker; the one it wraps serves any.
  const folders = ['/usr/lib/rabbitmq/bin', ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, 'rabbitmq-server')).find((path) => existsSync(path));
}

/**
 * Starts a RabbitMQ beside whatever else runs here: own ports, own node name, own port mapper, own data, and as another user
 * when we are root. Throws when RabbitMQ is not installed (see {@link findRabbitmq}).
 */
export async function startRabbitmq(options: RabbitmqOptions): Promise<Rabbitmq> {
  const program = findRabbitmq();
  if (!program) throw new Error('RabbitMQ is not installed (on Debian: apt-get install rabbitmq-server)');
  const user = await unprivilegedUser();
  const { folder, plugins = [] } = options;
  const port = await freePort();
  const tlsPort = options.tls && (await freePort());
  const managementPort = plugins.includes('rabbitmq_management') ? await freePort() : undefined;
  const epmdPort = await freePort();
  await writeSettings(options, { port, tlsPort, managementPort }, user);
  const env = {
    PATH: `${process.env.PATH ?? ''}${delimiter}/usr/sbin${delimiter}/usr/bin${delimiter}/bin`,
    HOME: folder, // its cookie lies here
    LANG: 'C.UTF-8',
    RABBITMQ_NODENAME: `grunnmur${port}@localhost`,
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_DIST_PORT: String(await freePort()),
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: HOST,
    // Not under a shell that would be killed in its place.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
  const under = user ? { uid: user.uid, gid: user.gid } : {};
  // In the foreground: one that the broker starts by itself would stay behind.
  const epmd = spawn('epmd', ['-port', String(epmdPort), '-address', HOST], {
    env,
    cwd: folder,
    stdio: 'ignore',
    ...under,
  });
  epmd.on('error', () => {}); // then the broker starts one
  let broker: ChildProcess | undefined;
  let output = '';

  const start = async () => {
    output = '';
    broker = spawn(program, [], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], ...under });
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    };
    broker.stdout!.on('data', collect);
    broker.stderr!.on('data', collect);
    const started = performance.now();
    while (!/completed with \d+ plugins/.test(output)) {
      if (!lives(broker)) throw new Error(`RabbitMQ did not start:\n${output}`);
      if (performance.now() - started > START_LIMIT_MS) throw new Error(`RabbitMQ hangs:\n${output}`);
      await sleep(50);
    }
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (!broker || !lives(broker)) return;
    const exited = once(broker, 'exit');
    broker.kill(signal);
    const timer = setTimeout(() => broker!.kill('SIGKILL'), STOP_LIMIT_MS);
    await exited;
    clearTimeout(timer);
  };
  const stop = async () => {
    await end('SIGTERM');
    if (lives(epmd)) epmd.kill('SIGKILL');
  };
  try {
    await start();
  } catch (error) {
    await end('SIGKILL');
    await stop();
    throw error;
  }
  return {
    port,
    url: `amqp://guest:guest@${HOST}:${port}`,
    tlsPort,
    managementPort,
    version: /RabbitMQ (\d+\.\d+\.\d+)/.exec(output)?.[1] ?? 'unknown',
    pid: () => broker!.pid!,
    start,
    kill: () => end('SIGKILL'),
    shutDown: () => end('SIGTERM'),
    stop,
  };
}

interface Ports {
  readonly port: number;
  readonly tlsPort: number | undefined;
  readonly managementPort: number | undefined;
}

async function writeSettings(
  options: RabbitmqOptions,
  { port, tlsPort, managementPort }: Ports,
  user: User | undefined,
): Promise<void> {
  const { folder, config = '', advanced = '[].', plugins = [], tls } = options;
  const lines = [
    `listeners.tcp.default = ${HOST}:${port}`,
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    // What the tests leave of memory and disk is not ours to judge.
    'disk_free_limit.absolute = 50MB',
    ...(managementPort ? [`management.tcp.ip = ${HOST}`, `management.tcp.port = ${managementPort}`] : []),
    ...(tlsPort
      ? [
          `listeners.ssl.default = ${HOST}:${tlsPort}`,
          `ssl_options.certfile = ${join(folder, 'tls-certificate.pem')}`,
          `ssl_options.keyfile = ${join(folder, 'tls-key.pem')}`,
          'ssl_options.verify = verify_none',
          'ssl_options.fail_if_no_peer_cert = false',
        ]
      : []),
    config,
  ];
  const files: Record<string, string> = {
    'rabbitmq.conf': `${lines.join('\n')}\n`,
    'advanced.config': `${advanced}\n`,
    enabled_plugins: `[${plugins.join(',')}].\n`,
    ...(tls ? { 'tls-certificate.pem': tls.certificatePem, 'tls-key.pem': tls.privateKeyPem } : {}),
  };
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text, { mode: 0o600 });
  if (!user) return;
  for (const path of [folder, ...Object.keys(files).map((name) => join(folder, name))])
    await chown(path, user.uid, user.gid);
}

/** Undefined (ourselves) unless we are root: a broker needs no rights. */
async function unprivilegedUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry = ['rabbitmq', 'nobody']
    .map((name) => lines.find((fields) => fields[0] === name))
    .find((found) => found !== undefined);
  return entry && { uid: Number(entry[2]), gid: Number(entry[3]) };
}

function lives(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** RabbitMQ must be there where everything is tried; elsewhere the caller skips its tests, and says so. */
export function rabbitmqIsMissing(): boolean {
  if (findRabbitmq()) return false;
  if (process.env.CI) throw new Error('RabbitMQ is not installed (apt-get install rabbitmq-server)');
  console.warn('SKIPPED: RabbitMQ is not installed; nothing is known about it as the broker');
  return true;
}
