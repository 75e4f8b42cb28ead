import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './harness.ts';
import { quiet } from './refusals.ts';
import { type GoodCall, goodCalls, takesJson } from './request-kit.ts';
import { type Route, withRouteTable } from './route-table.ts';

/** Would stand out in any column of its type, and nothing else has it. */
const MARK = 'ffffffff-9999-4999-8999-ffffffffffff';
const VALUES: readonly unknown[] = [true, false, MARK, { [`gift-${MARK}`]: MARK }];
const PROTOTYPES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];
/** Work that goes on by itself, and logs in. */
const NOT_LOOKED_AT =
  /^kernel\.(?:job|job_dead|job_attempt|schedule|migration|audit_head)$|^access\.(?:refusal|jti_seen|session)$|^exchange\.(?:node|konsument)$/;

type Rows = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

describe('fields that nobody asked for', () => {
  let test: TestServer;
  let routes: Route[];
  let good: Awaited<ReturnType<typeof goodCalls>>;
  let tables: { name: string; key: string[] }[];
  let names: string[];

  beforeAll(async () => {
    ({ result: test, routes } = await withRouteTable(() => startTestServer()));
    good = await goodCalls(test);
    const { rows } = await test.owner.query<{ name: string; key: string[]; columns: string[] }>(
      `select n.nspname || '.' || c.relname as name,
         array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
               where i.indrelid = c.oid and i.indisprimary) as key,
         array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname in ('kernel', 'access', 'post', 'exchange', 'documents') and c.relkind in ('r', 'p') order by 1`,
    );
    tables = rows.filter(({ name }) => !NOT_LOOKED_AT.test(name));
    const columns = rows.flatMap((row) => row.columns);
    const camel = columns.map((name) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
    const documented = routes.flatMap(({ schema }) => propertyNames(schema?.body));
    names = [...new Set([...columns, ...camel, ...documented, ...PROTOTYPES])];
  });
  afterAll(() => test.stop());

  function propertyNames(schema: unknown): string[] {
    if (typeof schema !== 'object' || schema === null) return [];
    const { properties = {} } = schema as { properties?: object };
    return [...Object.keys(properties), ...Object.values(schema).flatMap(propertyNames)];
  }

  async function snapshot(): Promise<Map<string, Rows>> {
    const found = new Map<string, Rows>();
    for (const { name, key } of tables) {
      const { rows } = await test.owner.query<{ row: Record<string, unknown> }>(
        `select to_jsonb(t) as row from ${name} t`,
      );
      const id = (row: Record<string, unknown>) => JSON.stringify(key.map((column) => row[column]));
      found.set(name, new Map(rows.map(({ row }) => [id(row), row])));
    }
    return found;
  }

  /** What a value is like: its keys and truth values, not ids, times and numbers that differ from call to call. */
  function shape(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(shape);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]));
    return typeof value === 'boolean' || value === null ? value : typeof value;
  }

  /** Rows that came, with their shape; columns that changed; rows that went. */
  function changes(before: Map<string, Rows>, after: Map<string, Rows>): string[] {
    const found: string[] = [];
    for (const [table, rows] of after) {
      const earlier = before.get(table)!;
      for (const [id, row] of rows) {
        const was = earlier.get(id);
        if (!was) found.push(`${table} + ${JSON.stringify(shape(row))}`);
        else
          for (const [column, value] of Object.entries(row))
            if (JSON.stringify(value) !== JSON.stringify(was[column])) found.push(`${table} ~ ${column}`);
      }
      for (const id of earlier.keys()) if (!rows.has(id)) found.push(`${table} -`);
    }
    return found;
  }

  /** `body` with every name that is not its own, at every level, each with `value`. */
  function poisoned(body: unknown, own: ReadonlySet<string>, value: unknown): unknown {
    if (Array.isArray(body)) return body.map((item) => poisoned(item, own, value));
    if (typeof body !== 'object' || body === null) return body;
    // Headers of a message are the sender's own names: whatever stands there was asked for.
    const kept = Object.entries(body).map(
      ([key, item]) => [key, key === 'headere' ? item : poisoned(item, own, value)] as const,
    );
    const added = names.filter((name) => !own.has(name)).map((name) => [name, value] as const);
    return Object.fromEntries([...added, ...kept]);
  }

  function ownNames({ schema }: Route, { body, known = [] }: GoodCall): Set<string> {
    const keys = (value: unknown): string[] =>
      typeof value === 'object' && value !== null
        ? [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(keys)]
        : [];
    return new Set([...propertyNames(schema?.body), ...keys(body), ...known]);
  }

  /** Changes of one call, when the work that it caused has been done. */
  async function observe(method: string, call: GoodCall) {
    const before = await snapshot();
    const answer = await good.call(method, call);
    await quiet(test);
    const after = await snapshot();
    return { answer, made: changes(before, after), after };
  }

  it('has a good call for every writing route that reads fields', () => {
    const wanted = routes.filter(takesJson).map(({ method, url }) => `${method} ${url.replace(/\/$/, '')}`);
    expect(wanted.length).toBeGreaterThan(30);
    expect([...new Set(wanted)].sort()).toEqual(Object.keys(good.calls).sort());
  });

  it('change nothing and are kept nowhere, whatever route they are sent to', async () => {
    const wrong: Record<string, unknown> = {};
    for (const [key, make] of Object.entries(good.calls)) {
      const [method, url] = key.split(' ') as [string, string];
      const route = routes.find((each) => each.method === method && each.url.replace(/\/$/, '') === url)!;
      const clean = await observe(method, make());
      if (clean.answer.status >= 300) wrong[key] = clean.answer;
      for (const value of VALUES) {
        const call = make();
        const body = poisoned(call.body, ownNames(route, call), value);
        const { answer, made, after } = await observe(method, { ...call, body });
        const at = `${key} ${JSON.stringify(value)}`;
        if (answer.status !== (call.strict ? 400 : clean.answer.status)) wrong[`${at} answers`] = answer;
        const more = made.filter((change) => !clean.made.includes(change));
        // A letter tells its sender by name which fields were not understood.
        const told = /forsendelse/i.test(url)
          ? more.filter((change) => !change.startsWith('post.hendelse +'))
          : more;
        if (told.length > 0) wrong[`${at} changes`] = told;
        const kept = [...after].filter(([, rows]) => JSON.stringify([...rows.values()]).includes(MARK));
        if (kept.length > 0) wrong[`${at} is kept in`] = kept.map(([table]) => table);
      }
    }
    expect(wrong).toEqual({});
  }, 300_000);
});
