import { withCtx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import { objectKey, sweepSchedule } from '@grunnmur/kernel/storage';
import { beforeAll, describe, expect, it } from 'vitest';
import en from '../locales/en.json' with { type: 'json' };
import nb from '../locales/nb.json' with { type: 'json' };
import nn from '../locales/nn.json' with { type: 'json' };
import {
  type Caller,
  dokumenter,
  FNR,
  type Harness,
  OTHER_FNR,
  someBytes,
  startDokumentlager,
} from './harness.ts';

const HOUR = 3_600_000;

describe('what becomes of documents in Dokumentlager', () => {
  let test: Harness;
  beforeAll(async () => {
    test = await startDokumentlager();
  });

  const bytes = someBytes(10_000);
  const upload = async (metadata: Record<string, unknown> = {}): Promise<string> =>
    (await test.upload(bytes, metadata)).json.id;
  const patch = (id: string, body: unknown, caller: Caller = test.a) =>
    test.call(caller, 'PATCH', `${dokumenter(test.a)}/${id}`, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const remove = (id: string, caller: Caller = test.a) =>
    test.call(caller, 'DELETE', `${dokumenter(test.a)}/${id}`);
  const removeAll = (korrelasjonsid: string, caller: Caller = test.a) =>
    test.call(
      caller,
      'DELETE',
      `/dokumentlager/api/v1/${test.a.tenant}/kontoer/${test.a.kontoId}/korrelasjonsid/${korrelasjonsid}`,
    );
  const search = (korrelasjonsid: unknown, query = '', caller: Caller = test.a) =>
    test.call(caller, 'POST', `${dokumenter(test.a)}/sok${query}`, {
      body: JSON.stringify({ korrelasjonsid }),
      headers: { 'content-type': 'application/json' },
    });
  const stored = async (id: string) => (await test.storage.stat(objectKey(test.a.tenant, id))) !== null;
  const status = async (id: string) => (await test.download(test.a, id)).status;

  it('gives a document another time', async () => {
    const id = await upload({ ttl: 60 });
    const longer = await patch(id, { ttl: 7200 });
    expect(longer.status).toBe(200);
    const at = test.fixture.clock.now.getTime() + 7_200_000;
    expect(longer.json).toEqual({ id, tilgjengeligTil: new Date(at).toISOString() });
    expect((await patch(id, { tilgjengeligTil: '2099-01-02T03:04:05+02:00', ttl: null })).json).toEqual({
      id,
      tilgjengeligTil: '2099-01-02T01:04:05.000Z',
    });
    expect((await patch(id, { ttl: -1 })).json).toEqual({ id, tilgjengeligTil: null });
    test.pass(9 * 365 * 24 * HOUR);
    await test.retention();
    expect(await status(id)).toBe(200);
    test.fixture.clock.now = new Date();
  });

  it('refuses another time that is none, and documents that are not the konto’s', async () => {
    const id = await upload();
    for (const body of [
      {},
      { ttl: 60, tilgjengeligTil: '2099-01-01T00:00:00Z' },
      { ttl: 0 },
      { ttl: 1.5 },
      { ttl: '60' },
      { ttl: Date.now() },
      { tilgjengeligTil: '2020-01-01T00:00:00Z' },
      { tilgjengeligTil: '2099-02-30T00:00:00Z' },
      { tilgjengeligTil: '2099-01-01' },
      { tilgjengeligTil: 4_070_908_800_000 },
      [],
    ]) {
      const refused = await patch(id, body);
      expect([body, refused.status, refused.json.errorCode]).toEqual([body, 400, 'exchange.invalid']);
    }
    expect((await patch(newId(), { ttl: 60 })).status).toBe(404);
    expect((await patch('x', { ttl: 60 })).status).toBe(404);
    expect((await patch(id, { ttl: 60 }, test.b)).status).toBe(404);
    const { b } = test;
    const atOther = await test.call(b, 'PATCH', `${dokumenter(b)}/${id}`, { body: '{"ttl":60}' });
    expect([atOther.status, atOther.json.errorCode]).toEqual([404, 'exchange.dokument_not_found']);
  });

  it('takes a document back at once, and removes its bytes after the commit', async () => {
    const id = await upload();
    expect((await remove(id, test.b)).status).toBe(404);
    const deleted = await remove(id);
    expect([deleted.status, deleted.bytes.length]).toEqual([200, 0]);
    expect(await stored(id)).toBe(true);
    expect(await status(id)).toBe(410);
    await test.work();
    expect(await stored(id)).toBe(false);
    expect(await status(id)).toBe(410);
    expect((await remove(id)).status).toBe(410);
    expect((await patch(id, { ttl: 60 })).status).toBe(410);
    expect((await remove(newId())).status).toBe(404);
  });

  it('deletes what a korrelasjonsid names, and nothing else', async () => {
    const korrelasjonsid = newId();
    const mine = [await upload({ korrelasjonsid }), await upload({ korrelasjonsid })];
    const other = await upload({ korrelasjonsid: newId() });
    expect((await removeAll(korrelasjonsid, test.b)).status).toBe(404);
    const deleted = await removeAll(korrelasjonsid);
    expect([deleted.status, deleted.bytes.length]).toEqual([204, 0]);
    test.pass(1000);
    const later = await upload({ korrelasjonsid });
    await test.work();
    expect(await Promise.all(mine.map(status))).toEqual([410, 410]);
    expect(await Promise.all(mine.map(stored))).toEqual([false, false]);
    expect(await Promise.all([later, other].map(status))).toEqual([200, 200]);
    const { rows } = await test.fixture.test.owner.query(
      'select operation, actor_id, outcome from kernel.audit where object = $1 order by outcome',
      [korrelasjonsid],
    );
    const operation = 'exchange.korrelasjon.slettet';
    expect(rows).toEqual([
      { operation, actor_id: test.a.integrasjonId, outcome: 'ok' },
      { operation, actor_id: test.b.integrasjonId, outcome: 'refused' },
    ]);
    expect((await removeAll(newId())).status).toBe(404);
    expect((await removeAll('x')).status).toBe(400);
  });

  it('puts no refusal on a person whose document was not asked for', async () => {
    const fnr = '27828510377';
    const id = await upload({ eksponertFor: [{ type: 'PERSON', fnr }] });
    // The id of a document, where a korrelasjonsid is asked for.
    expect((await removeAll(id, test.b)).status).toBe(404);
    expect((await search(id, '', test.b)).status).toBe(404);
    expect((await remove(id, test.b)).status).toBe(404);
    const { rows } = await test.fixture.test.owner.query(
      `select operation, subject from kernel.audit where object = $1 and outcome = 'refused' order by operation`,
      [id],
    );
    expect(rows).toEqual([
      { operation: 'exchange.dokument.slettet', subject: fnr },
      { operation: 'exchange.dokument.sokt', subject: null },
      { operation: 'exchange.korrelasjon.slettet', subject: null },
    ]);
  });

  it('finds documents by korrelasjonsid, deleted ones too, page by page', async () => {
    const korrelasjonsid = newId();
    const ids: string[] = [];
    for (let nr = 0; nr < 5; nr++)
      ids.push(await upload({ korrelasjonsid, dokumentnavn: `${nr}.pdf`, ttl: 60 }));
    await remove(ids[1]!);
    const found = await search(korrelasjonsid.toUpperCase());
    expect(found.json.totaltAntallTreff).toBe(5);
    expect(found.json.dokumenter[1]).toEqual({
      id: ids[1],
      dokumentnavn: '1.pdf',
      kryptertStorrelse: 10_000,
      ukryptertStorrelse: 10_000,
      opprettet: test.fixture.clock.now.toISOString(),
      mimetype: 'application/pdf',
      slettet: true,
      korrelasjonsid,
    });
    expect(found.json.dokumenter.map(({ slettet }: { slettet: boolean }) => slettet)).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
    const page = async (query: string) =>
      (await search(korrelasjonsid, query)).json.dokumenter.map(({ id }: { id: string }) => ids.indexOf(id));
    expect(await page('?fra=1&til=3')).toEqual([1, 2]);
    expect(await page('?fra=3')).toEqual([3, 4]);
    expect(await page('?fra=null&til=null')).toEqual([0, 1, 2, 3, 4]);
    expect(await page('?fra=5&til=99999')).toEqual([]);
    test.pass(61_000);
    expect((await search(korrelasjonsid, '?til=1')).json.dokumenter[0].slettet).toBe(true);
    expect((await search(newId())).json).toEqual({ totaltAntallTreff: 0, dokumenter: [] });
  });

  it('refuses a search that is none', async () => {
    for (const [korrelasjonsid, query] of [
      [undefined, ''],
      ['x', ''],
      [newId(), '?fra=-1'],
      [newId(), '?fra=5&til=2'],
      [newId(), '?fra=a'],
    ] as const)
      expect((await search(korrelasjonsid, query)).status).toBe(400);
    expect((await search(newId(), '', test.b)).status).toBe(404);
    const broken = await test.call(test.a, 'POST', `${dokumenter(test.a)}/sok`, { body: '{' });
    expect([broken.status, broken.json.errorCode]).toEqual([400, 'exchange.invalid']);
  });

  it('removes the bytes of documents past their time, once, and keeps their rows', async () => {
    const short = await upload({ ttl: 600 });
    const moved = await upload({ ttl: 600 });
    await patch(moved, { ttl: 7200 });
    test.pass(599_000);
    await test.retention();
    expect(await Promise.all([short, moved].map(stored))).toEqual([true, true]);
    test.pass(1_000);
    await test.retention();
    await test.retention();
    expect(await Promise.all([short, moved].map(stored))).toEqual([false, true]);
    expect(await Promise.all([short, moved].map(status))).toEqual([410, 200]);
    const { rows } = await test.fixture.test.owner.query(
      'select navn, slettet, fjernet from documents.dokument where id = $1',
      [short],
    );
    expect(rows).toEqual([{ navn: 'søknad.pdf', slettet: null, fjernet: test.fixture.clock.now }]);
  });

  it('ends a download that was begun before the deletion', async () => {
    const big = someBytes(3_000_000);
    const { id } = (await test.upload(big)).json;
    const response = await fetch(`${test.url}/dokumentlager/nedlasting/${id}`, {
      headers: await test.headers(test.a),
    });
    await remove(id);
    await test.work();
    expect(await stored(id)).toBe(false);
    expect(Buffer.from(await response.arrayBuffer()).equals(big)).toBe(true);
  });

  it('lets the sweeper take what no row names, and nothing else', async () => {
    const id = await upload();
    const orphan = objectKey(test.a.tenant, newId());
    const source = (async function* () {
      yield Buffer.from('rest etter et krasj');
    })();
    await test.storage.put(orphan, source);
    const ctx = test.fixture.operator();
    const sweep = sweepSchedule({
      name: 'exchange.sweep_objects',
      storage: test.storage,
      known: [test.payloads.findKnown],
      olderThanMs: HOUR,
    });
    // The age of a file is the machine's, not the test clock's.
    await sweep.run(withCtx(ctx, { now: () => new Date(Date.now() + 2 * HOUR) }));
    expect(await test.storage.stat(orphan)).toBeNull();
    expect(await stored(id)).toBe(true);
  });

  it('shows an organisation its own rows only, and lets the program delete none', async () => {
    const id = await upload();
    await test.download(test.a, id);
    const { fixture, a, b } = test;
    const query = async (tenant: string | null, text: string, values: unknown[] = [id]) => {
      const rows = await withTransaction(fixture.operator(tenant), (trx) => trx.pg.query(text, values));
      return rows.rowCount;
    };
    const select = 'select from documents.dokument where id = $1';
    expect(await query(a.tenant, select)).toBe(1);
    expect(await query(b.tenant, select)).toBe(0);
    expect(await query(null, select)).toBe(0);
    expect(await query(b.tenant, 'update documents.dokument set navn = navn where id = $1')).toBe(0);
    const downloads = 'select from documents.dokument_nedlasting where dokument_id = $1';
    await expect.poll(() => query(a.tenant, downloads)).toBe(1);
    expect(await query(b.tenant, downloads)).toBe(0);
    // For a download: one row for one exact id.
    expect(await query(b.tenant, 'select from documents.dokument_for_nedlasting($1)')).toBe(1);
    await expect(query(a.tenant, 'delete from documents.dokument where id = $1')).rejects.toMatchObject({
      code: '42501',
    });
    const forged = query(
      b.tenant,
      `insert into documents.dokument_nedlasting values ($1, $2, $3, now(), 'x')`,
      [newId(), a.tenant, id],
    );
    await expect(forged).rejects.toThrow(/row-level security/);
  });

  const entriesAbout = async (object: string) => {
    const { rows } = await test.fixture.test.owner.query(
      `select operation, outcome, subject, actor_id as actor, tenant_id as tenant, detail from kernel.audit
       where object = $1 order by at, chain, seq`,
      [object],
    );
    return rows;
  };

  it('writes every use to the log of each person that the document is opened to', async () => {
    const korrelasjonsid = newId();
    const eksponertFor = [FNR, OTHER_FNR].map((fnr) => ({ type: 'PERSON', fnr }));
    const id = await upload({ eksponertFor, korrelasjonsid });
    await patch(id, { ttl: 100 });
    expect((await search(korrelasjonsid)).status).toBe(200);
    const gone = await upload({ eksponertFor, korrelasjonsid });
    await remove(id);
    await removeAll(korrelasjonsid);
    await test.work();
    for (const subject of [FNR, OTHER_FNR]) {
      const own = (await entriesAbout(id)).filter((entry) => entry.subject === subject);
      expect(own.map(({ operation }) => operation)).toEqual(
        ['lastet_opp', 'endret', 'slettet'].map((use) => `exchange.dokument.${use}`),
      );
      expect(await entriesAbout(gone)).toContainEqual(
        expect.objectContaining({ operation: 'exchange.dokument.slettet', subject }),
      );
    }
    // One entry for a search, which names whom it is about when that is one person.
    expect((await entriesAbout(korrelasjonsid))[0]).toMatchObject({
      operation: 'exchange.dokument.sokt',
      outcome: 'ok',
      subject: null,
      detail: { antall: 1, ider: [id] },
    });
    const alone = newId();
    await upload({ eksponertFor: [{ type: 'PERSON', fnr: FNR }], korrelasjonsid: alone });
    await search(alone);
    expect(await entriesAbout(alone)).toMatchObject([{ operation: 'exchange.dokument.sokt', subject: FNR }]);
  });

  it('writes who was refused a document, or asked for one that is not there, alike', async () => {
    const korrelasjonsid = newId();
    const eksponertFor = [{ type: 'PERSON', fnr: FNR }];
    const deleted = await upload({ eksponertFor });
    await remove(deleted);
    const theirs = await upload({ eksponertFor, korrelasjonsid });
    const unknown = newId();
    for (const id of [theirs, unknown]) {
      expect(
        (await test.call(test.b, 'PATCH', `${dokumenter(test.b)}/${id}`, { body: '{"ttl":60}' })).status,
      ).toBe(404);
      expect((await test.call(test.b, 'DELETE', `${dokumenter(test.b)}/${id}`)).status).toBe(404);
      expect((await test.download(test.b, id)).status).toBe(id === theirs ? 403 : 404);
      expect((await test.call(test.b, 'GET', `/dokumentlager/nedlasting/${id}/metadata`)).status).toBe(
        id === theirs ? 403 : 404,
      );
      const refused = (await entriesAbout(id)).filter(({ outcome }) => outcome === 'refused');
      expect(refused.map(({ operation }) => operation)).toEqual(
        ['endret', 'slettet', 'lest', 'metadata_lest'].map((use) => `exchange.dokument.${use}`),
      );
      for (const entry of refused)
        expect(entry).toMatchObject({
          subject: id === theirs ? FNR : null,
          actor: test.b.integrasjonId,
          // Neither the owner did it, nor may the caller learn whether it is there.
          tenant: '00000000-0000-0000-0000-000000000000',
        });
    }
    expect((await search(korrelasjonsid, '', test.b)).status).toBe(404);
    expect((await removeAll(korrelasjonsid, test.b)).status).toBe(404);
    expect(
      (await entriesAbout(korrelasjonsid)).map(({ operation, outcome }) => [operation, outcome]),
    ).toEqual([
      ['exchange.dokument.sokt', 'refused'],
      ['exchange.korrelasjon.slettet', 'refused'],
    ]);
    expect((await test.download(test.a, deleted)).status).toBe(410);
    expect(await entriesAbout(deleted)).toContainEqual(
      expect.objectContaining({ operation: 'exchange.dokument.lest', outcome: 'refused', subject: FNR }),
    );
  });

  it('has a text for the citizen for every use, in each language', () => {
    for (const texts of [nb, nn, en])
      for (const use of ['lastet_opp', 'lest', 'metadata_lest', 'sokt', 'endret', 'slettet'])
        expect(texts).toHaveProperty([`audit.exchange.dokument.${use}`]);
  });

  it('writes every use to the access log of the organisation that owns the document', async () => {
    const id = await upload({ eksponertFor: [{ type: 'INTEGRASJON', id: test.b.integrasjonId }] });
    await test.download(test.b, id);
    await patch(id, { ttl: 100 });
    await remove(id);
    const { rows } = await test.fixture.test.owner.query(
      'select operation, tenant_id, actor_id from kernel.audit where object = $1 order by at, chain, seq',
      [id],
    );
    const entry = (operation: string, caller: Caller) => ({
      operation: `exchange.dokument.${operation}`,
      tenant_id: test.a.tenant,
      actor_id: caller.integrasjonId,
    });
    expect(rows).toEqual([
      entry('lastet_opp', test.a),
      entry('lest', test.b),
      entry('endret', test.a),
      entry('slettet', test.a),
    ]);
  });
});
