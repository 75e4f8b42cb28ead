import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../net/index.ts';
import { type EmbeddedLogins, prepareLogins } from './embedded-logins.ts';
import {
  clusterFolder,
  findBinaries,
  findUnprivilegedUser,
  type UnprivilegedUser,
} from './postgres-binaries.ts';

const run = promisify(execFile);
/** The cluster's owner. */
export const SUPERUSER = 'grunnmur';
const LEFTOVER_PATIENCE_MS = 5_000;
/** `code` of the error when another process uses the cluster; `pid` is that process's. */
export const CLUSTER_IN_USE = 'CLUSTER_IN_USE';

export interface EmbeddedPostgresOptions {
  /** Folder that holds the cluster (see `clusterFolder` for the exception). */
  readonly dataDir: string;
  /** `false` only in tests: rows may be lost when the machine dies. Default `true`. */
  readonly durable?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  /** Most time for initdb and for start-up, each. Default 60 000 ms. */
  readonly timeoutMs?: number;
}

export interface EmbeddedPostgres {
  readonly port: number;
  /** Connection string for `database` as the cluster's superuser. */
  readonly url: (database?: string) => string;
  /** Creates `database` (optionally as a copy of `template`) unless it exists. */
  readonly createDatabase: (database: string, template?: string) => Promise<void>;
  /**
   * Makes the logins of `database` (created when it is missing) and gives what is in it to its owner; see
   * {@link prepareLogins}.
   */
  readonly prepare: (database: string) => Promise<EmbeddedLogins>;
  /** Resolves when the server has ended without `stop`: killed, out of memory or disk. It is not started again. */
  readonly died: Promise<void>;
  /** Fast shutdown: open transactions are rolled back, nothing committed is lost. */
  readonly stop: () => Promise<void>;
}

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '120',
  shared_buffers: '128MB',
  max_wal_size: '2GB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  checkpoint_timeout: '15min',
  autovacuum_naptime: '15s',
  jit: 'off',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic', // statements carry personal data
};

/**
 * Starts a real PostgreSQL below `dataDir`, initialising it at the first call. Works as root (the server then runs
 * under an unprivileged user). The server follows this process: when we die without stopping it, it shuts itself
 * down, and the next start waits for that.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = await findUnprivilegedUser();
  const binaries = await findBinaries(user);
  const cluster = await clusterFolder(options.dataDir, user);
  const timeoutMs = options.timeoutMs ?? 60_000;
  const release = await claimCluster(cluster);
  try {
    return await startClaimed(cluster, binaries, user, timeoutMs, options, release);
  } catch (error) {
    await release();
    throw error;
  }
}

async function startClaimed(
  cluster: string,
  binaries: string,
  user: UnprivilegedUser | undefined,
  timeoutMs: number,
  options: EmbeddedPostgresOptions,
  release: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const password = await initialise(binaries, cluster, user, timeoutMs);
  await endLeftover(cluster, timeoutMs);
  const port = await freePort();
  const child = await launch(binaries, cluster, user, port, options);
  const url = (database = 'postgres') => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
  await waitUntilReady(child, url(), join(cluster, 'server.log'), timeoutMs);
  let stopping = false;
  const died = new Promise<void>((resolve) => {
    child.once('exit', () => stopping || resolve());
  });
  return {
    port,
    url,
    createDatabase: (name, template) => createDatabase(url(), name, template),
    prepare: async (name) => {
      await createDatabase(url(), name);
      return prepareLogins(url(name));
    },
    died,
    stop: async () => {
      stopping = true;
      await stop(child);
      await release();
    },
  };
}

async function initialise(
  binaries: string,
  cluster: string,
  user: UnprivilegedUser | undefined,
  timeout: number,
): Promise<string> {
  const passwordFile = join(cluster, 'superuser-password');
  const database = join(cluster, 'data');
  if (await exists(database)) {
    const known = await readFile(passwordFile, 'utf8');
    if (known.trim()) return known.trim();
    throw new Error(`${database} holds a database, but ${passwordFile} is empty: restore it from a backup`);
  }
  // An earlier initdb did not finish: start over. Nothing but its unfinished folder is ever removed.
  const unfinished = join(cluster, 'data.new');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(cluster, { recursive: true, mode: 0o700 });
  if (user) await chown(cluster, user.uid, user.gid);
  const password = randomBytes(24).toString('base64url');
  const temporary = join(cluster, 'initial-password');
  await writeFile(temporary, password, { mode: 0o600 });
  if (user) await chown(temporary, user.uid, user.gid);
  await run(
    join(binaries, 'bin', 'initdb'),
    [
      '-D',
      unfinished,
      '-U',
      SUPERUSER,
      `--pwfile=${temporary}`,
      '-A',
      'scram-sha-256',
      '-E',
      'UTF8',
      '--no-locale',
      '--no-instructions',
    ],
    { ...user, timeout, cwd: cluster, env: { LC_ALL: 'C', PATH: process.env.PATH } },
  );
  await rm(temporary);
  // On disk before the data has its name: an empty file after a power cut would lock us out.
  await writeFile(passwordFile, password, { mode: 0o600, flush: true });
  await rename(unfinished, database);
  return password;
}

/**
 * Makes this process the cluster's only user; the answer gives it free. A file of a process that no longer lives (same
 * number, another start time) counts for nothing.
 */
async function claimCluster(cluster: string): Promise<() => Promise<void>> {
  const file = `${cluster}.owner`;
  const self = `${process.pid} ${await startedAt(process.pid)}`;
  for (;;) {
    try {
      await writeFile(file, self, { flag: 'wx', mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = await readFile(file, 'utf8').catch(() => '');
    const [pid, started] = owner.split(' ');
    if (pid && started && (await startedAt(Number(pid))) === started)
      throw Object.assign(
        new Error(
          `Another Grunnmur (process ${pid}) uses ${cluster}. Stop it, or set GRUNNMUR_DATA to another folder.`,
        ),
        { code: CLUSTER_IN_USE, pid: Number(pid) },
      );
    await rm(file, { force: true });
  }
}

/** Changes when the number is given to a new process; undefined when none has it. */
async function startedAt(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  if (text) return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'alive' : undefined;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Waits for a server that an earlier, killed process left behind; its watcher has told it to stop. */
async function endLeftover(cluster: string, timeoutMs: number): Promise<void> {
  const pidFile = join(cluster, 'data', 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  if (!pid || !(await isOurs(pid, cluster))) {
    // A file whose process is gone is left to PostgreSQL: before it starts it looks for orphaned workers that may still
    // write. Only a number that another program has now would mislead it.
    if (!pid || isAlive(pid)) await rm(pidFile, { force: true });
    return;
  }
  const deadline = performance.now() + timeoutMs;
  process.kill(pid, 'SIGINT');
  // A fast shutdown that meets a crash recovery may never end; what an immediate one leaves, the next start recovers.
  const patience = setTimeout(() => isAlive(pid) && process.kill(pid, 'SIGQUIT'), LEFTOVER_PATIENCE_MS);
  while (await isOurs(pid, cluster)) {
    if (performance.now() > deadline)
      throw new Error(`Another PostgreSQL (pid ${pid}) still uses ${cluster}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  clearTimeout(patience);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function isOurs(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  // After a reboot the number may belong to another program.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => cluster);
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return command.includes(cluster) && !/\) Z /.test(state);
}

/**
 * The shell between us and the server holds our pipe: when we die, however that happens, the pipe closes and the
 * server gets SIGINT. Its own session keeps the terminal's Ctrl-C away from it, so that we stop it last.
 */
const WATCHER = `exec 3<&0; "$@" </dev/null 3<&- & server=$!; (read -r _ <&3; kill -INT $server) & watch=$!; wait $server; kill $watch 2>/dev/null; wait $watch 2>/dev/null`;

async function launch(
  binaries: string,
  cluster: string,
  user: UnprivilegedUser | undefined,
  port: number,
  options: EmbeddedPostgresOptions,
): Promise<ChildProcess> {
  const durability =
    options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {};
  const settings = { ...SETTINGS, ...durability, ...options.settings };
  const args = [
    '-D',
    join(cluster, 'data'),
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
  ];
  const postgres = join(binaries, 'bin', 'postgres');
  const log = await open(join(cluster, 'server.log'), 'a', 0o600);
  const env = { LC_ALL: 'C', PATH: process.env.PATH ?? '' };
  const common = { ...user, cwd: cluster, env, stdio: ['pipe', log.fd, log.fd] as ['pipe', number, number] };
  const child =
    process.platform === 'win32'
      ? spawn(postgres, args, common)
      : spawn('/bin/sh', ['-c', WATCHER, 'sh', postgres, ...args], { ...common, detached: true });
  child.on('exit', () => void log.close().catch(() => {}));
  child.stdin?.on('error', () => {});
  return child;
}

async function waitUntilReady(
  child: ChildProcess,
  url: string,
  logFile: string,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (child.exitCode !== null || performance.now() > deadline) {
        const log = await readFile(logFile, 'utf8').catch(() => '');
        throw new Error(`PostgreSQL did not start:\n${log.split('\n').slice(-10).join('\n')}`, {
          cause: error,
        });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function createDatabase(url: string, name: string, template?: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount) return;
    await client.query(
      `create database ${pg.escapeIdentifier(name)}${template ? ` template ${pg.escapeIdentifier(template)}` : ''}`,
    );
  } finally {
    await client.end();
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (process.platform === 'win32') child.kill('SIGINT');
  else child.stdin?.end();
  await exited;
}
