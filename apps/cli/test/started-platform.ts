import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './fake-io.ts';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A platform that `grunnmur start` has started as a process of its own, and commands run beside it. */
export interface StartedPlatform {
  readonly baseUrl: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs `grunnmur` as a process, to its end. */
  run(...args: string[]): Promise<Ran>;
  /** Ctrl-C; answers the exit code. */
  stop(): Promise<number | null>;
  /** Removes what is left, whatever happened. */
  dispose(): Promise<void>;
}

const BIN = join(ROOT, 'apps/cli/bin/grunnmur.mjs');
const START_MS = 60_000;
const RUN_MS = 60_000;

/** On a folder of its own, or on `folder`, which is made. */
export async function startPlatform(folder?: string): Promise<StartedPlatform> {
  if (folder) await mkdir(folder, { recursive: true });
  const dataDir = folder ?? (await mkdtemp(join(tmpdir(), 'grunnmur-cli-run-')));
  // As root the database runs under another user, who must be able to enter; else it would be kept elsewhere and stay.
  await chmod(dataDir, 0o711);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    GRUNNMUR_DATA: dataDir,
    DEMO_PRINT_DELAY_SECONDS: '0',
    LOG_LEVEL: 'error',
  };
  for (const name of Object.keys(env)) if (/^(DATABASE_|GRUNNMUR_(?!DATA))/.test(name)) delete env[name];
  env.GRUNNMUR_LANG = 'nb';
  const child = spawn(process.execPath, [BIN, 'start', '--port', '0', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const dispose = async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await exited;
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const { baseUrl } = JSON.parse(await firstLine(child)) as { baseUrl: string };
    return {
      baseUrl,
      dataDir,
      env,
      run: (...args) => runToEnd(process.execPath, [BIN, ...args], env),
      stop: async () => {
        child.kill('SIGINT');
        const [code] = await exited;
        return code;
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  let out = '';
  let err = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not started in time:\n${out}${err}`)), START_MS);
    child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${out}${err}`)));
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (!out.includes('\n')) return;
      clearTimeout(timer);
      resolve(out.slice(0, out.indexOf('\n')));
    });
  });
}

export async function runToEnd(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  options: { readonly input?: string; readonly cwd?: string; readonly timeoutMs?: number } = {},
): Promise<Ran> {
  const child = spawn(command, args, { env, cwd: options.cwd ?? ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
  const written = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.err += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const timer = setTimeout(() => child.kill('SIGTERM'), options.timeoutMs ?? RUN_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, ...written };
}
