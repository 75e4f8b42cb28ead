import { testDatabase, testFolder } from '@grunnmur/kernel/testing';
import { expect, it } from 'vitest';
import { readConfig } from '../read-config.ts';
import { ROOMS } from '../rooms.ts';
import { storedObjects } from '../stored-objects.ts';

it('reads rooms that share a part of the store together, so that one’s objects are not another’s orphans', async () => {
  const test = await testDatabase();
  const config = readConfig({
    DATABASE_URL: test.ownerUrl,
    GRUNNMUR_DATA: await testFolder(),
  });
  const parts = await storedObjects(config, test.db);
  const scopes = ROOMS.flatMap(({ storage }) => (storage ? [storage.scope] : []));
  expect(parts).toHaveLength(new Set(scopes).size);
  const tables = parts.map((part) => part.tables.map(({ name }) => name));
  expect(tables).toContainEqual(['exchange.melding', 'documents.dokument']);
  expect(tables.flat().toSorted()).toEqual([...new Set(tables.flat())].toSorted());
  // Every table is there, with the columns that are named.
  for (const { name, id, size, sha256, where } of parts.flatMap((part) => part.tables))
    await test.owner.query(`select tenant_id, ${id}, ${size}, ${sha256} from ${name} where ${where} limit 1`);
});
