/**
 * `npx node scripts/freeze-migrations.ts`: writes the checksum of every new migration into test/migrations.sha256. A migration
 * that is there already is frozen: what it did is in databases, so that another text would be a lie (docs/deployment.md §10).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { frozenText, readMigrationChecksums } from './migration-checksums.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const list = join(root, 'test', 'migrations.sha256');
const frozen = readFileSync(list, 'utf8');
const present = readMigrationChecksums(root);

const edited = frozen.split('\n').filter((line) => {
  const [checksum, path] = line.split('  ');
  return path && present.get(path) !== checksum;
});
if (edited.length > 0) {
  console.error(
    `Frozen, but edited or gone:\n${edited.join('\n')}\nPut them back, and write the change as a new migration.`,
  );
  process.exitCode = 1;
} else {
  writeFileSync(list, frozenText(present));
  console.log(`${present.size} migrations are frozen`);
}
