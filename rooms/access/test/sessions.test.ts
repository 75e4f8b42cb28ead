import { MINUTE_MS } from '@grunnmur/kernel/time';
import { personNumberRules } from '@grunnmur/registers';
import { beforeAll, describe, expect, it } from 'vitest';
import { createFixture, type Fixture, operatorCtx } from './fixture.ts';

const PERSON = '01819010192';

describe('portal sessions', () => {
  let fixture: Fixture;
  let start: Date;

  beforeAll(async () => {
    fixture = await createFixture({ session: { idleMs: 30 * MINUTE_MS, absoluteMs: 120 * MINUTE_MS } });
    start = fixture.clock.now;
  });

  const ctx = () => operatorCtx(fixture);
  const after = (minutes: number) => {
    fixture.clock.now = new Date(start.getTime() + minutes * MINUTE_MS);
  };
  const create = async () => {
    after(0);
    return fixture.access.createSession(ctx(), { fnr: PERSON, level: 4, idToken: 'a.b.c' });
  };

  it('is found by its token in any process, which is stored only as a hash', async () => {
    const { token, session } = await create();
    const elsewhere = await fixture.restart();
    expect(await elsewhere.access.findSession(ctx(), token)).toEqual(session);
    expect(session).toEqual({
      fnr: PERSON,
      level: 4,
      idToken: 'a.b.c',
      createdAt: start,
      expiresAt: new Date(start.getTime() + 120 * MINUTE_MS),
    });
    const { rows } = await fixture.test.owner.query('select s::text as row from access.session s');
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('is not made in a demonstration for the number of a real person, and neither is a role', async () => {
    const { access } = await fixture.restart({ personNumbers: personNumberRules(true) });
    const real = '01010750160';
    const refusal = {
      code: 'kernel.validation',
      fields: [{ field: 'fnr', rule: 'real', message: expect.stringContaining('bare imot syntetiske') }],
    };
    await expect(access.createSession(ctx(), { fnr: real, level: 3 })).rejects.toMatchObject(refusal);
    await expect(access.admin.addRole(ctx(), real, 'loggleser')).rejects.toMatchObject(refusal);
    await expect(access.createSession(ctx(), { fnr: PERSON, level: 3 })).resolves.toBeDefined();
  });

  it('leaves when and at which level in the log that its person reads', async () => {
    const logins = async () => {
      const { rows } = await fixture.test.owner.query(
        `select tenant_id as tenant, actor_kind as kind, actor_id as actor, outcome, detail from kernel.audit
         where operation = 'access.innlogging' and subject = $1 order by at, seq`,
        [PERSON],
      );
      return rows;
    };
    const before = (await logins()).length;
    await create();
    expect((await logins()).slice(before)).toEqual([
      {
        tenant: '00000000-0000-0000-0000-000000000000',
        kind: 'person',
        actor: PERSON,
        outcome: 'ok',
        detail: { niva: 4 },
      },
    ]);
  });

  it('knows no other token', async () => {
    const { token } = await create();
    const other = `${token.slice(0, -1)}${token.endsWith('A') ? 'E' : 'A'}`;
    for (const wrong of [other, '', 'x', `${token}x`, "' or true --"])
      expect(await fixture.access.findSession(ctx(), wrong)).toBeNull();
  });

  it('ends when idle, lives on while used, and ends absolutely', async () => {
    const idle = await create();
    after(31);
    expect(await fixture.access.findSession(ctx(), idle.token)).toBeNull();
    const used = await create();
    for (const minute of [25, 50, 75, 100, 119]) {
      after(minute);
      expect(await fixture.access.findSession(ctx(), used.token)).not.toBeNull();
    }
    after(121);
    expect(await fixture.access.findSession(ctx(), used.token)).toBeNull();
  });

  it('ends once, and gives the hint for the login service then', async () => {
    const { token, session } = await create();
    expect(await fixture.access.endSession(ctx(), token)).toEqual(session);
    expect(await fixture.access.endSession(ctx(), token)).toBeNull();
    expect(await fixture.access.findSession(ctx(), token)).toBeNull();
  });

  it('is for a valid identity number', async () => {
    const wrong = fixture.access.createSession(ctx(), { fnr: '12345678901', level: 3 });
    await expect(wrong).rejects.toMatchObject({ code: 'kernel.validation' });
  });

  it('leaves no row behind when it has ended', async () => {
    const { owner } = fixture.test;
    await create();
    await owner.query(`update access.session set last_seen_at = now() - interval '3 hours',
      expires_at = now() - interval '1 hour'`);
    await create();
    after(10_000);
    const purge = fixture.room.schedules!.find((schedule) => schedule.name === 'access.purge')!;
    await purge.run(ctx());
    // The one that lives stays, however far ahead the caller's clock is.
    expect((await owner.query('select from access.session')).rowCount).toBe(1);
  });
});
