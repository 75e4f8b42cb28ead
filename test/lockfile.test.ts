import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;
type Wishes = { [kind in (typeof KINDS)[number]]?: Record<string, string> };

const read = <T>(path: string): T => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as T;
const lock = read<{
  packages: Record<string, Wishes & { link?: boolean; resolved?: string; version?: string }>;
}>('package-lock.json');

/** Workspaces appear in the lock file under their folder, the root under the empty string. */
const workspaces = Object.keys(lock.packages).filter((path) => !path.includes('node_modules'));

describe('package-lock.json', () => {
  it('knows the workspaces', () => expect(workspaces.length).toBeGreaterThan(5));

  it.each(workspaces)('agrees with package.json of "%s"', (folder) => {
    const wanted = read<Wishes>(join(folder, 'package.json'));
    for (const kind of KINDS) expect(lock.packages[folder]?.[kind] ?? {}, kind).toEqual(wanted[kind] ?? {});
  });

  it('names no registry host, so that everybody installs from the registry they use', () => {
    const hosts = Object.values(lock.packages).filter(
      (each) => !each.link && each.resolved?.startsWith('http'),
    );
    expect(hosts.map((each) => each.resolved)).toEqual([]);
  });
});
