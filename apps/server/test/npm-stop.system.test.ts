import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { findRunningServer, type RunningServer } from '../running-server.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** `npm start` without its installation, in a process group of its own, as a terminal or a supervisor has it. */
interface Npm {
  readonly child: ChildProcess;
  readonly data: string;
  readonly server: RunningServer;
  readonly postgres: number;
  output(): string;
}

const started: Npm[] = [];

async function startNpm(): Promise<Npm> {
  const data = await mkdtemp(join(tmpdir(), 'grunnmur-npm-'));
  await chmod(data, 0o711);
  const child = spawn('npm', ['start', '--ignore-scripts'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: data, GRUNNMUR_DATA: data, PORT: '0', DEMO_LETTERS: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text));
  await expect.poll(() => output, { timeout: 60_000 }).toContain('Grunnmur is ready');
  const server = (await findRunningServer(data))!;
  const pidFile = await readFile(join(data, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  const npm = { child, data, server, postgres: Number(pidFile.split('\n')[0]), output: () => output };
  started.push(npm);
  return npm;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function expectAllGone({ server, postgres, data, output }: Npm): Promise<void> {
  await expect.poll(() => [lives(server.pid), lives(postgres)], { timeout: 20_000 }).toEqual([false, false]);
  expect(output()).toMatch(/Stopped\. Everything is kept in .*Start again with: npm start/);
  expect(await findRunningServer(data)).toBeUndefined();
}

describe('npm start', () => {
  afterEach(async () => {
    for (const { child, server, data } of started.splice(0)) {
      if (lives(server.pid)) process.kill(server.pid, 'SIGKILL');
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
  });

  it('ends with the server and its database when npm is asked to, and waits for them', async () => {
    const npm = await startNpm();
    npm.child.kill('SIGTERM');
    const [code] = (await once(npm.child, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(lives(npm.server.pid)).toBe(false);
    await expectAllGone(npm);
  });

  it('is not left behind by an npm that was killed outright', async () => {
    const npm = await startNpm();
    npm.child.kill('SIGKILL');
    await expectAllGone(npm);
  });

  it('takes Ctrl-C, which comes from the terminal and once more from npm, for one', async () => {
    const npm = await startNpm();
    process.kill(-npm.child.pid!, 'SIGINT');
    await expectAllGone(npm);
  });

  it('goes on when a terminal is closed that it does not have', async () => {
    const npm = await startNpm();
    process.kill(-npm.child.pid!, 'SIGHUP');
    await sleep(1_500);
    expect((await fetch(`${npm.server.localUrl}/health/live`)).status).toBe(200);
    process.kill(npm.server.pid, 'SIGTERM');
    await expectAllGone(npm);
  });
});
