import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMigrationChecksums } from '../scripts/migration-checksums.ts';
import { ROOT } from './boundaries/read-sources.ts';

const frozen = new Map(
  readFileSync(join(ROOT, 'test', 'migrations.sha256'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('  ').reverse() as [path: string, checksum: string]),
);
const present = readMigrationChecksums(ROOT);

/** What is wrong with `now`, as a reader should see it. */
function faults(now: ReadonlyMap<string, string>): string[] {
  return [
    ...[...frozen].flatMap(([path, checksum]) =>
      now.get(path) === checksum
        ? []
        : [`${path} is frozen: put it back and write the change as a new migration`],
    ),
    ...[...now.keys()].flatMap((path) =>
      frozen.has(path) ? [] : [`${path} is new: freeze it with npx node scripts/freeze-migrations.ts`],
    ),
  ];
}

describe('migrations', () => {
  it('are as they were when they were frozen', () => {
    console.log(`migrations: ${present.size} files, ${frozen.size} frozen`);
    expect(present.size).toBeGreaterThan(15);
    expect(faults(present)).toEqual([]);
  });

  it('are missed when one is edited, gone or new', () => {
    const [first, second] = [...frozen.keys()] as [string, string];
    expect(faults(new Map(frozen).set(first, '0'))).toEqual([expect.stringContaining(`${first} is frozen`)]);
    const gone = new Map(frozen);
    gone.delete(second);
    expect(faults(gone)).toEqual([expect.stringContaining(`${second} is frozen`)]);
    const added = new Map(frozen).set('rooms/post/migrations/9999_x.sql', '0');
    expect(faults(added)).toEqual([expect.stringContaining('9999_x.sql is new')]);
  });
});
