import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../ids/index.ts';
import { type TestDatabase, testDatabase, testFolder } from '../../testing/index.ts';
import { withTransaction } from '../database.ts';
import { migrate, pendingMigrations } from '../migrator.ts';

describe('database', () => {
  let test: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    test = await testDatabase();
    folder = await testFolder();
    await writeFile(
      `${folder}/0001_note.sql`,
      'create table sample.note (id uuid primary key, tenant_id uuid not null, text text);',
    );
    await migrate(test.ownerUrl, [{ room: 'sample', folder: pathToFileURL(`${folder}/`) }]);
  });

  it('shows a tenant its own rows only, and lets nobody write for another', async () => {
    const a = test.ctx();
    const b = test.ctx();
    await withTransaction(a, (trx) =>
      trx.pg.query('insert into sample.note values ($1, $2, $3)', [newId(), a.tenant, 'mine']),
    );
    const seen = (ctx: typeof a) => withTransaction(ctx, (trx) => trx.pg.query('select * from sample.note'));
    expect((await seen(a)).rowCount).toBe(1);
    expect((await seen(b)).rowCount).toBe(0);
    expect((await seen(test.ctx({ tenant: null }))).rowCount).toBe(0);
    const forge = withTransaction(b, (trx) =>
      trx.pg.query('insert into sample.note values ($1, $2, $3)', [newId(), a.tenant, 'x']),
    );
    await expect(forge).rejects.toThrow(/row-level security/);
  });

  it('keeps settings inside their transaction', async () => {
    await withTransaction(test.ctx(), (trx) => trx.pg.query('select 1'));
    const { rows } = await test.db.pool.query(
      `select current_setting('grunnmur.tenant', true) as tenant, current_user as role`,
    );
    expect(rows[0]).toEqual({ tenant: '', role: 'grunnmur_app' });
  });

  it('rolls back everything when the work throws, and reports after commit only', async () => {
    const ctx = test.ctx();
    let told = 0;
    const failing = withTransaction(ctx, async (trx) => {
      trx.afterCommit(() => told++);
      await trx.pg.query('insert into sample.note values ($1, $2, $3)', [newId(), ctx.tenant, 'lost']);
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    const { rowCount } = await withTransaction(ctx, (trx) => trx.pg.query('select from sample.note'));
    expect({ rowCount, told }).toEqual({ rowCount: 0, told: 0 });
  });

  it('refuses an edited migration and a table without a tenant', async () => {
    const source = { room: 'sample', folder: pathToFileURL(`${folder}/`) };
    expect(await pendingMigrations(test.ownerUrl, [source])).toEqual([]);
    await writeFile(`${folder}/0002_loose.sql`, 'create table sample.loose (id uuid primary key);');
    await expect(migrate(test.ownerUrl, [source])).rejects.toThrow(/sample.loose has no tenant_id/);
    await writeFile(`${folder}/0001_note.sql`, 'create table sample.note (id uuid primary key);');
    await expect(migrate(test.ownerUrl, [source])).rejects.toThrow(/was edited/);
    await expect(pendingMigrations(test.ownerUrl, [source])).rejects.toThrow(/was edited/);
  });
});
