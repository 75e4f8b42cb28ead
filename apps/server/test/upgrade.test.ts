import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { DATA_FORMER, DATA_NEWER } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import { dropDatabase } from '@grunnmur/kernel/testing';
import pg from 'pg';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { createServer } from '../create-server.ts';
import { migratePlatform, pendingPlatformMigrations } from '../platform-database.ts';
import { readConfig } from '../read-config.ts';
import { faultText, startFault } from '../start-faults.ts';

const ROOT = new URL('../../../', import.meta.url);
/** The newest file of each room on 2026-11-29: what data folders of that day have. */
const THEN: readonly (readonly [room: string, folder: string, newest: number])[] = [
  ['kernel', 'kernel/db/migrations/', 6],
  ['access', 'rooms/access/migrations/', 1],
  ['post', 'rooms/post/migrations/', 2],
  ['exchange', 'rooms/exchange/migrations/', 5],
];

type Edit = (text: string) => string;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Texts that migrations had before they were frozen, from what they are now. */
const inSideTable: Edit = (text) =>
  text
    .replace(
      " Payloads of some kB stay in the row itself: the side table for large values,\n-- with its index, would cost a message a seventh of the database's time.",
      '',
    )
    .replace('alter table exchange.melding_innhold set (toast_tuple_target = 8160);\n', '');
const withoutUndo: Edit = (text) =>
  inSideTable(text).replace(/-- Takes back what ko_hent gave out under a token[\s\S]*?\nend \$\$;\n\n/, '');
const countsTwo: Edit = (text) =>
  text
    .replace(' `nylig`: handed over within p_nylig_ms.', '')
    .replace('p_tak int, p_nylig_ms float8)', 'p_tak int)')
    .replace('hos bigint, nylig bigint)', 'hos bigint)')
    .replace(/ x\),\n {4}\(select count\(\*\) from \(\n[\s\S]*? x where x\.sendt > [^\n]*\n/, ' x)\n');

describe('data of earlier and later versions', () => {
  const adminUrl = inject('postgresUrl');
  const made: string[] = [];
  afterAll(async () => {
    for (const name of made) await dropDatabase(adminUrl, name);
  });

  async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  const urlOf = (name: string) => adminUrl.replace(/\/postgres$/, `/${name}`);

  async function newDatabase(): Promise<string> {
    const name = `upgrade_${newId().replaceAll('-', '')}`;
    await withClient(adminUrl, (client) => client.query(`create database ${name}`));
    made.push(name);
    return urlOf(name);
  }

  /** A database as the version of 2026-11-29 left it, with these files as they were then, and a row in it. */
  async function databaseOfThen(edits: Readonly<Record<string, Edit>> = {}): Promise<string> {
    const url = await newDatabase();
    await withClient(url, async (client) => {
      await client.query(`create schema kernel; create table kernel.migration (
        room text not null, number int not null, name text not null, checksum text not null,
        applied_at timestamptz not null default now(), primary key (room, number))`);
      for (const [room, folder, newest] of THEN) {
        await client.query(`create schema if not exists ${room}`);
        const files = (await readdir(new URL(folder, ROOT))).filter((name) => name.endsWith('.sql')).sort();
        for (const file of files.filter((name) => Number(name.slice(0, 4)) <= newest)) {
          const name = file.slice(0, -4);
          const now = await readFile(new URL(`${folder}${file}`, ROOT), 'utf8');
          const text = edits[`${room}/${name}`]?.(now) ?? now;
          await client.query(text);
          await client.query('insert into kernel.migration values ($1, $2, $3, $4)', [
            room,
            Number(file.slice(0, 4)),
            name,
            sha256(text),
          ]);
        }
      }
      await client.query(
        `insert into exchange.melding_innhold values (gen_random_uuid(), gen_random_uuid(), '\\x01')`,
      );
    });
    return url;
  }

  const platform = (url: string) => ({
    url,
    migrationUrl: url,
    embedded: false,
    died: new Promise<void>(() => {}),
    close: async () => {},
  });

  /** Everything that migrations make: functions, columns, storage, constraints, indexes, policies and rights. */
  const structure = (url: string) =>
    withClient(url, async (client) => {
      const { rows } = await client.query<{ line: string }>(
        `with rooms as (select oid, nspname from pg_namespace where nspname in ('kernel', 'access', 'post', 'exchange', 'documents'))
         select pg_get_functiondef(p.oid) || p.proacl::text as line from pg_proc p join rooms on rooms.oid = p.pronamespace
         union all select c.oid::regclass::text || ' ' || c.relkind::text || coalesce(c.reloptions::text, '') || coalesce(c.relacl::text, '') || c.relrowsecurity::text
           from pg_class c join rooms on rooms.oid = c.relnamespace
         union all select a.attrelid::regclass::text || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attstorage::text || a.attnotnull::text || coalesce(a.attacl::text, '')
           from pg_attribute a join pg_class c on c.oid = a.attrelid join rooms on rooms.oid = c.relnamespace where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'v')
         union all select n.conrelid::regclass::text || ' ' || pg_get_constraintdef(n.oid) from pg_constraint n join rooms on rooms.oid = n.connamespace
         union all select indexdef from pg_indexes join rooms on nspname = schemaname
         union all select tablename || policyname || cmd || coalesce(qual, '') || coalesce(with_check, '') from pg_policies join rooms on nspname = schemaname
         order by 1`,
      );
      return rows.map(({ line }) => line);
    });

  it.each<[string, Record<string, Edit>, string[]]>([
    ['the same texts', {}, []],
    [
      'payloads in a side table',
      { 'exchange/0002_meldinger': inSideTable },
      ['exchange/former/0002_2ca0d6488f1b6aac'],
    ],
    [
      'queues that could not take a claim back',
      { 'exchange/0002_meldinger': withoutUndo },
      ['exchange/former/0002_fe6b4d4dafcf58ac'],
    ],
    [
      'another count of what RabbitMQ has',
      { 'exchange/0002_meldinger': inSideTable, 'exchange/0005_rabbitmq': countsTwo },
      ['exchange/former/0002_2ca0d6488f1b6aac', 'exchange/former/0005_e145d047da4c52bf'],
    ],
  ])('brings data with %s to what a new database is', async (_name, edits, bridges) => {
    const url = await databaseOfThen(edits);
    const pending = await pendingPlatformMigrations(url);
    expect(pending.filter((name) => name.includes('/former/'))).toEqual(bridges);
    expect(await migratePlatform(platform(url))).toEqual(pending);
    expect(await pendingPlatformMigrations(url)).toEqual([]);
    const expected = await newDatabase();
    await migratePlatform(platform(expected));
    expect(await structure(url)).toEqual(await structure(expected));
    const kept = await withClient(url, (client) => client.query('select from exchange.melding_innhold'));
    expect(kept.rowCount).toBe(1);
  });

  const broken: [string, () => Promise<string>, string, RegExp][] = [
    [
      'an early text that nothing bridges',
      () => databaseOfThen({ 'post/0001_forsendelse': (text) => `-- early\n${text}` }),
      DATA_FORMER,
      /were made by an early version with another post\/0001_forsendelse/,
    ],
    [
      'a migration of a newer version',
      async () => {
        const url = await databaseOfThen();
        await withClient(url, (client) =>
          client.query(`insert into kernel.migration values ('kernel', 99, '0099_framtid', 'x')`),
        );
        return url;
      },
      DATA_NEWER,
      /have kernel\/0099_framtid, which this version does not know/,
    ],
    [
      'a room of a newer version',
      async () => {
        const url = await databaseOfThen();
        await withClient(url, (client) =>
          client.query(`insert into kernel.migration values ('framtid', 1, '0001_rom', 'x')`),
        );
        return url;
      },
      DATA_NEWER,
      /have framtid\/0001_rom/,
    ],
  ];
  it.each(broken)('refuses %s in one sentence, and changes nothing', async (_name, make, code, sentence) => {
    const url = await make();
    const before = await structure(url);
    await expect(pendingPlatformMigrations(url)).rejects.toMatchObject({ code });
    const config = readConfig({
      DATABASE_URL: url,
      PORT: '0',
      LOG_LEVEL: 'silent',
      GRUNNMUR_DATA: '/nonexistent',
    });
    const error = await createServer(config).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    for (const locale of ['nb', 'nn', 'en'] as const) {
      const text = await faultText(startFault(error, config), locale);
      if (locale === 'en') expect(text.sentence).toMatch(sentence);
      expect(text.sentence).toContain(new URL(url).host);
      expect(text.fix).not.toMatch(/server\.fault/);
    }
    expect(await structure(url)).toEqual(before);
  });
});
