import { mkdtemp, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { PlannedPort } from '@grunnmur/kernel/room';
import type { Config } from '@grunnmur/server/config';
import { ROOMS } from '@grunnmur/server/rooms';
import type { RunningServer } from '@grunnmur/server/running';
import { faultText, startFault } from '@grunnmur/server/start-faults';
import type { Io } from '../io.ts';
import { type Check, failed, ok, warning } from './check.ts';

const LOW_DISK_BYTES = 2_000_000_000;
const NO_DISK_BYTES = 200_000_000;
const GB = 1_000_000_000;

/** The pinned Node.js must be the one that runs. */
export async function checkNode(io: Io): Promise<Check> {
  const { dependencies } = JSON.parse(await readFile(join(io.root, 'package.json'), 'utf8')) as {
    dependencies: { node: string };
  };
  const wanted = dependencies.node;
  if (process.versions.node === wanted) return ok('Node.js', `${wanted}, as pinned`);
  return failed('Node.js', `${process.versions.node} runs, ${wanted} is pinned`, 'npm install');
}

/** The server of this data folder, whatever this terminal's settings say; without one, whether its ports are free. */
export async function checkPorts(config: Config, running: RunningServer | undefined): Promise<Check[]> {
  if (running) {
    const { localUrl, baseUrl, pid, amqpPorts } = running;
    const at = localUrl && localUrl !== baseUrl ? `${baseUrl} (here ${localUrl})` : baseUrl;
    const amqp = amqpPorts.length > 0 ? `, AMQP on ${amqpPorts.join(' and ')}` : '';
    return [ok('Server', `runs on this data folder: ${at}, process ${pid}${amqp}`)];
  }
  const plan = { mode: config.env.GRUNNMUR_MODE, anyPort: config.port === 0, listenHost: config.host };
  const others = ROOMS.flatMap(({ ports }) => ports?.(config.env, plan) ?? []);
  const listens = config.ROLE !== 'worker';
  const wanted: PlannedPort[] = listens
    ? [{ setting: 'PORT', port: config.port, host: config.host }, ...others]
    : [];
  return Promise.all(wanted.map(checkPort));
}

async function checkPort({ setting, port, host }: PlannedPort): Promise<Check> {
  const name = setting === 'PORT' ? 'Port' : `Port (${setting})`;
  if (!port) return ok(name, `any free one (${setting}=0)`);
  if (await isFree(port, host)) return ok(name, `${port} is free`);
  return failed(
    name,
    `${port} is taken by another program`,
    `Choose another: ${setting}=${port + 1} npm start`,
  );
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** The data folder, or the nearest one above it that exists, can be written to. */
export async function checkDataFolder(config: Config): Promise<Check[]> {
  const folder = await existing(config.dataDir);
  try {
    const probe = await mkdtemp(join(folder, '.grunnmur-doctor-'));
    await writeFile(join(probe, 'probe'), 'x').finally(() => rm(probe, { recursive: true, force: true }));
  } catch (error) {
    // The doctor and a start that fails say the same.
    const { sentence, fix } = await faultText(startFault(error, { ...config, dataDir: folder }), 'en');
    return [failed('Data folder', sentence, fix)];
  }
  const detail = folder === config.dataDir ? folder : `${config.dataDir} (made at the first start)`;
  return [ok('Data folder', `${detail}, writable`), await checkDisk(folder)];
}

async function checkDisk(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${(free / GB).toFixed(1)} GB free`;
  const fix = 'Free space on the disk, or move the data folder: GRUNNMUR_DATA';
  if (free < NO_DISK_BYTES) return failed('Disk', detail, fix);
  return free < LOW_DISK_BYTES ? warning('Disk', detail, fix) : ok('Disk', detail);
}

async function existing(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  // A file in the way is found as well: nothing can be made below it.
  return found || path === dirname(path) ? path : existing(dirname(path));
}

/**
 * Tokens and certificates fail when the clock is wrong. `others` are clocks seen on the way (database, token issuer);
 * without any, the clock can at least not stand before the installed files were written.
 */
export async function checkClock(
  io: Io,
  others: readonly { readonly name: string; readonly now: Date; readonly at: Date }[],
): Promise<Check> {
  const fix = 'Let the machine keep time: sudo timedatectl set-ntp true';
  const off = others.find(({ now, at }) => Math.abs(now.getTime() - at.getTime()) > MAX_SKEW_MS);
  if (off) {
    const seconds = Math.round((off.at.getTime() - off.now.getTime()) / 1000);
    return failed('Clock', `${seconds} s from the clock of ${off.name}`, fix);
  }
  if (others.length > 0)
    return ok('Clock', `agrees with ${[...new Set(others.map(({ name }) => name))].join(', ')}`);
  const { mtime } = await stat(join(io.root, 'node_modules', '.package-lock.json'));
  if (io.now() < mtime) return failed('Clock', 'stands before the time of the installation', fix);
  return ok('Clock', io.now().toISOString());
}

/** Maskinporten refuses assertions that are older or newer; its tokens live for two minutes. */
const MAX_SKEW_MS = 10_000;
