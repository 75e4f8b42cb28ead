import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { APP_ROLE } from '@grunnmur/kernel/db';
import { type TestDatabase, testDatabase } from '@grunnmur/kernel/testing';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SCHEMAS = ['access', 'documents', 'exchange', 'kernel', 'post'];

/** Written with names put together at run time, or by helpers: each right is argued for here. */
const KERNEL: Readonly<Record<string, string>> = {
  'kernel.audit': 'select', // added by audit_append
  'kernel.audit_head': 'select',
  'kernel.data_key': 'insert, select', // wrapped anew by the owner
  'kernel.event': 'insert, select', // what has happened is not changed
  'kernel.event_base': 'select',
  'kernel.idempotency_key': 'delete, insert, select, update',
  'kernel.job': 'delete, insert, select, update', // workers take, end and put back
  'kernel.job_attempt': 'insert, select',
  'kernel.job_dead': 'delete, insert, select, update', // retried or given up
  'kernel.migration': '', // the migrator's
  'kernel.schedule': 'delete, insert, select, update',
  'kernel.subscription': 'delete, insert, select, update',
};

/** Statements whose table is put in at run time (access/store/account-store.ts). */
const BY_NAME: Readonly<Record<string, readonly string[]>> = {
  'access.account_v1': ['update'],
  'access.mottakersystem_login': ['update'],
};

/** A right to some columns only, and why. */
const COLUMNS: Readonly<Record<string, string>> = {
  'access.signing_key.withdrawn_at': 'UPDATE', // a key is made once; it can be withdrawn
};

interface Relation {
  readonly name: string;
  readonly kind: 'r' | 'p' | 'v' | 'S';
  readonly rights: string;
  readonly grantees: readonly string[];
}

/** Every TypeScript source that could hold a statement. */
function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return ['node_modules', 'test', 'testing'].includes(entry.name) ? [] : sources(path);
    return path.endsWith('.ts') ? [readFileSync(join(ROOT, path), 'utf8')] : [];
  });
}

/** What the statements in `texts` do to a table. Whoever may write may read: the policies decide which rows. */
function rightsUsed(texts: readonly string[], table: string): string {
  const used = new Set(['select', ...(BY_NAME[table] ?? [])]);
  const name = table.replace('.', '\\.');
  for (const text of texts) {
    for (const [, verb, statement] of text.matchAll(
      new RegExp(`(insert into|update|delete from|from|join)\\s+${name}\\b(?=([^\`]*))`, 'g'),
    )) {
      if (verb === 'insert into') used.add('insert');
      if (verb === 'delete from') used.add('delete');
      if (verb === 'update') used.add('update');
      if (verb === 'insert into' && /on conflict[^;]*do update/.test(statement!)) used.add('update');
      if (/^(from|join)$/.test(verb!) && /for (no key )?update/.test(statement!)) used.add('update');
    }
  }
  return [...used].sort().join(', ');
}

describe('the rights of the application role', () => {
  let test: TestDatabase;
  let relations: Relation[];
  beforeAll(async () => {
    test = await testDatabase();
    const { rows } = await test.owner.query<Relation>(
      `select n.nspname || '.' || c.relname as name, c.relkind as kind,
         coalesce((select string_agg(lower(g.privilege_type), ', ' order by g.privilege_type)
           from aclexplode(c.relacl) g where g.grantee = $1::regrole), '') as rights,
         array(select distinct coalesce(nullif(g.grantee, 0)::regrole::text, 'public') from aclexplode(c.relacl) g
           where g.grantee <> c.relowner order by 1) as grantees
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
       order by 1`,
      [APP_ROLE],
    );
    relations = rows;
  });
  const ofKind = (kind: string) => relations.filter((each) => kind.includes(each.kind));

  it('are on these schemas, to use and not to make anything in', async () => {
    const { rows } = await test.owner.query<{ name: string; usage: boolean; create: boolean }>(
      `select nspname as name, has_schema_privilege($1, oid, 'usage') as usage, has_schema_privilege($1, oid, 'create') as create
       from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public') order by 1`,
      [APP_ROLE],
    );
    expect(rows).toEqual(SCHEMAS.map((name) => ({ name, usage: true, create: false })));
    const open = await test.owner.query(`select has_schema_privilege($1, 'public', 'create') as create`, [
      APP_ROLE,
    ]);
    expect(open.rows).toEqual([{ create: false }]);
  });

  it('are nobody else’s', () => {
    expect(relations.length).toBeGreaterThan(60);
    const others = relations.filter(({ grantees }) => grantees.some((each) => each !== APP_ROLE));
    expect(others).toEqual([]);
  });

  it('are for each table what the program does to it, and nothing more', () => {
    const texts = ['rooms', 'kernel', 'apps'].flatMap(sources);
    const tables = ofKind('rp');
    const expected = tables.map(({ name }) => [
      name,
      name.startsWith('kernel.') ? KERNEL[name] : rightsUsed(texts, name),
    ]);
    // By column below.
    const named = (name: string | undefined, rights: string | undefined) =>
      Object.keys(COLUMNS).some((column) => column.startsWith(`${name}.`))
        ? rights?.replace(', update', '')
        : rights;
    expect(tables.map(({ name, rights }) => [name, rights])).toEqual(
      expected.map(([name, rights]) => [name, named(name, rights)]),
    );
    expect(Object.keys(KERNEL)).toEqual(
      tables.flatMap(({ name }) => (name.startsWith('kernel.') ? [name] : [])),
    );
  });

  it('are to read views, to use sequences, and to change these columns', async () => {
    expect([...new Set(ofKind('v').map(({ rights }) => rights))]).toEqual(['select']);
    expect([...new Set(ofKind('S').map(({ rights }) => rights))]).toEqual(['usage']);
    const { rows } = await test.owner.query<{ name: string; right: string; grantee: string }>(
      `select a.attrelid::regclass::text || '.' || a.attname as name, g.privilege_type as right, g.grantee::regrole::text as grantee
       from pg_attribute a, aclexplode(a.attacl) g where a.attacl is not null and a.attrelid >= 16384 order by 1`,
    );
    expect(rows).toEqual(
      Object.entries(COLUMNS).map(([name, right]) => ({ name, right, grantee: APP_ROLE })),
    );
  });
});
