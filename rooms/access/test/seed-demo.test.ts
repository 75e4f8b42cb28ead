import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DemoInput } from '../create-room.ts';
import {
  createFixture,
  type Fixture,
  KOMMUNE,
  LEVERANDOR,
  operatorCtx,
  requestToken,
  signAssertion,
} from './fixture.ts';

const KONTO = randomUUID();
const INPUT: DemoInput = {
  organisations: [
    { orgnr: KOMMUNE, name: 'Eksempel kommune', kind: 'kommune' },
    { orgnr: LEVERANDOR, name: 'Døme leverandør', kind: 'leverandor', language: 'nn' },
  ],
  integrations: [{ name: 'fagsystem', orgnr: KOMMUNE, svarutKontoIds: [KONTO] }],
  svarutV1Accounts: [{ username: 'eksempel', orgnr: KOMMUNE, kontoId: KONTO }],
  mottakersystemer: [{ username: 'mottak', name: 'Arkiv', orgnr: LEVERANDOR }],
  roles: [{ fnr: '01819010192', orgnr: KOMMUNE, role: 'organisasjonsadministrator' }],
};

describe('demonstration access', () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await createFixture();
  });

  it('is the same at every start, and creates nothing twice', async () => {
    const first = await fixture.seedDemo(operatorCtx(fixture), INPUT);
    const audited = async () =>
      (await fixture.test.owner.query('select count(*)::int as n from kernel.audit')).rows[0].n;
    const entries = await audited();
    const second = await (await fixture.restart()).seedDemo(operatorCtx(fixture), INPUT);
    expect(second).toEqual(first);
    expect(await audited()).toBe(entries);
    expect(first.organisations).toEqual([
      { orgnr: KOMMUNE, name: 'Eksempel kommune' },
      { orgnr: LEVERANDOR, name: 'Døme leverandør' },
    ]);
    const { rows } = await fixture.test.owner.query(
      `select coalesce(string_agg(t::text, ''), '') as all from (select i::text from access.integration i union all
       select a::text from access.account_v1 a union all select m::text from access.mottakersystem_login m) t`,
    );
    for (const secret of [first.integrations[0]!.integrasjonPassord, first.svarutV1Accounts[0]!.password])
      expect(rows[0].all).not.toContain(secret);
  });

  it('works for logging in', async () => {
    const demo = await fixture.seedDemo(operatorCtx(fixture), INPUT);
    const integration = demo.integrations[0]!;
    const assertion = await signAssertion(integration, fixture.clock.now);
    const { body } = await requestToken(fixture.app, assertion);
    const principal = await fixture.access.authenticateIntegration({
      authorization: `Bearer ${body.access_token}`,
      integrasjonId: integration.integrasjonId,
      integrasjonPassord: integration.integrasjonPassord,
    });
    expect(principal.grants.map((grant) => [grant.resourceKind, grant.resourceId])).toEqual([
      ['svarut.konto', KONTO],
    ]);
    const basic = ({ username, password }: { username: string; password: string }) =>
      `Basic ${btoa(`${username}:${password}`)}`;
    const account = await fixture.access.authenticateAccount(basic(demo.svarutV1Accounts[0]!));
    expect(account.kontoId).toBe(KONTO);
    const system = await fixture.access.authenticateMottakersystem(basic(demo.mottakersystemer[0]!));
    expect(system.certificatePem).toBe(demo.mottakersystemer[0]!.certificatePem);
  });

  it('recovers when the master key is another', async () => {
    const before = await fixture.seedDemo(operatorCtx(fixture), INPUT);
    const other = await fixture.restart({ masterKey: new Uint8Array(32).fill(9) });
    const after = await other.seedDemo(operatorCtx(fixture), INPUT);
    expect(after.svarutV1Accounts[0]!.password).not.toBe(before.svarutV1Accounts[0]!.password);
    for (const { username, password } of after.svarutV1Accounts)
      await other.access.authenticateAccount(`Basic ${btoa(`${username}:${password}`)}`);
    const mottak = after.mottakersystemer[0]!;
    const system = await other.access.authenticateMottakersystem(
      `Basic ${btoa(`${mottak.username}:${mottak.password}`)}`,
    );
    expect(system.certificatePem).toBe(mottak.certificatePem);
  });
});
