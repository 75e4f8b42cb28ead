import { randomUUID } from 'node:crypto';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAdresse } from '../service/kontoer/manage-adresser.ts';
import { acceptAvsender } from '../service/kontoer/manage-avsendere.ts';
import { askForTilgang, giveTilgang } from '../service/kontoer/manage-tilganger.ts';
import {
  createFixture,
  createOrganisation,
  createTestSystem,
  type Fixture,
  FYLKE,
  KOMMUNE,
  LEVERANDOR,
  sharedKeys,
  type TestSystem,
} from './kontoer-fixture.ts';

const TABLES = [
  'organisasjon',
  'system',
  'konto',
  'konto_part',
  'nokkel',
  'tilgang',
  'akseptert_avsender',
  'adresse',
];
const VIEWS = ['offentlig_system', 'offentlig_konto', 'offentlig_part'];

describe('isolation of accounts, by direct SQL under the application role', () => {
  let fixture: Fixture;
  let mine: TestSystem;
  let theirs: TestSystem;
  let theirKonto: string;
  let third: Ctx;

  beforeAll(async () => {
    fixture = await createFixture();
    mine = await createTestSystem(fixture, await createOrganisation(fixture, KOMMUNE));
    theirs = await createTestSystem(fixture, await createOrganisation(fixture, LEVERANDOR));
    third = await createOrganisation(fixture, FYLKE);
    await fixture.admin.setKommunenummer(theirs.ctx, '4601');
    theirKonto = await fixture.admin.createKonto(theirs.ctx, {
      systemId: theirs.systemId,
      navn: 'Deres',
      protokoll: 'no.ks.fiks.arkiv',
      parter: [{ part: 'arkiv.full', versjon: 'v1' }],
      offentligNokkel: (await sharedKeys()).certificatePem,
    });
    const sister = await createTestSystem(fixture, fixture.operator(theirs.tenant));
    await giveTilgang(theirs.ctx, fixture.deps, theirKonto, sister.systemId);
    await acceptAvsender(theirs.ctx, fixture.deps, theirKonto, theirKonto);
    await createAdresse(theirs.ctx, fixture.deps, theirKonto, 'Postmottak');
  });

  const query = (ctx: Ctx, text: string, values: unknown[] = []) =>
    withTransaction(ctx, (trx) => trx.pg.query(text, values));

  it.each(TABLES)('%s: no row of another organisation can be read, changed or deleted', async (table) => {
    const own = await query(theirs.ctx, `select count(*)::int as n from exchange.${table}`);
    expect(own.rows[0].n).toBeGreaterThan(0);
    for (const ctx of [third, fixture.test.ctx({ tenant: null })]) {
      const seen = await query(ctx, `select tenant_id from exchange.${table}`);
      expect(seen.rows).toEqual([]);
      // Nothing is seen to be changed, or nobody may do that to the table at all.
      for (const change of [
        `update exchange.${table} set tenant_id = tenant_id`,
        `delete from exchange.${table}`,
      ]) {
        const touched = await query(ctx, change).then(
          ({ rowCount }) => rowCount,
          (error: { code: string }) => error.code,
        );
        expect(touched).toBeOneOf([0, '42501']);
      }
    }
  });

  it('writes nothing for another organisation', async () => {
    for (const [text, values] of [
      [`insert into exchange.organisasjon values ($1, '0301')`, [theirs.tenant]],
      [`insert into exchange.akseptert_avsender values ($1, $1, $2, now())`, [theirKonto, theirs.tenant]],
      [
        `insert into exchange.tilgang values ($1, $2, $3, $4, 'GITT', now(), 'x', now())`,
        [theirKonto, mine.systemId, theirs.tenant, mine.tenant],
      ],
    ] as const)
      await expect(query(mine.ctx, text, [...values])).rejects.toThrow(/row-level security/);
  });

  it('keeps the history of keys: it cannot be deleted by anybody', async () => {
    await expect(query(theirs.ctx, 'delete from exchange.nokkel')).rejects.toThrow(/permission denied/);
  });

  it.each(VIEWS)('%s: shows nothing of a system that is not public', async (view) => {
    expect((await query(third, `select * from exchange.${view}`)).rows).toEqual([]);
  });

  it('asks for access only for an own system and only to what can be seen', async () => {
    const ask = (ctx: Ctx, system: string, konto: string) =>
      query(ctx, `select exchange.be_om_tilgang($1, $2, now(), 'x') as status`, [system, konto]);
    expect((await ask(third, mine.systemId, theirKonto)).rows[0].status).toBeNull();
    expect((await ask(mine.ctx, mine.systemId, theirKonto)).rows[0].status).toBeNull();
    expect((await ask(mine.ctx, theirs.systemId, theirKonto)).rows[0].status).toBeNull();
    expect((await ask(mine.ctx, mine.systemId, randomUUID())).rows[0].status).toBeNull();
  });

  it('lets a system see and give up its own access, but not grant it', async () => {
    await fixture.test.owner.query('update exchange.system set offentlig = true where id = $1', [
      theirs.systemId,
    ]);
    expect(await askForTilgang(mine.ctx, fixture.deps, mine.systemId, theirKonto)).toBe('FORESPURT');
    const grant = `update exchange.tilgang set status = 'GITT', gitt = now() where system_id = $1`;
    expect((await query(mine.ctx, grant, [mine.systemId])).rowCount).toBe(0);
    const seen = await query(mine.ctx, 'select system_id, status from exchange.tilgang');
    expect(seen.rows).toEqual([{ system_id: mine.systemId, status: 'FORESPURT' }]);
    expect((await query(third, 'select * from exchange.tilgang')).rows).toEqual([]);
    expect((await query(mine.ctx, 'delete from exchange.tilgang')).rowCount).toBe(1);
  });
});
