import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { objectKey } from '@grunnmur/kernel/storage';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Caller,
  FNR,
  type Harness,
  OTHER_FNR,
  sha256,
  someBytes,
  startDokumentlager,
} from './harness.ts';

const SIZE = 200_000;
const DAY_S = 86_400;

describe('fetching from Dokumentlager', () => {
  let test: Harness;
  const bytes = someBytes(SIZE);
  let id: string;
  /** Stands in the cookie of the portal's login, as the access room keeps it. */
  const COOKIE = 'grunnmur-session';

  beforeAll(async () => {
    test = await startDokumentlager({
      persons: {
        find: async (request) => {
          const token = new RegExp(`${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];
          if (token === undefined) return undefined;
          return (await test.fixture.access.findSession(test.fixture.operator(), token)) ?? undefined;
        },
        loginAddress: (path) => `/login?to=${path}`,
      },
    });
    id = (await open({ type: 'INTEGRASJON', id: test.b.integrasjonId.toUpperCase() })).json.id;
  });

  const open = (...eksponertFor: unknown[]) => test.upload(bytes, { eksponertFor });
  const statuses = async (dokumentId: string, ...callers: Caller[]) =>
    Promise.all(callers.map(async (caller) => (await test.download(caller, dokumentId)).status));

  it('gives it to the uploader and to the integration it is opened to, to nobody else', async () => {
    expect(await statuses(id, test.a, test.b, test.c)).toEqual([200, 200, 403]);
    const refused = await test.download(test.c, id);
    expect(refused.json).toMatchObject({ status: 403, errorCode: 'exchange.dokument_not_exposed' });
    expect(refused.headers.get('etag')).toBeNull();
    const own = (await test.upload(bytes)).json.id;
    expect(await statuses(own, test.a, test.b)).toEqual([200, 403]);
  });

  it('stores every kind of exposure, and opens it to no integration by another kind than its own', async () => {
    const matrikkelenhet = {
      kommunenummer: '0301',
      gardsnummer: '12',
      bruksnummer: '3',
      festenummer: '0',
      seksjonsnummer: '0',
    };
    const eksponertFor = [
      { type: 'PERSON', fnr: FNR },
      { type: 'ORGANISASJON', orgnr: test.b.orgnr, ressursType: 'BYGGESAKER' },
      { type: 'AUTORISASJON', privilegium: 'DOKUMENT_LES', ressurs: test.b.kontoId },
      { type: 'MATRIKKELENHET', matrikkelenhet },
    ];
    const uploaded = await open(...eksponertFor);
    expect(uploaded.status).toBe(201);
    expect(await statuses(uploaded.json.id, test.b, test.c)).toEqual([403, 403]);
    const { rows } = await test.fixture.test.owner.query(
      'select eksponert_for from documents.dokument where id = $1',
      [uploaded.json.id],
    );
    expect(rows[0].eksponert_for).toEqual(eksponertFor);
  });

  it('knows only ids that exist, and only callers that have logged in', async () => {
    expect((await test.download(test.a, test.a.kontoId)).status).toBe(404);
    expect((await test.download(test.a, 'ikke-en-uuid')).json).toMatchObject({
      status: 404,
      errorCode: 'exchange.dokument_not_found',
    });
    const anonymous = await fetch(`${test.url}/dokumentlager/nedlasting/${id}`);
    expect(anonymous.status).toBe(401);
    // .NET looks at no status: an error must not pass for CMS (fiks-io §2.6).
    expect((await anonymous.text()).startsWith('{')).toBe(true);
    expect((await test.download({ ...test.b, integrasjonPassord: 'x' }, id)).status).toBe(401);
  });

  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-99', 0, 99],
    ['bytes=65535-65536', 65_535, 65_536],
    ['bytes=100000-', 100_000, SIZE - 1],
    ['bytes=-500', SIZE - 500, SIZE - 1],
    ['bytes=-999999999', 0, SIZE - 1],
    [`bytes=199999-${SIZE + 100}`, SIZE - 1, SIZE - 1],
  ])('answers the range %s', async (range, start, end) => {
    const part = await test.download(test.b, id, { range });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes ${start}-${end}/${SIZE}`);
    expect(part.headers.get('content-length')).toBe(String(end - start + 1));
    expect(part.bytes.equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  it.each(['bytes=5-2', 'bytes=-', 'bytes=a-b', 'bytes=0-1,5-6', 'items=0-1', 'bytes'])(
    'answers the whole for the range %s',
    async (range) => {
      const whole = await test.download(test.b, id, { range });
      expect(whole.status).toBe(200);
      expect(whole.headers.get('accept-ranges')).toBe('bytes');
      expect(whole.bytes.equals(bytes)).toBe(true);
    },
  );

  it.each([`bytes=${SIZE}-`, 'bytes=999999999999999-', 'bytes=-0'])('cannot satisfy %s', async (range) => {
    const refused = await test.download(test.b, id, { range });
    expect(refused.status).toBe(416);
    expect(refused.headers.get('content-range')).toBe(`bytes */${SIZE}`);
    expect(refused.json.status).toBe(416);
  });

  it('resumes what broke off, unless the document is another', async () => {
    const etag = `"${sha256(bytes)}"`;
    const rest = await test.download(test.b, id, { range: 'bytes=150000-', 'if-range': etag });
    expect(rest.status).toBe(206);
    expect(Buffer.concat([bytes.subarray(0, 150_000), rest.bytes]).equals(bytes)).toBe(true);
    for (const other of ['"annet"', `W/${etag}`, 'Wed, 21 Oct 2026 07:28:00 GMT']) {
      const whole = await test.download(test.b, id, { range: 'bytes=150000-', 'if-range': other });
      expect([whole.status, whole.bytes.length]).toEqual([200, SIZE]);
    }
    const same = await test.download(test.b, id, { 'if-none-match': `"x", W/${etag}` });
    expect([same.status, same.bytes.length, same.headers.get('etag')]).toEqual([304, 0, etag]);
  });

  it('answers HEAD without the content', async () => {
    const head = await test.call(test.b, 'HEAD', `/dokumentlager/nedlasting/${id}`);
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String(SIZE));
    expect(head.headers.get('etag')).toBe(`"${sha256(bytes)}"`);
    expect((await test.call(test.c, 'HEAD', `/dokumentlager/nedlasting/${id}`)).status).toBe(403);
  });

  it('gives metadata in the spelling of results', async () => {
    const korrelasjonsid = '0190C0DE-0000-7000-8000-00000000000A';
    const uploaded = await test.upload(bytes, { korrelasjonsid, dokumentnavn: 'a.pdf' });
    const path = `/dokumentlager/nedlasting/${uploaded.json.id}/metadata`;
    expect((await test.call(test.a, 'GET', path)).json).toEqual({
      id: uploaded.json.id,
      dokumentnavn: 'a.pdf',
      mimeType: 'application/pdf',
      kryptertStorrelse: SIZE,
      ukryptertStorrelse: SIZE,
      korrelasjonsid: korrelasjonsid.toLowerCase(),
    });
    const without = await test.call(test.b, 'GET', `/dokumentlager/nedlasting/${id}/metadata`);
    expect(without.json).not.toHaveProperty('korrelasjonsid');
    expect((await test.call(test.b, 'GET', path)).status).toBe(403);
  });

  it('lets no document act as a page of the platform', async () => {
    const page = await test.upload(Buffer.from('<script>'), {
      mimetype: 'text/html',
      dokumentnavn: '"a".html',
    });
    const { headers } = await test.download(test.a, page.json.id);
    expect(headers.get('content-security-policy')).toBe('sandbox');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="_a_.html"; filename*=UTF-8''%22a%22.html`,
    );
  });

  it('opens a document to the person it names, at the level it asks for', async () => {
    const { fixture, url } = test;
    const login = async (fnr: string, level: 3 | 4) => {
      const { token } = await fixture.access.createSession(fixture.operator(), { fnr, level });
      return { cookie: `${COOKIE}=${token}` };
    };
    const uploaded = await test.upload(bytes, {
      sikkerhetsniva: 4,
      eksponertFor: [{ type: 'PERSON', fnr: FNR }],
    });
    const address = new URL(uploaded.headers.get('location')!);
    expect(address.pathname).toBe(`/dokumentlager/nedlasting/niva4/${uploaded.json.id}`);
    const get = (headers: Record<string, string>, path = address.pathname) =>
      fetch(`${url}${path}`, { headers });
    const fetched = await get(await login(FNR, 4));
    expect(fetched.status).toBe(200);
    expect(Buffer.from(await fetched.arrayBuffer()).equals(bytes)).toBe(true);
    expect((await get(await login(FNR, 3))).status).toBe(403);
    expect((await get(await login(OTHER_FNR, 4))).status).toBe(403);
    expect((await get({})).status).toBe(401);
    expect((await get({ cookie: `${COOKIE}=${'x'.repeat(43)}` })).status).toBe(401);
    const browser = await fetch(`${url}${address.pathname}`, {
      redirect: 'manual',
      headers: { ...(await login(FNR, 3)), accept: 'text/html,*/*;q=0.8' },
    });
    expect([browser.status, browser.headers.get('location')]).toEqual([303, `/login?to=${address.pathname}`]);
    const session = await login(FNR, 4);
    expect((await get(session, `/dokumentlager/nedlasting/niva4/${id}`)).status).toBe(403);
    expect((await get(session, `/dokumentlager/nedlasting/${uploaded.json.id}`)).status).toBe(401);
    const { rows } = await fixture.test.owner.query(
      `select operation, outcome from kernel.audit where object = $1 and subject = $2
       order by outcome, seq`,
      [uploaded.json.id, FNR],
    );
    // The last is the other person's, who was refused: whose document it is sees it.
    expect(rows.map((row) => [row.operation, row.outcome])).toEqual([
      ['exchange.dokument.lastet_opp', 'ok'],
      ['exchange.dokument.lest', 'ok'],
      ['exchange.dokument.lest', 'refused'],
    ]);
  });

  const fetches = async (dokumentId: string): Promise<number> => {
    const { rows } = await test.fixture.test.owner.query(
      'select from documents.dokument_nedlasting where dokument_id = $1',
      [dokumentId],
    );
    return rows.length;
  };

  it('keeps who fetched it to its end, unless the sender does not want that', async () => {
    const log = async (dokumentId: string) => {
      const { rows } = await test.fixture.test.owner.query(
        'select aktor, tenant_id from documents.dokument_nedlasting where dokument_id = $1',
        [dokumentId],
      );
      return rows;
    };
    const eksponertFor = [{ type: 'INTEGRASJON', id: test.b.integrasjonId }];
    const logged = (await test.upload(bytes, { eksponertFor })).json.id;
    const silent = (await test.upload(bytes, { eksponertFor, ikkeLagreDokumentLastetNed: true })).json.id;
    await test.download(test.b, logged, { range: 'bytes=0-99' });
    await test.download(test.b, silent);
    await test.download(test.b, logged, { range: 'bytes=100-' });
    await expect
      .poll(() => log(logged))
      .toEqual([{ aktor: `integration:${test.b.integrasjonId}`, tenant_id: test.a.tenant }]);
    expect(await log(silent)).toEqual([]);
  });

  it('does not call the last byte alone a download, nor parts with a gap', async () => {
    const eksponertFor = [{ type: 'INTEGRASJON', id: test.b.integrasjonId }];
    const { id } = (await test.upload(bytes, { eksponertFor })).json;
    for (const range of ['bytes=-1', 'bytes=0-99', 'bytes=200-'])
      expect((await test.download(test.b, id, { range })).status).toBe(206);
    expect(await fetches(id)).toBe(0);
    await test.download(test.b, id, { range: 'bytes=100-199' });
    await test.download(test.b, id, { range: 'bytes=200-' });
    await expect.poll(() => fetches(id)).toBe(1);
  });

  it.each([
    ['damaged', 'storage.corrupt'],
    ['lost', 'storage.missing'],
  ])('answers a %s document in the shape of this face, and counts nothing', async (what, errorCode) => {
    const eksponertFor = [{ type: 'INTEGRASJON', id: test.b.integrasjonId }];
    const { id } = (await test.upload(bytes, { eksponertFor })).json;
    const file = join(test.objects, objectKey(test.a.tenant, id));
    if (what === 'lost') await rm(file);
    else {
      const sealed = await readFile(file);
      sealed[100]! ^= 1;
      await writeFile(file, sealed);
    }
    const refused = await test.download(test.b, id);
    expect([refused.status, refused.json.errorCode]).toEqual([500, errorCode]);
    expect(refused.headers.get('content-type')).toContain('application/json');
    expect(refused.headers.get('content-disposition')).toBeNull();
    await expect
      .poll(async () => {
        const { rows } = await test.fixture.test.owner.query(
          `select outcome from kernel.audit where object = $1 and operation = 'exchange.dokument.lest' order by seq`,
          [id],
        );
        return rows.map(({ outcome }) => outcome);
      })
      .toEqual(['ok', 'failed']);
    expect(await fetches(id)).toBe(0);
  });

  it('leaves a trace of who was refused', async () => {
    const { id } = (await test.upload(bytes, { eksponertFor: [{ type: 'PERSON', fnr: FNR }] })).json;
    expect((await test.download(test.b, id)).status).toBe(403);
    const { rows } = await test.fixture.test.owner.query(
      `select actor_id, subject from kernel.audit where object = $1 and outcome = 'refused'`,
      [id],
    );
    expect(rows).toEqual([{ actor_id: test.b.integrasjonId, subject: FNR }]);
  });

  it('gives it to nobody when it is past its time', async () => {
    const eksponertFor = [{ type: 'INTEGRASJON', id: test.b.integrasjonId }];
    const short = (await test.upload(bytes, { ttl: DAY_S, eksponertFor })).json.id;
    const forever = (await test.upload(bytes, { ttl: -1, eksponertFor })).json.id;
    test.pass(DAY_S * 1000 - 1);
    expect(await statuses(short, test.b)).toEqual([200]);
    test.pass(1);
    expect(await statuses(short, test.a, test.b, test.c)).toEqual([410, 410, 403]);
    const path = `/dokumentlager/nedlasting/${short}/metadata`;
    expect((await test.call(test.b, 'GET', path)).json).toMatchObject({
      status: 410,
      errorCode: 'exchange.dokument_gone',
    });
    expect(await statuses(forever, test.b)).toEqual([200]);
  });
});
