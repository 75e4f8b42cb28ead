import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './read-sources.ts';

/** A workspace, or the repository's root, with what its package.json says. */
export interface Package {
  name: string;
  /** Folder from the root; '' for the root itself. */
  folder: string;
  kind: 'root' | 'library' | 'kernel' | 'room' | 'app' | 'tool';
  /** Sub-paths that others may import. */
  exports: ReadonlySet<string>;
  dependencies: ReadonlySet<string>;
  devDependencies: ReadonlySet<string>;
}

interface Manifest {
  name: string;
  workspaces?: string[];
  exports?: Record<string, string>;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;

function kindOf(folder: string): Package['kind'] {
  if (folder === '') return 'root';
  if (folder === 'kernel') return 'kernel';
  if (folder.startsWith('packages/')) return 'library';
  if (folder.startsWith('rooms/')) return 'room';
  return folder.startsWith('apps/') ? 'app' : 'tool';
}

function readPackage(folder: string): Package {
  const {
    name,
    exports = {},
    dependencies,
    optionalDependencies,
    peerDependencies,
    devDependencies,
  } = manifest(folder);
  return {
    name,
    folder,
    kind: kindOf(folder),
    exports: new Set(Object.keys(exports)),
    dependencies: new Set(Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })),
    devDependencies: new Set(Object.keys(devDependencies ?? {})),
  };
}

/** The root package first, then every workspace. */
export function readPackages(): Package[] {
  const folders = (manifest('').workspaces ?? []).flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(ROOT, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${parent}/${entry.name}`)
      .sort();
  });
  return ['', ...folders].map(readPackage);
}

/** The package a file belongs to. */
export function packageOf(packages: readonly Package[], path: string): Package {
  const found =
    packages.find((each) => each.folder !== '' && path.startsWith(`${each.folder}/`)) ?? packages[0];
  if (!found) throw new Error('No package.json was read');
  return found;
}

/** `@scope/name/sub` → name and sub-path as package.json's `exports` writes it. */
export function splitSpecifier(specifier: string): { name: string; subPath: string } {
  const parts = specifier.split('/');
  const length = specifier.startsWith('@') ? 2 : 1;
  const rest = parts.slice(length).join('/');
  return { name: parts.slice(0, length).join('/'), subPath: rest === '' ? '.' : `./${rest}` };
}
