import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * SHA-256 (hex) of every migration and of every bridge from a former text, by path from the root.
 */
export function readMigrationChecksums(root: string): Map<string, string> {
  const rooms = readdirSync(join(root, 'rooms')).map((room) => `rooms/${room}/migrations`);
  const paths = ['kernel/db/migrations', ...rooms].flatMap((folder) => [
    ...sqlFiles(root, folder),
    ...sqlFiles(root, `${folder}/former`),
  ]);
  return new Map(
    paths.sort().map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex'),
    ]),
  );
}

function sqlFiles(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.sql'))
      .map((name) => `${folder}/${name}`);
  } catch {
    return []; // a room without tables
  }
}

/**
 * The list as `sha256sum --check` reads it.
 */
export function frozenText(checksums: ReadonlyMap<string, string>): string {
  return [...checksums].map(([path, checksum]) => `${checksum}  ${path}\n`).join('');
}
