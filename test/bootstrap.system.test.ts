import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testFolder } from '@grunnmur/kernel/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './boundaries/read-sources.ts';

const run = promisify(execFile);
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * A workspace of its own with the real `scripts/bootstrap.mjs` and the real npm. Its packages are folders beside it, so that
 * nothing is fetched: `node`, which runs this test's own Node.js, and one package for development.
 */
async function workspace(): Promise<string> {
  const root = await testFolder();
  await cp(join(ROOT, 'scripts', 'bootstrap.mjs'), join(root, 'scripts', 'bootstrap.mjs'));
  await cp(join(ROOT, 'scripts', 'bootstrap'), join(root, 'scripts', 'bootstrap'), { recursive: true });
  await addPackage(root, 'node', process.versions.node, { bin: { node: 'bin/node' } });
  await mkdir(join(root, 'packages', 'node', 'bin'));
  const program = `#!/bin/sh\nexec "${process.execPath}" "$@"\n`;
  await writeFile(join(root, 'packages', 'node', 'bin', 'node'), program, { mode: 0o755 });
  await addPackage(root, 'only-for-tests', '1.0.0');
  await describeRoot(root, { node: 'file:packages/node' });
  return root;
}

async function addPackage(root: string, name: string, version: string, more: object = {}): Promise<void> {
  const folder = join(root, 'packages', name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version, ...more }));
}

async function describeRoot(root: string, dependencies: Record<string, string>): Promise<void> {
  const content = {
    name: 'sample',
    version: '1.0.0',
    workspaces: [],
    dependencies,
    devDependencies: { 'only-for-tests': 'file:packages/only-for-tests' },
  };
  await writeFile(join(root, 'package.json'), JSON.stringify(content));
  await run('npm', ['install', '--package-lock-only', '--offline', '--no-audit', '--no-fund'], { cwd: root });
}

const bootstrap = (root: string, ...args: string[]) =>
  run(process.execPath, [join(root, 'scripts', 'bootstrap.mjs'), ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, npm_config_offline: 'true' },
  });

describe('scripts/bootstrap.mjs', () => {
  let root: string;
  let installed: (name: string) => Promise<boolean>;

  beforeEach(async () => {
    root = await workspace();
    installed = (name) => exists(join(root, 'node_modules', name));
  });

  it('installs what the program needs and no more, then what tests need', async () => {
    await bootstrap(root, '--without-dev');
    expect([await installed('node'), await installed('only-for-tests')]).toEqual([true, false]);
    const pinned = await run(join(root, 'node_modules', '.bin', 'node'), ['--version']);
    expect(pinned.stdout.trim()).toBe(process.version);
    // Fresh: nothing is said, and nothing done.
    expect((await bootstrap(root, '--without-dev')).stderr).toBe('');
    expect((await bootstrap(root)).stderr).toContain('updating dependencies');
    expect(await installed('only-for-tests')).toBe(true);
    expect((await bootstrap(root)).stderr).toBe('');
  });

  it('takes nothing from a developer when the program is started, fresh or stale', async () => {
    await bootstrap(root);
    expect((await bootstrap(root, '--without-dev')).stderr).toBe('');
    await addPackage(root, 'added', '1.0.0');
    await describeRoot(root, { node: 'file:packages/node', added: 'file:packages/added' });
    expect((await bootstrap(root, '--without-dev')).stderr).toContain('updating dependencies');
    expect([await installed('added'), await installed('only-for-tests')]).toEqual([true, true]);
  });

  it('adds what a newer version needs to an installation without development packages', async () => {
    await bootstrap(root, '--without-dev');
    await addPackage(root, 'added', '1.0.0');
    await describeRoot(root, { node: 'file:packages/node', added: 'file:packages/added' });
    await bootstrap(root, '--without-dev');
    expect([await installed('added'), await installed('only-for-tests')]).toEqual([true, false]);
  });

  it('begins anew when an installation was cut off', async () => {
    await bootstrap(root, '--without-dev');
    await rm(join(root, 'node_modules', '.package-lock.json'));
    await rm(join(root, 'node_modules', '.grunnmur-install'));
    await rm(join(root, 'node_modules', 'node'), { recursive: true });
    await bootstrap(root, '--without-dev');
    expect([await installed('node'), await installed('only-for-tests')]).toEqual([true, false]);
  });

  it('says in a sentence what to do when npm cannot install', async () => {
    await writeFile(
      join(root, 'package.json'),
      (await readFile(join(root, 'package.json'), 'utf8')).replace('"sample"', '"sample" broken'),
    );
    await expect(bootstrap(root)).rejects.toThrow(/Grunnmur: /);
    expect(await installed('node')).toBe(false);
  });
});
