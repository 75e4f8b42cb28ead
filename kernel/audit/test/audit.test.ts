import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx/index.ts';
import { withTransaction } from '../../db/index.ts';
import { newId } from '../../ids/index.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import {
  type AuditEntry,
  audit,
  auditChoicesForPerson,
  auditMattersForPerson,
  type MatterQuery,
  verifyAudit,
} from '../index.ts';

const FNR = '12345678901';
const READ: AuditEntry = { operation: 'probe.letter.read', outcome: 'ok' };

describe('audit', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await testDatabase();
  });

  const write = (ctx: Ctx, ...entries: AuditEntry[]) => withTransaction(ctx, (trx) => audit(trx, entries));
  const person = (change: Partial<Ctx> = {}) =>
    test.ctx({ tenant: null, actor: { kind: 'person', id: FNR }, ...change });

  async function chainsOf(tenant: string) {
    const { rows } = await test.owner.query(
      'select chain, seq from kernel.audit_head where tenant_id = $1 order by chain',
      [tenant],
    );
    return rows as { chain: number; seq: number }[];
  }

  it('stores who, what, why and when, and verifies', async () => {
    const at = new Date('2025-03-04T05:06:07.890Z');
    const ctx = test.ctx({
      actor: { kind: 'integration', id: 'in:1', name: 'Fagsystem Ærø' },
      purpose: 'saksbehandling',
      legalBasis: 'forvaltningsloven § 16',
      traceId: 't',
      now: () => at,
    });
    const object = newId();
    const full: AuditEntry = {
      operation: 'probe.letter.read',
      subject: '910000001',
      object,
      purpose: 'innsyn, og: 5:annet',
      outcome: 'refused',
      informationKind: 'letter',
      detail: { b: [1, 2.5, 1e21], a: 'æ\\u0041"', n: null },
    };
    await write(ctx, full, READ);
    await write(ctx, { ...READ, outcome: 'failed', detail: null });
    const { rows } = await withTransaction(ctx, (trx) =>
      trx.pg.query('select * from kernel.audit order by chain, seq'),
    );
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({
      tenant_id: ctx.tenant,
      chain: 0,
      seq: 1,
      at,
      actor_kind: 'integration',
      actor_id: 'in:1',
      actor_name: 'Fagsystem Ærø',
      request_id: ctx.requestId,
      operation: 'probe.letter.read',
      subject: '910000001',
      object,
      purpose: 'innsyn, og: 5:annet',
      legal_basis: 'forvaltningsloven § 16',
      outcome: 'refused',
      information_kind: 'letter',
      detail: { b: [1, 2.5, 1e21], a: 'æ\\u0041"', n: null },
    });
    expect(rows[1]).toMatchObject({
      seq: 2,
      purpose: 'saksbehandling',
      subject: null,
      object: null,
      detail: null,
    });
    expect(await verifyAudit(test.owner, { tenant: ctx.tenant! })).toMatchObject({
      tenants: 1,
      entries: 3,
      broken: 0,
      heads: [{ tenant: ctx.tenant, chain: 0, seq: 3 }],
    });
  });

  it('writes with the transaction only, and only once per call', async () => {
    const ctx = test.ctx();
    await write(ctx, READ);
    const failing = withTransaction(ctx, async (trx) => {
      await audit(trx, [READ]);
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    await write(ctx);
    expect(await chainsOf(ctx.tenant!)).toEqual([{ chain: 0, seq: 1 }]);
    expect((await verifyAudit(test.owner, { tenant: ctx.tenant! })).broken).toBe(0);
  });

  it('cannot be avoided by text that the database does not store', async () => {
    const ctx = test.ctx();
    await write(ctx, { ...READ, subject: '1\0', purpose: '\ud800', detail: { name: 'a\0b' } });
    const { rows } = await withTransaction(ctx, (trx) => trx.pg.query('select * from kernel.audit'));
    expect(rows).toMatchObject([{ subject: '1', purpose: '\ufffd', detail: { name: 'ab' } }]);
    expect((await verifyAudit(test.owner, { tenant: ctx.tenant! })).breaks).toEqual([]);
  });

  it('refuses what is too large, and what is no outcome', async () => {
    const ctx = test.ctx();
    await expect(write(ctx, { ...READ, detail: 'x'.repeat(17_000) })).rejects.toThrow(/detail/);
    await expect(write(ctx, { ...READ, purpose: 'x'.repeat(1001) })).rejects.toThrow(/purpose/);
    await expect(write(ctx, { ...READ, outcome: 'maybe' as 'ok' })).rejects.toThrow(/check constraint/);
    await expect(write(ctx, ...Array.from({ length: 1001 }, () => READ))).rejects.toThrow(/1000/);
  });

  it('stays verifiable under concurrent writers, who need not wait for each other', async () => {
    const tenants = [test.ctx(), test.ctx()];
    const writers = Array.from({ length: 16 }, async (_, writer) => {
      for (let n = 0; n < 8; n++) {
        await withTransaction(tenants[(writer + n) % 2]!, async (trx) => {
          await audit(trx, [
            { ...READ, detail: { writer, n } },
            { ...READ, subject: FNR },
          ]);
          await audit(trx, [READ]);
        });
      }
    });
    await Promise.all(writers);
    const all = await Promise.all(tenants.map((ctx) => verifyAudit(test.owner, { tenant: ctx.tenant! })));
    expect(all.map((result) => result.entries)).toEqual([192, 192]);
    expect(all.map((result) => result.breaks)).toEqual([[], []]);
    // One transaction keeps its chain open; the other one takes another, and both stand.
    const ctx = test.ctx();
    await withTransaction(ctx, async (trx) => {
      await audit(trx, [READ]);
      await write(ctx, READ);
      await audit(trx, [READ]);
    });
    expect(await chainsOf(ctx.tenant!)).toEqual([
      { chain: 0, seq: 2 },
      { chain: 1, seq: 1 },
    ]);
    expect((await verifyAudit(test.owner, { tenant: ctx.tenant! })).breaks).toEqual([]);
  });

  it('opens at most sixteen chains, and lets the rest wait', async () => {
    const ctx = test.ctx();
    const append = `begin; select set_config('grunnmur.tenant', '${ctx.tenant}', true),
      set_config('grunnmur.actor', 'system:test', true); select kernel.audit_append(now(), null, 'r',
      '[{"operation": "a.b", "outcome": "ok"}]')`;
    let through = 0;
    let open: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const writers = Array.from({ length: 20 }, async () => {
      const client = new pg.Client({ connectionString: test.ownerUrl });
      await client.connect();
      await client.query(append);
      through++;
      await gate;
      await client.query('commit');
      await client.end();
    });
    while (through < 16) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await chainsOf(ctx.tenant!)).toEqual([]); // nothing is committed yet
    open!();
    await Promise.all(writers);
    const chains = await chainsOf(ctx.tenant!);
    expect(chains.map((chain) => chain.chain)).toEqual(Array.from({ length: 16 }, (_, n) => n));
    expect(chains.reduce((sum, chain) => sum + Number(chain.seq), 0)).toBe(20);
    expect((await verifyAudit(test.owner, { tenant: ctx.tenant! })).breaks).toEqual([]);
  });

  it('lets the application neither change nor forge the log', async () => {
    const ctx = test.ctx();
    await write(ctx, READ);
    const attempts = [
      `update kernel.audit set operation = 'x'`,
      'delete from kernel.audit',
      'truncate kernel.audit',
      `insert into kernel.audit select * from kernel.audit`,
      'update kernel.audit_head set seq = 0',
      'delete from kernel.audit_head',
      `insert into kernel.audit_head values (kernel.current_tenant(), 9, 0, '')`,
      'alter table kernel.audit disable row level security',
      `create or replace function kernel.audit_field(value text) returns text language sql as 'select null'`,
    ];
    for (const attempt of attempts) {
      await expect(
        withTransaction(ctx, (trx) => trx.pg.query(attempt)),
        attempt,
      ).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  it('shows a tenant its own entries, and a person those about the person, of every tenant', async () => {
    const [a, b] = [test.ctx(), test.ctx()];
    const fnr = '10987654321';
    await write(a, { ...READ, subject: fnr }, { ...READ, subject: '11111111111' }, READ);
    await write(b, { ...READ, subject: fnr });
    const count = async (ctx: Ctx) =>
      (await withTransaction(ctx, (trx) => trx.pg.query('select from kernel.audit'))).rowCount;
    expect(await count(a)).toBe(3);
    expect(await count(b)).toBe(1);
    expect(await count(test.ctx())).toBe(0);
    expect(await count(test.ctx({ tenant: null }))).toBe(0);
    expect(await count(person({ actor: { kind: 'person', id: fnr } }))).toBe(2);
    expect(await count(person({ actor: { kind: 'person', id: '22222222222' } }))).toBe(0);
    // The person setting is for reading only the own rows: a person cannot see the tenant's heads.
    const heads = withTransaction(person({ actor: { kind: 'person', id: fnr } }), (trx) =>
      trx.pg.query('select from kernel.audit_head'),
    );
    expect((await heads).rowCount).toBe(0);
  });

  describe('“who has used my information”', () => {
    const fnr = '13579246801';
    const letters = ['0198c0de-0000-7000-8000-000000000001', '0198c0de-0000-7000-8000-000000000002'];
    const day = (n: number) => new Date(Date.UTC(2025, 0, n));
    const year = { from: day(1), to: day(365) };
    const me = () => person({ actor: { kind: 'person', id: fnr } });
    const tenants: Ctx[] = [];

    beforeAll(async () => {
      tenants.push(test.ctx(), test.ctx());
      for (let n = 1; n <= 6; n++) {
        const ctx = {
          ...tenants[n % 2]!,
          now: () => day(n),
          actor: { kind: 'person', id: '1', name: 'Kari' } as const,
        };
        await write(ctx, {
          ...READ,
          subject: fnr,
          object: letters[n % 2]!,
          detail: n,
          informationKind: 'letter',
        });
      }
      const single = {
        operation: 'look.up',
        outcome: 'ok',
        subject: fnr,
        informationKind: 'contact',
      } as const;
      await write({ ...tenants[0]!, now: () => day(2) }, single);
      // The person's own visits: to a letter, and one that names nothing.
      await write({ ...me(), now: () => day(20) }, { ...READ, subject: fnr, object: letters[0]! });
      await write(
        { ...me(), now: () => day(21) },
        { subject: fnr, operation: 'portal.login', outcome: 'ok' },
      );
    });

    it('has one matter for each letter, where its newest use by others stands, in pages', async () => {
      const seen: unknown[] = [];
      let before: string | undefined;
      do {
        const page = await auditMattersForPerson(me(), { ...year, limit: 1, ...(before ? { before } : {}) });
        expect(page.matters.length).toBeLessThanOrEqual(1);
        seen.push(...page.matters.map(({ object, entries }) => [object, entries.length]));
        before = page.next;
      } while (before);
      // The own visit stands in its letter's matter, and moves it nowhere.
      expect(seen).toEqual([
        [letters[0], 4],
        [letters[1], 3],
        [null, 1],
      ]);
    });

    it('finds what one body did, of one kind, in a period', async () => {
      const find = async (query: Partial<MatterQuery>) =>
        (await auditMattersForPerson(me(), { ...year, ...query })).matters.map(({ object }) => object);
      expect(await find({ tenant: tenants[1]!.tenant })).toEqual([letters[1]]);
      expect(await find({ informationKind: 'contact' })).toEqual([null]);
      expect(await find({ from: day(6), to: day(7) })).toEqual([letters[0]]);
      expect(await find({ own: true })).toEqual([null, letters[0], letters[1], null]);
      expect(await auditChoicesForPerson(me(), year)).toEqual({
        tenants: tenants.map(({ tenant }) => tenant!).sort(),
        kinds: ['contact', 'letter'],
      });
    });

    it('is the person’s own, and tells what is stored', async () => {
      const [matter] = (await auditMattersForPerson(me(), year)).matters;
      expect(matter?.entries[1]).toMatchObject({ tenant: tenants[0]!.tenant, actorName: 'Kari', detail: 6 });
      expect(matter?.entries[1]).not.toHaveProperty('tenant_id');
      const other = person({ actor: { kind: 'person', id: '2' } });
      expect((await auditMattersForPerson(other, year)).matters).toEqual([]);
      for (const call of [auditMattersForPerson(test.ctx(), year), auditChoicesForPerson(test.ctx(), year)])
        await expect(call).rejects.toMatchObject({ code: 'kernel.forbidden' });
      await expect(auditMattersForPerson(me(), { ...year, before: '1_x' })).rejects.toMatchObject({
        code: 'kernel.validation',
      });
    });
  });
});
