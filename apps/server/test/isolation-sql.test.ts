import { randomUUID } from 'node:crypto';
import { type Database, openDatabase } from '@grunnmur/kernel/db';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logIn } from './citizen.ts';
import { sendLetter, startTestServer, type TestServer, waitForStatus } from './harness.ts';
import { quiet } from './refusals.ts';
import { basic } from './send-faces.ts';

/** Tables that every tenant's transactions can reach, each with the reason. A new one must be argued for here. */
const OPEN_TABLES: Readonly<Record<string, string>> = {
  'access.jti_seen': 'one-time hashes of the token issuer, which serves all tenants',
  'access.refusal': 'counters of refused logins, written before a tenant is known',
  'access.signing_key': 'belongs to the installation; private part sealed with the master key',
  'kernel.data_key': 'read by the storage layer for every tenant; wrapped by the master key',
  'kernel.event_base': 'one number for the whole installation',
  'kernel.job': 'workers take jobs before they know the tenant; ids only',
  'kernel.job_dead': 'operators retry over all tenants; ids only',
  'kernel.migration': 'written by the migrator; the application role has no right to it',
  'kernel.schedule': 'belongs to the installation',
  'kernel.subscription': 'part of the program',
  'post.forsendelsestype': 'the same list for everyone, read only',
};

/** Tables of one tenant each that others may read. */
const PUBLIC_TO_READ: Readonly<Record<string, string>> = {
  'post.mottakersystem_ruting': 'which organisation receives what: every sender looks it up',
  'post.avsenderprofil': 'how a sender is shown and whom its readers ask: every reader sees it',
};

/** Rows are added, never changed: what has happened has happened. */
const APPEND_ONLY = [
  'kernel.audit',
  'kernel.audit_head',
  'kernel.event',
  'kernel.job_attempt',
  'post.hendelse',
];
/** Not even added but through `kernel.audit_append`, which takes tenant and actor from the transaction. */
const WRITTEN_BY_FUNCTION = ['kernel.audit', 'kernel.audit_head'];

/** What each function that runs with the owner's rights answers: ids, numbers, or one row for one exact credential. */
const DEFINER_FUNCTIONS: Readonly<Record<string, string | null>> = {
  'access.account_for_login':
    'wanted, username, tenant_id, konto_id, password_hash, orgnr, organisation_name, active',
  'access.client_for_token':
    'wanted, client_id, tenant_id, orgnr, scopes, keys, certificate_fingerprints, active',
  'access.delegated_scopes': 'consumer, supplier, wanted',
  'access.end_session': 'wanted, person, level, id_token, created_at, expires_at',
  'access.end_sessions_of': 'wanted_sid, wanted_sub, person, handle',
  'access.find_session': 'wanted, at, person, level, id_token, created_at, expires_at',
  'access.integration_for_login':
    'wanted, id, name, tenant_id, password_hash, authorised_orgnr, client_ids, active, grants',
  'access.mottakersystem_for_login':
    'wanted, username, id, tenant_id, name, certificate_pem, password_hash, orgnr, active',
  'access.purge': 'at',
  'kernel.audit_append': 'p_at, p_actor_name, p_request_id, p_entries',
  'kernel.purge_idempotency_keys': 'before',
  'post.antall_uapnet': 'skjult, tak',
  'post.avsendere_for_leser': null,
  'post.brev_for_leser': 'skjult, foer, antall',
  'post.er_part': 'p_brev, p_orgnr',
  'post.finn_kontoer': 'forsendelser, id, konto_id, tenant_id',
  'post.forfalt_print': 'grense, antall, tenant_id, id',
  'post.forfalt_sletting': 'grense, antall, tenant_id, id',
  'post.kjente_objekter': 'objekter',
  'post.rydd_midlertidig': 'naa',
  'post.spor_avvist': 'p_brev, p_operation, p_actor_name, p_request_id, p_detail',
  'post.sok_brev_for_leser': 'skjult, foer, antall, tekst, avsendere, niva, uapnet',
};

const DENIED = '42501';

interface Table {
  readonly name: string;
  readonly rls: boolean;
  readonly hasTenant: boolean;
  /** Columns that can be written. */
  readonly columns: readonly string[];
}

interface Scope {
  readonly tenant?: string;
  readonly person?: string;
}

describe('direct SQL under the application role', () => {
  let test: TestServer;
  let app: Database;
  let tables: Table[];
  let mine: string;
  let theirs: string;
  let letter: string;
  let recipient: string;

  beforeAll(async () => {
    test = await startTestServer();
    app = openDatabase({ connectionString: test.databaseUrl, max: 2 });
    await leaveTracesEverywhere();
    const { rows } = await test.owner.query<Table>(
      `select n.nspname || '.' || c.relname as name, c.relrowsecurity as rls,
         bool_or(a.attname = 'tenant_id') as "hasTenant",
         array_agg(quote_ident(a.attname) order by a.attnum) filter (where a.attgenerated = '' and a.attidentity = '') as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where n.nspname in ('kernel', 'access', 'post') and c.relkind in ('r', 'p')
       group by 1, 2 order by 1`,
    );
    tables = rows;
    const tenant = async (orgnr: string) =>
      (await test.owner.query('select id from access.organisation where orgnr = $1', [orgnr])).rows[0]
        .id as string;
    mine = await tenant(test.integration('Døme').orgnr);
    theirs = await tenant(test.integration('Eksempel').orgnr);
  });
  afterAll(async () => {
    await app.close();
    await test.stop();
  });

  /** A letter's whole life, so that no table of theirs is empty. */
  async function leaveTracesEverywhere(): Promise<void> {
    recipient = test.person('altinn').fnr;
    const files = [{ name: 'brev.pdf', bytes: samplePdf() }];
    const sent = await sendLetter(
      test,
      { to: { fnr: recipient }, files },
      { headers: { 'idempotency-key': 'k' } },
    );
    letter = sent.body.id;
    await waitForStatus(test, letter, 'VARSLET');
    await (await logIn(test.baseUrl, recipient)).get(`/forsendelse/${letter}/0`);
    await waitForStatus(test, letter, 'LEST');
    const { username, password } = test.access.svarutV1Accounts[0]!;
    await fetch(`${test.baseUrl}/tjenester/api/forsendelse/v1/startNyForsendelse`, {
      method: 'POST',
      headers: { authorization: basic(username, password) },
    });
    await quiet(test);
    const organisation = `select id from access.organisation where orgnr = '${test.integration('Eksempel').orgnr}'`;
    await test.owner.query(
      `insert into access.person_role select id, '${recipient}', 'avsender', now() from (${organisation}) o`,
    );
    await test.owner.query(
      `insert into access.system select gen_random_uuid(), id, 'Sak', true, now() from (${organisation}) o`,
    );
  }

  async function as<T extends object>(scope: Scope, text: string, values: unknown[] = []): Promise<T[]> {
    const client = await app.pool.connect();
    try {
      await client.query('begin');
      await client.query(
        `select set_config('grunnmur.tenant', $1, true), set_config('grunnmur.person', $2, true), set_config('grunnmur.actor', $3, true)`,
        [scope.tenant ?? '', scope.person ?? '', scope.person ? `person:${scope.person}` : 'system:test'],
      );
      return (await client.query(text, values)).rows as T[];
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  /** The SQLSTATE a statement fails with, or how many rows it touched. */
  const effect = (scope: Scope, text: string, values: unknown[] = []): Promise<string | number> =>
    as(scope, `${text} returning 1`, values).then(
      (rows) => rows.length,
      (error: { code: string }) => error.code,
    );

  const isolated = () => tables.filter((table) => table.rls && table.hasTenant);
  const strangers = (): Scope[] => [
    { tenant: mine },
    {},
    { tenant: randomUUID() },
    { person: '01819010192' },
    { tenant: mine, person: '01819010192' },
  ];

  it('is not the role of the owner', async () => {
    const [role] = await as<{ user: string; rolsuper: boolean; rolbypassrls: boolean }>(
      {},
      'select current_user as user, rolsuper, rolbypassrls from pg_roles where rolname = current_user',
    );
    expect(role).toEqual({ user: 'grunnmur_app', rolsuper: false, rolbypassrls: false });
    await expect(as({}, 'create table post.x (a int)')).rejects.toMatchObject({ code: DENIED });
    const owned = await test.owner.query(
      `select from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'grunnmur_app'`,
    );
    expect(owned.rowCount).toBe(0);
  });

  it('meets a policy on every table but those that are open for a reason', () => {
    expect(tables.length).toBeGreaterThan(30);
    const open = tables.filter((table) => !table.rls).map((table) => table.name);
    expect(open).toEqual(Object.keys(OPEN_TABLES).sort());
    const scopedByPerson = tables.filter((table) => table.rls && !table.hasTenant).map((table) => table.name);
    expect(scopedByPerson).toEqual(['access.session']);
  });

  it('sees nothing of another tenant, whoever asks', async () => {
    for (const { name } of isolated()) {
      const all = await test.owner.query(`select from ${name} where tenant_id = $1`, [theirs]);
      expect([name, all.rowCount]).not.toEqual([name, 0]);
      if (name in PUBLIC_TO_READ) continue;
      for (const scope of strangers()) {
        const seen = await as(scope, `select tenant_id from ${name} where tenant_id = $1`, [theirs]);
        expect([name, scope, seen.length]).toEqual([name, scope, 0]);
      }
    }
  });

  it('sees its own', async () => {
    for (const { name } of isolated()) {
      const all = await test.owner.query(`select from ${name} where tenant_id = $1`, [theirs]);
      const seen = await as({ tenant: theirs }, `select from ${name} where tenant_id = $1`, [theirs]);
      expect([name, seen.length]).toEqual([name, all.rowCount]);
    }
  });

  it('changes, removes and adds nothing of another tenant', async () => {
    for (const { name, columns } of isolated()) {
      const [{ row }] = (
        await test.owner.query(`select row_to_json(t) as row from ${name} t where tenant_id = $1 limit 1`, [
          theirs,
        ])
      ).rows as [{ row: object }];
      const list = columns.join(', ');
      const insert = `insert into ${name} (${list}) select ${list} from json_populate_record(null::${name}, $1)`;
      const writable = columns.includes('tenant_id') ? 'tenant_id' : columns[0]!;
      for (const scope of strangers()) {
        const update = `update ${name} set ${writable} = ${writable} where tenant_id = $1`;
        expect([name, 'update', await effect(scope, update, [theirs])]).toEqual([
          name,
          'update',
          expect.toBeOneOf([0, DENIED]),
        ]);
        const remove = `delete from ${name} where tenant_id = $1`;
        expect([name, 'delete', await effect(scope, remove, [theirs])]).toEqual([
          name,
          'delete',
          expect.toBeOneOf([0, DENIED]),
        ]);
        expect([name, 'insert', await effect(scope, insert, [row])]).toEqual([name, 'insert', DENIED]);
      }
      if (!columns.includes('tenant_id')) continue;
      const give = `update ${name} set tenant_id = $2 where tenant_id = $1`;
      expect([name, 'give', await effect({ tenant: mine }, give, [mine, theirs])]).toEqual([
        name,
        'give',
        expect.toBeOneOf([0, DENIED]),
      ]);
    }
  });

  it('shows a person own letters and own log, of whichever organisation, and no one else’s', async () => {
    const count = async (scope: Scope, from: string) => (await as(scope, `select from ${from}`)).length;
    const ours = { person: recipient };
    for (const from of [
      'post.forsendelse',
      'post.dokument',
      'post.nedlasting',
      'post.hendelse',
      'kernel.audit',
    ])
      expect([from, await count(ours, from)]).not.toEqual([from, 0]);
    const others = await as(ours, 'select from post.forsendelse where mottaker_id <> $1', [recipient]);
    expect(others).toEqual([]);
    const log = await as(ours, 'select from kernel.audit where subject is distinct from $1', [recipient]);
    expect(log).toEqual([]);
    for (const from of [
      'post.konto',
      'post.levering',
      'post.gjentakelse',
      'kernel.event',
      'kernel.job_attempt',
    ])
      expect([from, await count(ours, from)]).toEqual([from, 0]);
    for (const change of [
      "update post.forsendelse set tittel = 'x'",
      'delete from post.dokument',
      'delete from post.nedlasting',
    ])
      expect([change, await effect(ours, change)]).toEqual([change, expect.toBeOneOf([0, DENIED])]);
  });

  it('cannot change what has happened, its own either', async () => {
    for (const name of APPEND_ONLY) {
      const { columns } = tables.find((table) => table.name === name)!;
      const update = `update ${name} set ${columns.at(-1)} = ${columns.at(-1)}`;
      expect([name, await effect({ tenant: theirs }, update)]).toEqual([name, DENIED]);
      expect([name, await effect({ tenant: theirs }, `delete from ${name}`)]).toEqual([name, DENIED]);
      await expect(as({ tenant: theirs }, `truncate ${name}`)).rejects.toMatchObject({ code: DENIED });
    }
    for (const name of WRITTEN_BY_FUNCTION) {
      const insert = `insert into ${name} select * from ${name} limit 1`;
      expect([name, await effect({ tenant: theirs }, insert)]).toEqual([name, DENIED]);
    }
  });

  it('reads open tables only as far as they are open', async () => {
    await expect(as({}, 'select from kernel.migration')).rejects.toMatchObject({ code: DENIED });
    const change = `insert into post.forsendelsestype values ('ny')`;
    expect(await effect({ tenant: mine }, change)).toBe(DENIED);
    const { rows } = await test.owner.query(
      `select column_name as name from information_schema.columns
       where table_schema = 'kernel' and table_name in ('job', 'job_dead') and data_type = 'jsonb' group by 1`,
    );
    expect(rows).toEqual([{ name: 'payload' }]);
    const view = await test.owner.query(
      `select table_schema || '.' || table_name as name, string_agg(column_name, ', ' order by ordinal_position) as columns
       from information_schema.columns join information_schema.views using (table_schema, table_name)
       where table_schema in ('kernel', 'access', 'post') group by 1`,
    );
    expect(view.rows).toEqual([
      { name: 'access.public_organisation', columns: 'id, orgnr, name, language, kind, parent, active' },
    ]);
  });

  describe('functions that run with the owner’s rights', () => {
    it('are these, with these columns, each with a fixed search path', async () => {
      const { rows } = await test.owner.query(
        `select n.nspname || '.' || p.proname as name, array_to_string(p.proargnames, ', ') as columns,
           coalesce(p.proconfig @> '{"search_path=pg_catalog, pg_temp"}', false) as fixed
         from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where p.prosecdef and n.nspname in ('kernel', 'access', 'post') order by 1`,
      );
      expect(Object.fromEntries(rows.map((row) => [row.name, row.columns]))).toEqual(DEFINER_FUNCTIONS);
      expect(rows.filter((row) => !row.fixed)).toEqual([]);
    });

    it('tell ids of another tenant’s letters, and nothing about them', async () => {
      const calls = [
        ['post.finn_kontoer(array[$1::uuid])', letter],
        ['post.forfalt_print($1, 10)', '2100-01-01'],
        ['post.forfalt_sletting($1, 10)', '2100-01-01'],
      ] as const;
      for (const [call, value] of calls) {
        for (const row of await as({}, `select * from ${call}`, [value]))
          for (const cell of Object.values(row)) expect(cell).toMatch(/^[0-9a-f-]{36}$/);
        if (!call.startsWith('post.forfalt')) continue;
        const asTenant = as({ tenant: mine }, `select * from ${call}`, [value]);
        await expect(asTenant).rejects.toMatchObject({ code: DENIED });
      }
    });

    it('find letters for the acting person only', async () => {
      const inbox = `select * from post.brev_for_leser('{}', null, 100) as id`;
      expect(await as({ person: recipient }, inbox)).toEqual([{ id: letter }]);
      for (const scope of strangers()) expect(await as(scope, inbox)).toEqual([]);
    });

    it('give one login for one exact name, and no list', async () => {
      const functions = ['account_for_login', 'mottakersystem_for_login', 'client_for_token'];
      for (const name of functions)
        for (const wanted of ['%', '', 'EKSEMPEL', "' or true --"])
          expect(await as({}, `select * from access.${name}($1)`, [wanted])).toEqual([]);
      expect(await as({}, `select * from access.account_for_login('eksempel')`)).toHaveLength(1);
      expect(await as({}, 'select * from access.find_session($1, now())', [Buffer.alloc(32)])).toEqual([]);
    });

    it('write the log under the tenant of the transaction only', async () => {
      const entry = JSON.stringify([{ operation: 'x', outcome: 'ok', tenant_id: theirs }]);
      const append = `select kernel.audit_append(now(), 'x', 'x', $1::jsonb)`;
      const client = await app.pool.connect();
      try {
        await client.query('begin');
        await client.query(
          `select set_config('grunnmur.tenant', $1, true), set_config('grunnmur.actor', 'system:x', true)`,
          [mine],
        );
        await client.query(append, [entry]);
        const { rows } = await client.query(`select tenant_id from kernel.audit where operation = 'x'`);
        expect(rows).toEqual([{ tenant_id: mine }]);
      } finally {
        await client.query('rollback');
        client.release();
      }
    });
  });
});
