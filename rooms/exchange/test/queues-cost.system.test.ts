import { createRequire } from 'node:module';
import { newId } from '@grunnmur/kernel/ids';
import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Konto } from '../types.ts';
import { type QueueTest, queueTest } from './queues-harness.ts';

const BACKLOG = 60_000;
const { Client } = createRequire(import.meta.url)('pg') as typeof pg;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Every scan of a table, as it was run, inside the functions too. */
async function scansOf(url: string, statement: string, values: unknown[]): Promise<PlanNode[]> {
  const client = new Client({ connectionString: url });
  const plans: PlanNode[] = [];
  client.on('notice', ({ message = '' }) => {
    if (message.includes('plan:')) plans.push(JSON.parse(message.slice(message.indexOf('{'))).Plan);
  });
  await client.connect();
  await client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_analyze = on;
    set auto_explain.log_nested_statements = on; set auto_explain.log_format = json;
    set auto_explain.log_level = notice; set client_min_messages = notice; set role grunnmur_app`);
  await client.query(statement, values);
  await client.end();
  const scans = plans
    .flatMap(flatten)
    .filter((node) => node['Node Type'].includes('Scan') && node['Relation Name']);
  expect(scans.length).toBeGreaterThan(0);
  return scans;
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

function rowsRead(scans: readonly PlanNode[]): number {
  return scans.reduce(
    (sum, node) =>
      sum +
      ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1),
    0,
  );
}

const withoutIndex = (scans: readonly PlanNode[]) =>
  scans.filter((node) => !node['Node Type'].startsWith('Index'));

describe('cost of a message with a long queue', () => {
  let test: QueueTest;
  let fra: Konto;
  let til: Konto;
  beforeAll(async () => {
    test = await queueTest();
    fra = await test.konto();
    til = await test.konto();
    // No analyze: plans must be right for a table the planner believes to be empty.
    await test.owner.query(
      `with ny as (
         insert into exchange.melding (id, tenant_id, konto_id, avsender_tenant_id, avsender_konto_id, type, mottatt, utlop)
         select gen_random_uuid(), $1, $2, $3, $4, 'no.eksempel', now(), now() + interval '1 hour'
         from generate_series(1, $5) returning id)
       insert into exchange.ko (konto_id, tenant_id, melding_id, utlop)
       select $2, $1, id, now() + interval '1 hour' from ny`,
      [til.tenant, til.id, fra.tenant, fra.id, BACKLOG],
    );
  }, 60_000);

  it('is a few index rows when it is taken, acknowledged, expired and sent', async () => {
    const token = newId();
    const taken = await scansOf(
      test.ownerUrl,
      `select * from exchange.ko_hent($1, $2, array[$3, $4]::uuid[], '{0,0}', '{10,10}', '{0,10}', array_fill('x'::text, '{20}'), null)`,
      [newId(), token, til.id, fra.id],
    );
    expect(withoutIndex(taken)).toEqual([]);
    expect(rowsRead(taken)).toBeLessThan(60);

    const { rows } = await test.owner.query('select konto_id, seq from exchange.ko where token = $1', [
      token,
    ]);
    expect(rows).toHaveLength(10);
    const outcomes = [
      'ack',
      'reject',
      'requeue',
      'ack',
      'ack',
      'ack',
      'ack',
      'ack',
      'ack',
      'connection_lost',
    ];
    const settled = await scansOf(test.ownerUrl, 'select exchange.ko_oppgjor($1, $2, $3, $4, null)', [
      rows.map((row) => row.konto_id),
      rows.map((row) => row.seq),
      rows.map(() => token),
      outcomes,
    ]);
    expect(withoutIndex(settled)).toEqual([]);
    expect(rowsRead(settled)).toBeLessThan(100);

    const expired = await scansOf(test.ownerUrl, 'select exchange.ko_utlop(500, null)', []);
    expect(withoutIndex(expired)).toEqual([]);
    expect(rowsRead(expired)).toBeLessThan(10);

    const melding = {
      nr: 1,
      id: newId(),
      tenant_id: til.tenant,
      konto_id: til.id,
      avsender_tenant_id: fra.tenant,
    };
    const more = { avsender_konto_id: fra.id, type: 'x', headere: {}, storrelse: 1, ttl_ms: 1000 };
    const resend = { klient_melding_id: 'a', fingeravtrykk: '00' };
    const sent = await scansOf(test.ownerUrl, 'select * from exchange.melding_motta($1, $2, null)', [
      JSON.stringify([{ ...melding, ...more, ...resend }]),
      [Buffer.from('x')],
    ]);
    expect(withoutIndex(sent)).toEqual([]);
    expect(rowsRead(sent)).toBeLessThan(10);
  });

  it('does not grow with what has been taken before it: the claim begins behind that', async () => {
    const middle = (
      await test.owner.query(
        'select seq from exchange.ko where konto_id = $1 order by seq offset 30000 limit 1',
        [til.id],
      )
    ).rows[0].seq;
    await test.owner.query(
      'update exchange.ko set token = gen_random_uuid() where konto_id = $1 and seq < $2',
      [til.id, middle],
    );
    const taken = await scansOf(
      test.ownerUrl,
      `select * from exchange.ko_hent($1, $2, array[$3]::uuid[], array[$4]::bigint[], '{10}', '{0}', array_fill('x'::text, '{10}'), null)`,
      [newId(), newId(), til.id, middle],
    );
    expect(rowsRead(taken)).toBeLessThan(60);
  });
});
