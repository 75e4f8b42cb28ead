import { APP_ROLE, OWNER_ROLE, startEmbeddedPostgres } from '@grunnmur/kernel/db';
import { createLogger } from '@grunnmur/kernel/log';
import { testFolder } from '@grunnmur/kernel/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkLogin,
  migratePlatform,
  openPlatformDatabase,
  type PlatformDatabase,
} from '../platform-database.ts';
import { readConfig } from '../read-config.ts';

const DENIED = '42501';
const ROOMS = ['kernel', 'access', 'post', 'exchange', 'documents'];

/** Values that every function takes: as far as they will go. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  uuid: "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
  text: "'x'",
  integer: '1000',
  smallint: '3::smallint',
  bigint: '1',
  boolean: 'true',
  bytea: "'\\x00'",
  'double precision': '5',
  'timestamp with time zone': "'infinity'",
  jsonb: `'[{"nr":1,"ttl_ms":5,"storrelse":1,"operation":"x","outcome":"ok"}]'::jsonb`,
  'uuid[]': "array['00000000-0000-0000-0000-000000000000'::uuid]",
  'text[]': "array['ack']",
  'bigint[]': 'array[1::bigint]',
  'integer[]': 'array[1]',
  'smallint[]': 'array[3::smallint]',
  'bytea[]': "array['\\x00'::bytea]",
};

/** Names of types as SQL writes them: in the temporary schema each is one that runs the caller's code when it is used. */
const TYPES = [
  'bool',
  'bytea',
  'float8',
  'int2',
  'int4',
  'int8',
  'interval',
  'json',
  'jsonb',
  'text',
  'timestamptz',
  'uuid',
];

/** What may be called in the name of an organisation, each with what keeps it from another's. A new one is argued for here. */
const FOR_ORGANISATIONS: Readonly<Record<string, string>> = {
  'access.account_for_login': 'one exact user name; of another organisation nothing',
  'access.client_for_token': 'one exact client; of another organisation nothing',
  'access.delegated_scopes': 'which of the named scopes two named organisations have agreed on',
  'access.end_session': 'one exact cookie, which only its browser has',
  'access.end_sessions_of': 'the login service’s own name of a session',
  'access.find_session': 'one exact cookie, which only its browser has',
  'access.integration_for_login': 'one exact id; of another organisation nothing',
  'access.mottakersystem_for_login': 'one exact user name; of another organisation nothing',
  'documents.dokument_for_nedlasting': 'one exact id; who may have it is decided from the answer',
  'exchange.be_om_tilgang': 'asks for a system of the acting organisation',
  'exchange.finn_adressat': 'the directory (fiks-io §2.3)',
  'exchange.finn_kontoer': 'facts that the rules of sending and the directory need, by exact id',
  'exchange.finn_nokkel': 'public keys are public',
  'exchange.finn_system_for_integrasjon': 'an id for an exact id',
  'exchange.finn_systemer': 'the directory, by exact id',
  'exchange.forhold': 'what the receiver has said about a sender, by exact ids',
  'exchange.fremmede_svar': 'whether a named organisation has a part in one exact message',
  'exchange.ko_antall': 'the directory shows how many wait, by exact id',
  'exchange.melding_motta': 'messages to the acting organisation only',
  'exchange.overlappende_adresser': 'active addresses are public',
  'exchange.rabbitmq_antall': 'numbers by exact id',
  'exchange.rabbitmq_ta': 'takes locks and tells nothing',
  'documents.registrer_nyttelast':
    'a payload for a konto of the acting organisation; of one that is not there nothing',
  'kernel.audit_append': 'in the chain of the acting organisation',
  'post.antall_uapnet': 'of the acting person',
  'post.avsendere_for_leser': 'of the acting person',
  'post.brev_for_leser': 'of the acting person',
  'post.er_part': 'whether the acting organisation, or one exact number, has a part in one exact letter',
  'post.finn_kontoer': 'which organisation a letter belongs to, by exact id',
  'post.sok_brev_for_leser': 'of the acting person',
  'post.spor_avvist':
    'writes a refusal, for no organisation: one that acts gets an error, and nobody an answer',
};

interface Definer {
  readonly name: string;
  readonly call: string;
}

describe('functions that run with the owner’s rights, under attack by the application role', () => {
  let dataDir: string;
  let database: PlatformDatabase;
  let owner: pg.Client;
  let app: pg.Client;
  let definers: Definer[];
  const config = () => readConfig({ GRUNNMUR_DATA: dataDir, DEMO_LETTERS: 'false' });

  beforeAll(async () => {
    dataDir = await testFolder();
    await makeAsEarlier();
    database = await openPlatformDatabase(config());
    await migratePlatform(database);
    owner = await connect(database.migrationUrl);
    app = await connect(database.url, `-c role=${APP_ROLE}`);
    const { rows } = await owner.query<{ name: string; types: string[] }>(
      `select p.oid::regprocedure::text as name,
         array(select format_type(t, null) from unnest(p.proargtypes) with ordinality as a (t, n) order by n) as types
       from pg_proc p where p.prosecdef and p.pronamespace = any ($1::regnamespace[]) order by 1`,
      [ROOMS],
    );
    definers = rows.map(({ name, types }) => ({
      name,
      call: `select * from ${name.split('(')[0]}(${types.map((type) => ARGUMENTS[type] ?? `(no value for ${type})`).join(', ')})`,
    }));
  });
  afterAll(async () => {
    await Promise.all([owner?.end(), app?.end()]);
    await database?.close();
  });

  /** A data folder as it was when the program itself was the superuser: everything is the superuser's. */
  async function makeAsEarlier(): Promise<void> {
    const earlier = await startEmbeddedPostgres({ dataDir });
    await earlier.createDatabase('grunnmur');
    const url = earlier.url('grunnmur');
    await migratePlatform({
      url,
      migrationUrl: url,
      embedded: true,
      died: new Promise(() => {}),
      close: async () => {},
    });
    const client = await connect(url);
    await client.query(
      `insert into access.organisation values (gen_random_uuid(), default, '310000019', 'Eksempel', 'nb', 'kommune', null, true, now())`,
    );
    await client.query('grant temporary on database grunnmur to public');
    await client.end();
    await earlier.stop();
  }

  async function connect(connectionString: string, options?: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString, ...(options ? { options } : {}) });
    await client.connect();
    return client;
  }

  const code = (query: Promise<unknown>) =>
    query.then(
      () => 'done',
      (error: { code: string }) => error.code,
    );

  /** Runs statements and takes all of them back; answers the error of the last, if any. */
  async function attempt(statements: readonly string[]): Promise<Error | undefined> {
    await app.query('begin');
    try {
      for (const statement of statements) await app.query(statement);
      return undefined;
    } catch (error) {
      return error as Error;
    } finally {
      await app.query('rollback');
    }
  }

  it('keeps what earlier versions stored, and gives it to an owner who is no superuser', async () => {
    const { rows } = await owner.query('select count(*)::int as n from access.organisation');
    expect(rows).toEqual([{ n: 1 }]);
    const strays = await owner.query(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = any ($1) and c.relkind in ('r', 'p', 'v', 'S') and c.relowner <> $2::regrole
       union all
       select p.oid::regprocedure::text from pg_proc p where p.pronamespace = any ($1::regnamespace[]) and p.proowner <> $2::regrole`,
      [ROOMS, OWNER_ROLE],
    );
    expect(strays.rows).toEqual([]);
    const powers = await owner.query(
      `select rolname from pg_roles where rolname like 'grunnmur\\__%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)`,
    );
    expect(powers.rows).toEqual([]);
    // Started again, nothing is left to do.
    await expect(checkLogin(database, config(), createLogger({ level: 'silent' }))).resolves.toBeUndefined();
  });

  it('cannot leave its role for another, nor reach the machine', async () => {
    expect(await code(app.query('set role none; create table public.x (a int)'))).toBe(DENIED);
    expect(await code(app.query(`set role ${OWNER_ROLE}`))).toBe(DENIED);
    await app.query(`set role ${APP_ROLE}`);
    for (const statement of [
      `copy (select 1) to program 'true'`,
      `copy (select 1) to '/tmp/x'`,
      `select pg_read_file('/etc/hostname')`,
      `create function kernel.x() returns int language sql as 'select 1'`,
      `create schema x`,
      `create temp table x (a int)`,
    ])
      expect([statement, await code(app.query(statement))]).toEqual([statement, DENIED]);
  });

  it('may call what is for it and nothing else, and no one else anything', async () => {
    const { rows } = await owner.query<{
      name: string;
      app: boolean;
      all: boolean;
      path: boolean;
      definer: boolean;
    }>(
      `select p.oid::regprocedure::text as name, p.prosecdef as definer,
         has_function_privilege($2, p.oid, 'execute') as app, has_function_privilege('public', p.oid, 'execute') as all,
         coalesce(p.proconfig @> '{"search_path=pg_catalog, pg_temp"}', false) as path
       from pg_proc p where p.pronamespace = any ($1::regnamespace[]) order by 1`,
      [ROOMS, APP_ROLE],
    );
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.filter((row) => row.all)).toEqual([]);
    expect(rows.filter((row) => row.definer && !row.path)).toEqual([]);
    expect(rows.filter((row) => !row.app).map((row) => row.name.split('(')[0])).toEqual([
      'exchange.ko_gjor_opp',
      'exchange.krev_operator',
      'exchange.ny_id',
      'exchange.rabbitmq_gjor_opp',
      'exchange.rabbitmq_las',
      'kernel.audit_field',
      'kernel.audit_lock',
      'kernel.event_rebase',
      'kernel.require_platform',
    ]);
  });

  it('refuses an organisation what is the platform’s own work', async () => {
    const acting = [
      `select set_config('grunnmur.tenant', gen_random_uuid()::text, true)`,
      `select set_config('grunnmur.actor', 'integration:x', true)`,
    ];
    const open: string[] = [];
    for (const { name, call } of definers) {
      const error = (await attempt([...acting, call])) as { code?: string } | undefined;
      if (error?.code !== DENIED) open.push(name.split('(')[0]!);
    }
    expect(open).toEqual(Object.keys(FOR_ORGANISATIONS).sort());
  });

  describe('with temporary objects in the place of what functions name', () => {
    let steps: string[];
    beforeAll(async () => {
      // The right is gone; what follows holds even where an operator gives it back.
      await owner.query('grant temporary on database grunnmur to public');
      steps = await tryable(await ladder());
    });
    afterAll(() => owner.query('revoke temporary on database grunnmur from public'));

    /** Types, functions, operators, tables and a cast of the caller's own, each of which tells when others run it. */
    const ladder = async (): Promise<string[]> => {
      const { rows: tables } = await owner.query<{ name: string }>(
        `select distinct c.relname as name from pg_class c where c.relnamespace = any ($1::regnamespace[]) and c.relkind in ('r', 'v')`,
        [ROOMS],
      );
      const body = `begin if current_user <> '${APP_ROLE}' then raise exception 'CLIMBED as %', current_user; end if; return true; end`;
      return [
        `set local search_path = pg_temp, pg_catalog`,
        ...TYPES.flatMap((type) => [
          `create function pg_temp.climb_${type}(v pg_catalog.${type}) returns pg_catalog.bool language plpgsql as $$ ${body} $$`,
          `create domain pg_temp."${type}" as pg_catalog.${type} check (pg_temp.climb_${type}(value))`,
        ]),
        `create function pg_temp.same(a pg_catalog.text, b pg_catalog.text) returns pg_catalog.bool language plpgsql as $$ ${body} $$`,
        'create operator pg_temp.= (function = pg_temp.same, leftarg = pg_catalog.text, rightarg = pg_catalog.text)',
        'create operator pg_temp.<> (function = pg_temp.same, leftarg = pg_catalog.text, rightarg = pg_catalog.text)',
        ...['now()', 'clock_timestamp()', 'gen_random_uuid()', 'pg_backend_pid()'].map(
          (name) =>
            `create function pg_temp.${name} returns pg_catalog.bool language plpgsql as $$ ${body} $$`,
        ),
        'create type pg_temp.pair as (a pg_catalog.text)',
        `create function pg_temp.to_pair(v pg_catalog.text) returns pg_temp.pair language plpgsql as $$ begin perform pg_temp.same(v, v); return row(v); end $$`,
        'create cast (pg_catalog.text as pg_temp.pair) with function pg_temp.to_pair(pg_catalog.text) as implicit',
        ...[...tables.map(({ name }) => name), 'pg_class', 'pg_roles'].map(
          (name) =>
            `create view pg_temp."${name}" as select pg_temp.same('a'::pg_catalog.text, 'b'::pg_catalog.text)`,
        ),
      ];
    };
    const tryable = async (steps: readonly string[]) => {
      const kept: string[] = [];
      for (const step of steps) if (!(await attempt([...kept, step]))) kept.push(step);
      return kept;
    };

    it('none lets the caller’s code run as the owner', async () => {
      // What PostgreSQL itself refuses to make is no step; the types are what was climbed by.
      expect(steps.filter((step) => step.startsWith('create domain'))).toHaveLength(TYPES.length);
      expect(definers.length).toBeGreaterThan(45);
      for (const { name, call } of definers)
        for (const actor of ['', `select set_config('grunnmur.actor', 'system:x', true)`]) {
          const error = await attempt([
            ...steps,
            ...(actor ? [actor.replace('set_config', 'pg_catalog.set_config')] : []),
            call,
          ]);
          expect([name, error?.message ?? '']).toEqual([
            name,
            expect.not.stringMatching(/CLIMBED|no value|syntax/),
          ]);
        }
    });

    it('would be found in one that does not fix its path', async () => {
      await owner.query(
        `create function exchange.svak(p jsonb) returns bigint language plpgsql security definer set search_path = pg_catalog
           as $$ begin return (select count(*) from jsonb_to_recordset(p) as r (ttl_ms float8)); end $$`,
      );
      const error = await attempt([...steps, `select exchange.svak('[{"ttl_ms":5}]')`]);
      await owner.query('drop function exchange.svak');
      expect(error?.message).toBe(`CLIMBED as ${OWNER_ROLE}`);
    });
  });
});
