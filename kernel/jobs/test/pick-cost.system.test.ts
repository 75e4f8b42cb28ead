import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../ids/index.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import { attemptsBySubject, jobStats } from '../index.ts';
import { put } from './support.ts';

const FUTURE = 60_000;
const TENANTS = 200;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Plans as they were run, of every statement inside the functions too. */
async function plansOf(url: string, statements: readonly string[]): Promise<PlanNode[]> {
  const client = new pg.Client({ connectionString: url });
  const plans: PlanNode[] = [];
  client.on('notice', ({ message = '' }) => {
    if (!message.includes('plan:')) return;
    plans.push(JSON.parse(message.slice(message.indexOf('{'))).Plan);
  });
  await client.connect();
  await client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_analyze = on;
    set auto_explain.log_nested_statements = on; set auto_explain.log_format = json;
    set auto_explain.log_level = notice; set client_min_messages = notice; set role grunnmur_app`);
  for (const statement of statements) await client.query(statement);
  await client.end();
  return plans;
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

/** Rows of a table that the plans read, filtered-away ones included. */
function rowsRead(nodes: readonly PlanNode[]): number {
  return nodes
    .filter((node) => node['Node Type'].includes('Scan') && node['Relation Name'])
    .reduce(
      (sum, node) =>
        sum +
        ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1),
      0,
    );
}

const pick = (queue: string, after = 'null') =>
  `select * from kernel.job_pick('${queue}', ${after}, null, 10, 10, 30000, gen_random_uuid(), 'test', null)`;

describe('cost of picking', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await testDatabase();
    // No analyze: plans must be right for a table the planner believes to be empty.
    await test.owner.query(
      `with tenant as (select n, gen_random_uuid() as id from generate_series(0, $2 - 1) n)
       insert into kernel.job (id, queue, tenant_id, payload, key, run_at, due_at, created_at)
       select gen_random_uuid(), 'busy', t.id, '{}', case when i % 3 = 0 then 'k' || i % 50 end, d.at, d.at, now()
       from generate_series(1, $1) i join tenant t on t.n = i % $2,
         lateral (select now() + i * interval '1 minute' as at) d`,
      [FUTURE, TENANTS],
    );
  }, 60_000);

  it('reads only what is due, by index, however many jobs wait for the future', async () => {
    const keyed = Array.from({ length: 5 }, (_, n) => ({ queue: 'busy', key: `own${n}` }));
    await put(test.ctx(), ...keyed);
    await put(test.ctx(), ...Array.from({ length: 5 }, () => ({ queue: 'busy' })));
    const someTenant = `'80000000-0000-0000-0000-000000000000'`;
    const due = `select * from kernel.job_next_due('{busy,quiet}', null)`;
    const plans = await plansOf(test.ownerUrl, [
      pick('busy'),
      pick('busy', someTenant),
      pick('busy'),
      pick('quiet'),
      due,
    ]);
    const nodes = plans.flatMap(flatten);
    const onJob = nodes.filter(
      (node) => node['Relation Name'] === 'job' && node['Node Type'].includes('Scan'),
    );
    expect(onJob.length).toBeGreaterThan(10);
    expect(onJob.filter((node) => !node['Node Type'].startsWith('Index'))).toEqual([]);
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
    const used = new Set(onJob.map((node) => node['Index Name']));
    expect([...used]).toEqual(expect.arrayContaining(['job_due', 'job_tenant_due', 'job_key', 'job_pkey']));
    expect(rowsRead(nodes)).toBeLessThan(150);
    const { rows } = await test.owner.query(
      `select count(*)::int as taken from kernel.job where token is not null`,
    );
    expect(rows[0].taken).toBe(10);
  });

  it('reads nothing of the other tenants when it fills a batch', async () => {
    await put(test.ctx(), { queue: 'crowd' });
    await put(test.ctx(), ...Array.from({ length: 2000 }, () => ({ queue: 'crowd' })));
    const nodes = (await plansOf(test.ownerUrl, [pick('crowd')])).flatMap(flatten);
    expect(rowsRead(nodes)).toBeLessThan(20);
    const { rowCount } = await test.owner.query(
      `select from kernel.job where queue = 'crowd' and token is not null`,
    );
    expect(rowCount).toBe(1);
  });

  it('settles by primary key', async () => {
    const [job] = (
      await test.owner.query(
        `select seq, token, tenant_id from kernel.job where queue = 'busy' and token is not null limit 1`,
      )
    ).rows;
    const finish = `select kernel.job_finish('busy', '${job.tenant_id}', '${job.token}', '{own0}', 30000,
      '[{"seq": ${job.seq}, "action": "delete", "outcome": "done"}]', null)`;
    const renew = `select kernel.job_renew('${job.token}', '{${job.seq}}', 30000, null)`;
    const nodes = (await plansOf(test.ownerUrl, [renew, finish])).flatMap(flatten);
    const onJob = nodes.filter(
      (node) => node['Relation Name'] === 'job' && node['Node Type'].includes('Scan'),
    );
    expect(onJob.length).toBeGreaterThan(3);
    expect(onJob.filter((node) => !node['Node Type'].startsWith('Index'))).toEqual([]);
    expect(rowsRead(nodes)).toBeLessThan(20);
    const { rowCount } = await test.owner.query('select from kernel.job where seq = $1', [job.seq]);
    expect(rowCount).toBe(0);
  });

  it('counts without reading the table, and lists attempts by subject through an index', async () => {
    const stats = await jobStats(test.db);
    expect(stats.find((row) => row.queue === 'busy')).toMatchObject({ running: 9, pending: 0, dead: 0 });
    const ctx = test.ctx();
    const subject = newId();
    await test.owner.query(
      `insert into kernel.job_attempt (job_id, attempt, queue, tenant_id, subject, started_at, finished_at, outcome)
       select gen_random_uuid(), 1, 'busy', $1, case when i <= 3 then $2::uuid else gen_random_uuid() end, now(), now(), 'done'
       from generate_series(1, 20000) i`,
      [ctx.tenant, subject],
    );
    await test.owner.query('analyze kernel.job_attempt');
    expect(await attemptsBySubject(ctx, subject)).toHaveLength(3);
    const nodes = (
      await plansOf(test.ownerUrl, [
        `select set_config('grunnmur.tenant', '${ctx.tenant}', false)`,
        `select * from kernel.job_attempt where tenant_id = '${ctx.tenant}' and subject = '${subject}'
         order by started_at desc, attempt desc limit 1000`,
      ])
    ).flatMap(flatten);
    const indexes = nodes.flatMap((node) => node['Index Name'] ?? []);
    expect(indexes).toEqual(['job_attempt_subject']);
    expect(rowsRead(nodes)).toBe(3);
  });
});
