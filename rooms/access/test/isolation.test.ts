import { randomUUID } from 'node:crypto';
import { withCtx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createFixture,
  createOrganisation,
  type Fixture,
  KOMMUNE,
  LEVERANDOR,
  operatorCtx,
  selfSigned,
} from './fixture.ts';

const PERSON = '01819010192';
const OTHER_PERSON = '01819010273';
const TENANT_TABLES = [
  'organisation',
  'person_role',
  'system',
  'integration',
  'integration_grant',
  'account_v1',
  'mottakersystem_login',
  'oauth_client',
  'delegation',
  'demo_secret',
];

describe('isolation, by direct SQL under the application role', () => {
  let fixture: Fixture;
  let mine: Awaited<ReturnType<typeof createOrganisation>>;
  let theirs: Awaited<ReturnType<typeof createOrganisation>>;
  let integrationId: string;

  beforeAll(async () => {
    fixture = await createFixture();
    mine = await createOrganisation(fixture, KOMMUNE);
    theirs = await createOrganisation(fixture, LEVERANDOR);
    const { admin } = fixture.access;
    const { certificatePem } = await selfSigned(LEVERANDOR, fixture.clock.now);
    const { id: system } = await admin.createSystem(theirs.ctx, { name: 'Fagsystem' });
    const integration = { name: 'Fagsystem', authorisedOrgnr: LEVERANDOR, system };
    ({ integrationId } = await admin.createIntegration(theirs.ctx, integration));
    await admin.grant(theirs.ctx, integrationId, 'svarut.konto', randomUUID());
    await admin.createAccount(theirs.ctx, { username: 'konto', kontoId: randomUUID() });
    await admin.createMottakersystem(theirs.ctx, { username: 'mottak', name: 'Arkiv', certificatePem });
    await admin.addRole(theirs.ctx, PERSON, 'avsender');
    await admin.createOauthClient(theirs.ctx, {
      clientId: 'klient',
      scopes: ['ks:fiks'],
      certificateFingerprints: ['a'.repeat(64)],
    });
    await admin.addDelegation(theirs.ctx, { supplierOrgnr: KOMMUNE, scope: 'ks:fiks' });
    await withTransaction(theirs.ctx, (trx) =>
      trx.pg.query(`insert into access.demo_secret values ('x', $1, '\\x00')`, [theirs.id]),
    );
  });

  const query = (ctx: typeof mine.ctx, text: string, values: unknown[] = []) =>
    withTransaction(ctx, (trx) => trx.pg.query(text, values));

  it.each(TENANT_TABLES)('%s: another organisation sees, changes and removes nothing', async (table) => {
    const total = await fixture.test.owner.query(`select from access.${table}`);
    expect(total.rowCount).toBeGreaterThan(0);
    const strangers = [mine.ctx, operatorCtx(fixture), withCtx(mine.ctx, { tenant: randomUUID() })];
    for (const ctx of strangers) {
      const visible = await query(ctx, `select tenant_id from access.${table} where tenant_id = $1`, [
        theirs.id,
      ]);
      expect(visible.rowCount).toBe(0);
      // Nothing is seen to be removed, or nobody may remove from it at all.
      const removed = await query(ctx, `delete from access.${table} where tenant_id = $1`, [theirs.id]).then(
        ({ rowCount }) => rowCount,
        (error: { code: string }) => error.code,
      );
      expect(removed).toBeOneOf([0, '42501']);
    }
    expect((await fixture.test.owner.query(`select from access.${table}`)).rowCount).toBe(total.rowCount);
  });

  it('covers every table that has a tenant', async () => {
    const { rows } = await fixture.test.owner.query(
      `select table_name from information_schema.columns where table_schema = 'access' and column_name = 'tenant_id'
       and table_name in (select tablename from pg_tables where schemaname = 'access')`,
    );
    expect(rows.map((row) => row.table_name).sort()).toEqual([...TENANT_TABLES].sort());
  });

  it('writes no row for another organisation', async () => {
    const forged = query(
      mine.ctx,
      `insert into access.person_role values ($1, $2, 'organisasjonsadministrator', now())`,
      [theirs.id, OTHER_PERSON],
    );
    await expect(forged).rejects.toThrow(/row-level security/);
    const granted = query(
      mine.ctx,
      `insert into access.integration_grant values ($1, 'svarut.konto', $2, $3, now())`,
      [integrationId, randomUUID(), theirs.id],
    );
    await expect(granted).rejects.toThrow(/row-level security/);
  });

  it('treats another organisation’s things as not there', async () => {
    const { admin } = fixture.access;
    const attempts = [
      () => admin.rotateIntegrationPassword(mine.ctx, integrationId),
      () => admin.setIntegrationActive(mine.ctx, integrationId, false),
      () => admin.rotateAccountPassword(mine.ctx, 'konto'),
      () => admin.setMottakersystemActive(mine.ctx, 'mottak', false),
      () => admin.setOauthClientActive(mine.ctx, 'klient', false),
      () => admin.setOauthClientKeys(mine.ctx, 'klient', {}),
      () => admin.removeRole(mine.ctx, PERSON, 'avsender'),
      () => admin.grant(mine.ctx, randomUUID(), 'svarut.konto', randomUUID()),
    ];
    for (const attempt of attempts)
      await expect(attempt()).rejects.toMatchObject({ code: 'access.not_found' });
    const taken = admin.createAccount(mine.ctx, { username: 'konto', kontoId: randomUUID() });
    await expect(taken).rejects.toMatchObject({ code: 'access.already_exists' });
    const sameNumber = admin.createOrganisation(operatorCtx(fixture), {
      orgnr: KOMMUNE,
      name: 'X',
      kind: 'annet',
    });
    await expect(sameNumber).rejects.toMatchObject({ code: 'access.organisation_exists' });
  });

  it('cannot put an integration under another organisation’s system', async () => {
    const { rows } = await fixture.test.owner.query('select id from access.system');
    const input = { name: 'X', authorisedOrgnr: KOMMUNE, system: rows[0].id };
    await expect(fixture.access.admin.createIntegration(mine.ctx, input)).rejects.toMatchObject({
      code: 'access.not_found',
    });
  });

  it('gives credentials for one exact key only, and never as a list', async () => {
    const login = 'select id from access.integration_for_login($1)';
    const nobody = { ...mine.ctx, tenant: null };
    expect((await query(nobody, login, [integrationId])).rowCount).toBe(1);
    // Nobody has logged in yet when it is asked; who has, is told of no other organisation's.
    expect((await query(mine.ctx, login, [integrationId])).rowCount).toBe(0);
    const list = await query(mine.ctx, 'select password_hash from access.integration');
    expect(list.rowCount).toBe(0);
  });

  it('lets every organisation see names and numbers of all', async () => {
    expect(await fixture.access.findOrganisation(mine.ctx, { orgnr: LEVERANDOR })).toMatchObject({
      id: theirs.id,
      name: `Eksempel ${LEVERANDOR}`,
    });
    expect(await fixture.access.findOrganisation(mine.ctx, { id: randomUUID() })).toBeNull();
    expect(await fixture.access.listOrganisations(operatorCtx(fixture))).toHaveLength(2);
  });

  it('shows a person their own roles and sessions only', async () => {
    const as = (fnr: string) => operatorCtxAs(fnr);
    const operatorCtxAs = (fnr: string) =>
      withCtx(operatorCtx(fixture), { tenant: null, actor: { kind: 'person' as const, id: fnr } });
    await fixture.access.createSession(operatorCtx(fixture), { fnr: PERSON, level: 3 });
    for (const table of ['person_role', 'session']) {
      expect((await query(as(PERSON), `select from access.${table}`)).rowCount).toBe(1);
      expect((await query(as(OTHER_PERSON), `select from access.${table}`)).rowCount).toBe(0);
      expect((await query(mine.ctx, `select from access.${table}`)).rowCount).toBe(0);
    }
  });

  it('refuses wrong organisation numbers in the database too', async () => {
    const valid = await fixture.test.owner.query(
      `select access.valid_orgnr(n) as ok from unnest(array['${KOMMUNE}', '310000018', '110000019', '31000001', 'x']) n`,
    );
    expect(valid.rows.map((row) => row.ok)).toEqual([true, false, false, false, false]);
    const wrong = fixture.access.admin.createOrganisation(operatorCtx(fixture), {
      orgnr: '310000018',
      name: 'X',
      kind: 'annet',
    });
    await expect(wrong).rejects.toMatchObject({ code: 'kernel.validation', fields: [{ field: 'orgnr' }] });
  });

  it('writes every change to the audit log of its organisation, without secrets or names', async () => {
    const { rows } = await fixture.test.owner.query(
      `select operation, subject, detail::text from kernel.audit where tenant_id = $1 order by operation`,
      [theirs.id],
    );
    expect(rows.map((row) => row.operation)).toEqual([
      'access.account.create',
      'access.delegation.add',
      'access.grant.add.svarut.konto',
      'access.integration.create',
      'access.mottakersystem.create',
      'access.oauth-client.create',
      'access.organisation.create',
      'access.role.add.avsender',
      'access.system.create',
    ]);
    expect(rows.find((row) => row.operation === 'access.role.add.avsender').subject).toBe(PERSON);
    expect(JSON.stringify(rows)).not.toMatch(/hmac|Fagsystem|BEGIN/);
  });
});
