import { randomUUID } from 'node:crypto';
import { APP_ROLE } from '@grunnmur/kernel/db';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendLetter, startTestServer, type TestServer, waitForStatus } from './harness.ts';
import { quiet } from './refusals.ts';

const SCHEMAS = ['kernel', 'access', 'post', 'exchange', 'documents'];
/** Stands in what the first organisation alone may read. */
const SECRET = 'Ullhårsfrakk';

interface Callable {
  readonly name: string;
  readonly call: string;
  readonly types: readonly string[];
}

/** What the first organisation has, as arguments. */
interface Loot {
  readonly ids: readonly string[];
  readonly texts: readonly string[];
  readonly json: readonly object[];
}

describe('every function that the application may call, with another organisation’s ids', () => {
  let test: TestServer;
  let client: pg.PoolClient;
  let mine: string;
  let theirs: string;
  let tables: string[];
  let functions: Callable[];
  let loot: Loot;

  beforeAll(async () => {
    test = await startTestServer();
    client = await test.owner.connect();
    mine = await tenantOf('Døme');
    theirs = await tenantOf('Eksempel');
    await leaveTraces();
    tables = (
      await client.query<{ name: string }>(
        `select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where c.relnamespace = any ($1::regnamespace[]) and c.relkind in ('r', 'p') order by 1`,
        [SCHEMAS],
      )
    ).rows.map(({ name }) => name);
    functions = (
      await client.query<{ name: string; types: string[] }>(
        `select p.oid::regprocedure::text as name,
           array(select format_type(t, null) from unnest(p.proargtypes) with ordinality as a (t, n) order by n) as types
         from pg_proc p where p.pronamespace = any ($1::regnamespace[]) and p.prorettype <> 'trigger'::regtype
           and has_function_privilege($2, p.oid, 'execute') order by 1`,
        [SCHEMAS, APP_ROLE],
      )
    ).rows.map(({ name, types }) => ({
      name,
      types,
      call: `select * from ${name.split('(')[0]}(${types.map((type, index) => `$${index + 1}::${type}`).join(', ')})`,
    }));
    loot = await collectLoot();
  });
  afterAll(async () => {
    client?.release();
    await test.stop();
  });

  const tenantOf = async (name: string) =>
    (
      await client.query('select id from access.organisation where orgnr = $1', [
        test.integration(name).orgnr,
      ])
    ).rows[0].id as string;

  /** A letter on its way, and a message, a document and an address of theirs. */
  async function leaveTraces(): Promise<void> {
    const files = [{ name: 'brev.pdf', bytes: samplePdf() }];
    const to = { fnr: test.person('altinn').fnr };
    const sent = await sendLetter(test, { to, files, tittel: SECRET });
    await waitForStatus(test, sent.body.id, 'VARSLET');
    await quiet(test);
    const { rows } = await client.query<{ id: string }>(
      'select id from exchange.konto where tenant_id = $1 order by id limit 1',
      [theirs],
    );
    const konto = rows[0]!.id;
    const { rowCount } = await client.query(
      'select from exchange.melding_motta($1, array[$2::bytea], now()) where seq is not null',
      [JSON.stringify([melding(konto)]), Buffer.from(SECRET)],
    );
    expect(rowCount).toBe(1);
    await client.query(
      `insert into exchange.adresse (id, tenant_id, konto_id, beskrivelse, aktiv, identifikatorer, meldingsprotokoller,
         sikkerhetsnivaer, opprettet, opprettet_av, sist_endret, sist_endret_av)
       values (gen_random_uuid(), $1, $2, $3, true, '{NAVENHET_ID.1}', '{no.a}', '{3}', now(), 'x', now(), 'x')`,
      [theirs, konto, SECRET],
    );
    await client.query(`insert into exchange.identifikator_rett values ($1, 'NAVENHET_ID.1', now(), 'x')`, [
      theirs,
    ]);
  }

  const melding = (konto: string) => ({
    nr: 1,
    id: randomUUID(),
    tenant_id: theirs,
    konto_id: konto,
    avsender_tenant_id: theirs,
    avsender_konto_id: konto,
    avsender_navn: SECRET,
    type: `no.${SECRET.toLowerCase()}`,
    headere: { klientMeldingId: SECRET },
    klient_melding_id: SECRET,
    storrelse: SECRET.length,
    ttl_ms: 3_600_000,
    // As entries of the log are.
    operation: 'x',
    outcome: 'ok',
    subject: test.person('altinn').fnr,
  });

  /** Every id and every short text in their rows. */
  async function collectLoot(): Promise<Loot> {
    const ids = new Set<string>([theirs]);
    const texts = new Set<string>();
    let konto = '';
    for (const table of tables) {
      const { rows } = await client.query<Record<string, unknown>>(
        `select * from ${table} where tenant_id = $1 order by 1 limit 3`,
        [theirs],
      );
      for (const row of rows)
        for (const value of Object.values(row).flat()) {
          if (typeof value !== 'string') continue;
          if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value)) ids.add(value);
          else if (value.length < 80) texts.add(value);
        }
      if (table === 'exchange.konto') konto = rows[0]!.id as string;
    }
    return { ids: [...ids], texts: [...texts], json: [melding(konto)] };
  }

  /** The `turn`th value of theirs that a parameter of this type takes. */
  function argument(type: string, turn: number): unknown {
    const pick = <T>(values: readonly T[]) => values[turn % values.length];
    switch (type) {
      case 'uuid':
        return pick(loot.ids);
      case 'uuid[]':
        return loot.ids;
      case 'text':
        return pick(loot.texts);
      case 'text[]':
        return turn % 2 === 0 ? loot.texts : ['ack'];
      case 'jsonb':
        return JSON.stringify(loot.json);
      case 'timestamp with time zone':
        return pick(['infinity', '-infinity', new Date().toISOString()]);
      case 'boolean':
        return turn % 2 === 0;
      case 'bytea':
        return Buffer.from(pick(loot.texts)!);
      case 'bytea[]':
        return [Buffer.from(SECRET)];
      case 'smallint[]':
        return [1, 2, 3, 4];
      case 'integer[]':
      case 'bigint[]':
        return [1, 2, 3];
      case 'smallint':
        return 3;
      default:
        return 1 + (turn % 100);
    }
  }

  /** One sum for each table, of their rows and of no one else's. */
  async function sums(): Promise<Record<string, string>> {
    const each = tables.map(
      (table) =>
        `select '${table}' as name, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${table} t where tenant_id = $1`,
    );
    const { rows } = await client.query<{ name: string; sum: string }>(each.join(' union all '), [theirs]);
    return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
  }

  const act = (actor: string) =>
    client.query(
      `select set_config('grunnmur.tenant', $1, true), set_config('grunnmur.actor', $2, true), set_config('role', $3, true)`,
      [mine, actor, APP_ROLE],
    );

  /** Calls with many values, in one transaction that is taken back; gives what came out, and whose rows are other than before. */
  async function callAs(actor: string, { call, types }: Callable, turns: number) {
    // A fixed view: what the server itself does meanwhile is not seen.
    await client.query('begin isolation level repeatable read');
    try {
      const before = await sums();
      let answers = '';
      for (let turn = 0; turn < turns; turn++) {
        await client.query('savepoint s');
        await act(actor);
        try {
          const { rows } = await client.query(
            call,
            types.map((type) => argument(type, turn)),
          );
          answers += JSON.stringify(rows);
          await client.query('reset role');
        } catch {
          await client.query('rollback to savepoint s');
        }
      }
      await client.query('reset role');
      const after = await sums();
      return { answers, changed: tables.filter((table) => before[table] !== after[table]) };
    } finally {
      await client.query('rollback');
    }
  }

  it('has something of theirs to take', () => {
    expect(functions.length).toBeGreaterThan(60);
    expect(loot.ids.length).toBeGreaterThan(20);
    expect(loot.texts).toContain(SECRET);
  });

  it('would see a change, and an answer that tells', async () => {
    await client.query(
      `create function exchange.svak(p_konto uuid) returns text language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
       begin update exchange.adresse set aktiv = false where konto_id = p_konto;
         return (select beskrivelse from exchange.adresse where konto_id = p_konto limit 1); end $$`,
    );
    const weak = { name: 'svak', call: 'select * from exchange.svak($1::uuid)', types: ['uuid'] };
    const found = await callAs('integration:x', weak, loot.ids.length);
    await client.query('drop function exchange.svak');
    expect(found.changed).toEqual(['exchange.adresse']);
    expect(found.answers).toContain(SECRET);
  });

  it.each(['integration:x', 'person:01819010192'])(
    'changes none of its rows and tells nothing of them, for %s',
    async (actor) => {
      const bad: unknown[] = [];
      for (const each of functions) {
        const turns = each.types.some((type) => type === 'uuid' || type === 'text' || type === 'bytea')
          ? Math.max(loot.ids.length, loot.texts.length)
          : 6;
        const { answers, changed } = await callAs(actor, each, turns);
        if (changed.length > 0 || answers.includes(SECRET))
          bad.push([each.name, changed, answers.slice(0, 200)]);
      }
      expect(bad).toEqual([]);
    },
  );
});
