import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, glob, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT } from './fake-io.ts';

/** This checkout, with what is changed in it, as a repository of its own in `folder`: what a reader clones. */
export async function makeRepository(folder: string): Promise<void> {
  const files = git(ROOT, 'ls-files', '--cached', '--others', '--exclude-standard', '-z').split('\0');
  for (const file of files.filter(Boolean)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await copyFile(join(ROOT, file), join(folder, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  git(folder, 'init', '-q');
  git(folder, 'add', '--all', '--force');
  git(folder, '-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '-qm', 'As it is');
}

export function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26, timeout: 60_000 });
}

/** Does what `npm ci` would: the packages of this checkout, and the workspaces of the clone. */
export async function linkPackages(clone: string): Promise<void> {
  const from = join(ROOT, 'node_modules');
  const modules = join(clone, 'node_modules');
  await mkdir(join(modules, '.bin'), { recursive: true });
  await mkdir(join(modules, '@grunnmur'));
  for (const name of await readdir(from))
    if (!name.startsWith('.') && name !== '@grunnmur') await symlink(join(from, name), join(modules, name));
  for (const name of await readdir(join(from, '.bin')))
    if (name !== 'grunnmur') await symlink(join(from, '.bin', name), join(modules, '.bin', name));
  // A copy: whoever installs here must not write there.
  for (const name of ['.grunnmur-install', '.package-lock.json'])
    await copyFile(join(from, name), join(modules, name));
  const { workspaces } = await manifest(clone);
  for await (const path of glob(workspaces!, { cwd: clone }))
    await symlink(join(clone, path), join(modules, (await manifest(join(clone, path))).name));
  await symlink(join(clone, 'apps/cli/bin/grunnmur.mjs'), join(modules, '.bin', 'grunnmur'));
  await chmod(join(clone, 'apps/cli/bin/grunnmur.mjs'), 0o755);
}

async function manifest(folder: string): Promise<{ name: string; workspaces?: string[] }> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}

/** What somebody has who has just opened a terminal: nothing of the program that runs the tests. */
export function readerEnvironment(home: string): NodeJS.ProcessEnv {
  const kept = ['USER', 'LOGNAME', 'TMPDIR', 'JAVA_HOME', 'TZ'].flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  const path = (process.env.PATH ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  return {
    ...Object.fromEntries(kept),
    PATH: path.join(':'),
    HOME: home,
    LANG: 'C.UTF-8',
    npm_config_update_notifier: 'false',
    // No command may fetch what is not there and go on as if it had been.
    npm_config_offline: 'true',
  };
}

export interface Started {
  readonly said: () => string;
  readonly stop: () => Promise<number | null>;
}

/** A command that runs a server, from its start until it says `ready`. */
export async function startAndWait(
  command: string,
  ready: RegExp,
  { cwd, env, limitMs }: { cwd: string; env: NodeJS.ProcessEnv; limitMs: number },
): Promise<Started> {
  const child: ChildProcess = spawn('bash', ['-c', `exec ${command}`], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  let text = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (said: string) => {
      text += said;
    });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    return (await exited)[0];
  };
  const deadline = performance.now() + limitMs;
  while (!ready.test(text)) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new Error(`"${command}" did not start:\n${text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { said: () => text, stop };
}
