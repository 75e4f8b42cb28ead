import { beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx/index.ts';
import { withTransaction } from '../../db/index.ts';
import { newId } from '../../ids/index.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import { audit, verifyAudit } from '../index.ts';

/** Every way to tamper that the database's owner has, and what the verifier says: `seq reason`. */
const TAMPERING: readonly (readonly [name: string, sql: string, breaks: readonly string[]])[] = [
  [
    'edited operation',
    `update kernel.audit set operation = 'x' where tenant_id = $1 and seq = 4`,
    ['4 changed'],
  ],
  [
    'edited time',
    `update kernel.audit set at = at - interval '1 ms' where tenant_id = $1 and seq = 4`,
    ['4 changed'],
  ],
  [
    'edited actor',
    `update kernel.audit set actor_id = 'other' where tenant_id = $1 and seq = 4`,
    ['4 changed'],
  ],
  [
    'edited kind',
    `update kernel.audit set actor_kind = 'person' where tenant_id = $1 and seq = 4`,
    ['4 changed'],
  ],
  [
    'edited name',
    `update kernel.audit set actor_name = 'Ola' where tenant_id = $1 and seq = 4`,
    ['4 changed'],
  ],
  [
    'edited request',
    `update kernel.audit set request_id = 'r' where tenant_id = $1 and seq = 4`,
    ['4 changed'],
  ],
  [
    'edited subject',
    `update kernel.audit set subject = null where tenant_id = $1 and seq = 4`,
    ['4 changed'],
  ],
  [
    'edited object',
    `update kernel.audit set object = tenant_id where tenant_id = $1 and seq = 4`,
    ['4 changed'],
  ],
  ['edited purpose', `update kernel.audit set purpose = 'p' where tenant_id = $1 and seq = 4`, ['4 changed']],
  [
    'edited basis',
    `update kernel.audit set legal_basis = 'b' where tenant_id = $1 and seq = 4`,
    ['4 changed'],
  ],
  [
    'edited outcome',
    `update kernel.audit set outcome = 'failed' where tenant_id = $1 and seq = 4`,
    ['4 changed'],
  ],
  [
    'edited kind of information',
    `update kernel.audit set information_kind = 'k' where tenant_id = $1 and seq = 4`,
    ['4 changed'],
  ],
  [
    'edited detail',
    `update kernel.audit set detail = '{"n": 99}' where tenant_id = $1 and seq = 4`,
    ['4 changed'],
  ],
  [
    'text moved between fields',
    `update kernel.audit set legal_basis = purpose, purpose = legal_basis where tenant_id = $1 and seq = 1`,
    ['1 changed'],
  ],
  [
    'edited hash',
    `update kernel.audit set hash = sha256('x') where tenant_id = $1 and seq = 4`,
    ['4 changed', '5 changed'],
  ],
  ['deleted row', 'delete from kernel.audit where tenant_id = $1 and seq = 4', ['5 missing']],
  ['deleted first row', 'delete from kernel.audit where tenant_id = $1 and seq = 1', ['2 missing']],
  [
    'deleted row, gap closed',
    `with gone as (delete from kernel.audit where tenant_id = $1 and seq = 8)
    update kernel.audit_head set seq = 7 where tenant_id = $1`,
    ['7 head'],
  ],
  ['truncated tail', 'delete from kernel.audit where tenant_id = $1 and seq > 6', ['7 truncated']],
  ['emptied', 'delete from kernel.audit where tenant_id = $1', ['1 truncated']],
  [
    'inserted at the end',
    `insert into kernel.audit select tenant_id, chain, 9, at, actor_kind, actor_id, actor_name,
    request_id, operation, subject, object, purpose, legal_basis, outcome, information_kind, detail, hash
    from kernel.audit where tenant_id = $1 and seq = 8`,
    ['9 changed', '9 beyond-head'],
  ],
  ['head removed', 'delete from kernel.audit_head where tenant_id = $1', ['0 head']],
  ['head edited', `update kernel.audit_head set hash = sha256('x') where tenant_id = $1`, ['8 head']],
  [
    'other tenant’s rows',
    `update kernel.audit set tenant_id = gen_random_uuid() where tenant_id = $1`,
    ['1 truncated'],
  ],
];

describe('verifyAudit', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await testDatabase();
  });

  async function eightEntries(): Promise<Ctx> {
    const ctx = test.ctx({ actor: { kind: 'integration', id: 'i', name: 'Kari' } });
    const entries = Array.from({ length: 8 }, (_, n) => ({
      operation: 'probe.letter.read',
      subject: '12345678901',
      object: newId(),
      purpose: 'saksbehandling',
      outcome: 'ok' as const,
      detail: { n },
    }));
    await withTransaction(ctx, (trx) => audit(trx, entries.slice(0, 5)));
    await withTransaction(ctx, (trx) => audit(trx, entries.slice(5)));
    return ctx;
  }

  const breaksOf = async (tenant: string) => {
    const { breaks } = await verifyAudit(test.owner, { tenant });
    return breaks.map(({ seq, reason }) => `${seq} ${reason}`);
  };

  it.each(TAMPERING)('finds: %s', async (_, sql, breaks) => {
    const { tenant } = await eightEntries();
    expect(await breaksOf(tenant!)).toEqual([]);
    const { rowCount } = await test.owner.query(sql, [tenant]);
    expect(rowCount).toBeGreaterThan(0);
    expect(await breaksOf(tenant!)).toEqual(breaks);
  });

  it('finds reordered and shifted rows', async () => {
    const swapped = (await eightEntries()).tenant!;
    const move = (tenant: string, from: number, to: number) =>
      test.owner.query('update kernel.audit set seq = $3 where tenant_id = $1 and seq = $2', [
        tenant,
        from,
        to,
      ]);
    await move(swapped, 3, 100);
    await move(swapped, 4, 3);
    await move(swapped, 100, 4);
    expect(await breaksOf(swapped)).toEqual(['3 changed', '4 changed', '5 changed']);
    const inserted = (await eightEntries()).tenant!;
    for (let seq = 8; seq > 4; seq--) await move(inserted, seq, seq + 1);
    await test.owner.query(
      `insert into kernel.audit select tenant_id, chain, 5, at, actor_kind, actor_id, actor_name, request_id, operation,
       subject, object, purpose, legal_basis, outcome, information_kind, detail, sha256('forged')
       from kernel.audit where tenant_id = $1 and seq = 4`,
      [inserted],
    );
    expect(await breaksOf(inserted)).toEqual(['5 changed', '6 changed', '9 beyond-head']);
  });

  it('names tenant and chain, and leaves others alone', async () => {
    const bad = (await eightEntries()).tenant!;
    const good = (await eightEntries()).tenant!;
    await test.owner.query(`update kernel.audit set outcome = 'failed' where tenant_id = $1 and seq = 2`, [
      bad,
    ]);
    const { breaks } = await verifyAudit(test.owner);
    expect(breaks.filter((found) => found.tenant === bad)).toEqual([
      { tenant: bad, chain: 0, seq: 2, reason: 'changed' },
    ]);
    expect(breaks.filter((found) => found.tenant === good)).toEqual([]);
  });

  it('finds by anchors what the chain alone cannot show', async () => {
    const { tenant } = await eightEntries();
    const { heads } = await verifyAudit(test.owner, { tenant: tenant! });
    const verify = async () =>
      (await verifyAudit(test.owner, { tenant: tenant!, anchors: heads })).breaks.map(({ reason }) => reason);
    await withTransaction(test.ctx({ tenant }), (trx) => audit(trx, [{ operation: 'a.b', outcome: 'ok' }]));
    expect(await verify()).toEqual([]);
    // Rewritten by somebody who knows the rules: consistent in itself.
    await test.owner.query('delete from kernel.audit where tenant_id = $1', [tenant]);
    await test.owner.query('delete from kernel.audit_head where tenant_id = $1', [tenant]);
    expect(await verify()).toEqual(['anchor']);
    await eightMore(tenant!);
    expect(await breaksOf(tenant!)).toEqual([]);
    expect(await verify()).toEqual(['anchor']);
  });

  async function eightMore(tenant: string): Promise<void> {
    const entries = Array.from({ length: 8 }, () => ({
      operation: 'nothing.to.see',
      outcome: 'ok' as const,
    }));
    await withTransaction(test.ctx({ tenant }), (trx) => audit(trx, entries));
  }

  it('reads in batches, also while the log grows', async () => {
    const ctx = test.ctx();
    const entries = Array.from({ length: 1000 }, (_, n) => ({
      operation: 'a.b',
      outcome: 'ok' as const,
      detail: n,
    }));
    for (let n = 0; n < 6; n++) await withTransaction(ctx, (trx) => audit(trx, entries));
    const growing = (async () => {
      for (let n = 0; n < 20; n++) await withTransaction(ctx, (trx) => audit(trx, entries.slice(0, 3)));
    })();
    const during = await verifyAudit(test.owner, { tenant: ctx.tenant! });
    await growing;
    expect(during.breaks).toEqual([]);
    expect(during.entries).toBeGreaterThanOrEqual(6000);
    const after = await verifyAudit(test.owner, { tenant: ctx.tenant!, anchors: during.heads });
    expect(after).toMatchObject({ entries: 6060, broken: 0, tenants: 1 });
    await test.owner.query(`update kernel.audit set detail = '0' where tenant_id = $1 and seq = 5500`, [
      ctx.tenant,
    ]);
    expect(await breaksOf(ctx.tenant!)).toEqual(['5500 changed']);
  });
});
