import { room as access } from '@grunnmur/access/manifest';
import { room as exchange } from '@grunnmur/exchange/manifest';
import { APP_ROLE, migrate } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import { room as registers } from '@grunnmur/registers/manifest';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { room } from '../room.ts';

// A database of the version in which Dokumentlager was a part of exchange, with documents in it, comes under this one.

const name = `upgrade_${newId().replaceAll('-', '')}`;
const url = () => inject('postgresUrl').replace(/\/postgres$/, `/${name}`);
const sources = (rooms: readonly (typeof room)[]) =>
  rooms.flatMap((each) => (each.migrations ? [{ room: each.name, folder: each.migrations }] : []));

const tenant = newId();
const other = newId();
const konto = newId();
const dokument = newId();
let client: pg.Client;

async function administer(text: string): Promise<void> {
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query(text).finally(() => admin.end());
}

beforeAll(async () => {
  await administer(`create database ${name}`);
  await migrate(url(), sources([registers, access, exchange]));
  client = new pg.Client({ connectionString: url() });
  await client.connect();
  const system = newId();
  await client.query(
    `insert into exchange.system (id, tenant_id, integrasjon_id, navn, opprettet, opprettet_av, sist_endret, sist_endret_av)
     values ($1, $2, $3, 'System', now(), 'test', now(), 'test')`,
    [system, tenant, newId()],
  );
  await client.query(
    `insert into exchange.konto (id, tenant_id, system_id, navn, aktiv, dokumentlager_konto_id, opprettet, opprettet_av,
       sist_endret, sist_endret_av) values ($1, $2, $3, 'Konto', true, $1, now(), 'test', now(), 'test')`,
    [konto, tenant, system],
  );
  await client.query(
    `insert into exchange.dokument (id, tenant_id, konto_id, nyttelast, navn, mimetype, kryptert, kryptert_storrelse,
       ukryptert_storrelse, sha256, sikkerhetsniva, eksponert_for, ikke_lagre_lastet_ned, opprettet, opprettet_av)
     values ($1, $2, $3, false, 'brev.pdf', 'application/pdf', false, 10, 10, sha256('x'), 3, '[]', false, now(), 'test')`,
    [dokument, tenant, konto],
  );
  await client.query('insert into exchange.dokument_nedlasting values ($1, $2, $3, now(), $4)', [
    newId(),
    tenant,
    dokument,
    'integration:x',
  ]);
  await migrate(url(), sources([registers, access, exchange, room]));
});

afterAll(async () => {
  await client?.end();
  await administer(`drop database if exists ${name} with (force)`);
});

/** As the program asks, acting for an organisation. */
async function as(organisation: string | null, text: string, values: unknown[] = []) {
  await client.query('begin');
  try {
    await client.query(`set local role ${APP_ROLE}`);
    await client.query(`select set_config('grunnmur.tenant', $1, true)`, [organisation ?? '']);
    return (await client.query(text, values)).rows;
  } finally {
    await client.query('rollback');
  }
}

it('keeps every row, and leaves nothing where it was', async () => {
  const { rows } = await client.query(
    `select d.navn, n.aktor from documents.dokument d join documents.dokument_nedlasting n on n.dokument_id = d.id`,
  );
  expect(rows).toEqual([{ navn: 'brev.pdf', aktor: 'integration:x' }]);
  const left = await client.query(
    `select relname as name from pg_class where relnamespace = 'exchange'::regnamespace and relname like 'dokument%'
     union all select proname from pg_proc where pronamespace = 'exchange'::regnamespace
       and (prosrc like '%exchange.dokument%' or proname ~ 'dokument|nyttelast')`,
  );
  expect(left.rows).toEqual([]);
});

it('shows each organisation its own, and takes nothing away', async () => {
  const select = 'select id from documents.dokument';
  expect(await as(tenant, select)).toEqual([{ id: dokument }]);
  expect(await as(other, select)).toEqual([]);
  expect(await as(other, 'select id from documents.dokument_nedlasting')).toEqual([]);
  for (const table of ['dokument', 'dokument_nedlasting'])
    await expect(as(tenant, `delete from documents.${table}`)).rejects.toMatchObject({ code: '42501' });
  await expect(as(tenant, 'update documents.dokument_nedlasting set aktor = aktor')).rejects.toMatchObject({
    code: '42501',
  });
});

it('has the functions at their tables, and the keys to the kontoer', async () => {
  expect(await as(other, 'select id from documents.dokument_for_nedlasting($1)', [dokument])).toEqual([
    { id: dokument },
  ]);
  expect(await as(null, 'select id from documents.kjente_dokumenter($1) as id', [[dokument]])).toEqual([
    { id: dokument },
  ]);
  expect(await as(null, 'select id from documents.forfalte_dokumenter(now(), 10)')).toEqual([]);
  const store = `select documents.registrer_nyttelast($1, $2, 1, sha256('x'), now(), now(), 'test') as tenant`;
  expect(await as(tenant, store, [newId(), konto])).toEqual([{ tenant }]);
  expect(await as(tenant, store, [newId(), newId()])).toEqual([{ tenant: null }]);
  await expect(as(other, store, [newId(), konto])).rejects.toThrow();
  await expect(client.query('delete from exchange.konto where id = $1', [konto])).rejects.toMatchObject({
    code: '23503',
  });
});

it('changes nothing when it is started again', async () => {
  expect(await migrate(url(), sources([registers, access, exchange, room]))).toEqual({ applied: [] });
});
