import { withCtx } from '@grunnmur/kernel/ctx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceNames, deviceOf } from '../http/device.ts';
import { anonymousReader, type HttpReader, httpReader } from './http-reader.ts';
import { type PortalFixture, startPortal } from './portal-under-test.ts';

describe('one’s logins', () => {
  let portal: PortalFixture;

  beforeAll(async () => {
    portal = await startPortal();
  });
  afterAll(async () => portal?.close());

  const csrfIn = (html: string): string => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
  const isIn = async (reader: HttpReader): Promise<boolean> => (await reader.get('/innboks')).status === 200;
  const logIn = (): Promise<HttpReader> => httpReader(portal, portal.reader.fnr);
  const namedBy = async (reader: HttpReader): Promise<{ sid: string }> => {
    const html = await (await reader.get('/innboks')).text();
    const out = await reader.post('/logg-ut', { csrf: csrfIn(html) });
    const hint = new URL(out.headers.get('location') ?? '').searchParams.get('id_token_hint') ?? '';
    return JSON.parse(Buffer.from(hint.split('.')[1] ?? '', 'base64url').toString());
  };

  it('are on a page, from which one or all others can be ended, by nobody else', async () => {
    const [here, there, third] = await Promise.all([logIn(), logIn(), logIn()]);
    const other = await httpReader(portal, portal.newcomer.fnr);
    const html = await (await here.get('/innlogginger')).text();
    expect(html.match(/class="gm-session-current"/g)).toHaveLength(1);
    const ids = [...html.matchAll(/action="\/innlogginger\/([0-9a-f-]{36})\/avslutt"/g)].map(([, id]) => id!);
    expect(ids).toHaveLength(2);
    for (const word of ['Logget inn', 'Sist brukt', 'Vanlig']) expect(html).toContain(word);
    expect(html).not.toContain(/grunnmur-okt=([^;]+)/.exec(here.cookie())![1]);

    const foreign = csrfIn(await (await other.get('/innlogginger')).text());
    expect((await other.post(`/innlogginger/${ids[0]}/avslutt`, { csrf: foreign })).status).toBe(303);
    expect((await here.post(`/innlogginger/${ids[0]}/avslutt`, { csrf: foreign })).status).toBe(403);
    expect((await here.post('/innlogginger/avslutt-andre', {})).status).toBe(403);
    expect((await anonymousReader(portal).post('/innlogginger/avslutt-andre', {})).status).toBe(401);
    expect(await Promise.all([here, there, third, other].map(isIn))).toEqual([true, true, true, true]);

    expect((await here.post(`/innlogginger/${ids[0]}/avslutt`, { csrf: csrfIn(html) })).status).toBe(303);
    expect((await Promise.all([there, third].map(isIn))).filter(Boolean)).toHaveLength(1);
    await here.post('/innlogginger/avslutt-andre', { csrf: csrfIn(html) });
    expect(await Promise.all([here, there, third, other].map(isIn))).toEqual([true, false, false, true]);
    const { rows } = await portal.test.owner.query(
      `select count(*)::int as ends from kernel.audit
       where operation = 'access.session.end' and subject = $1 and detail->>'by' = 'person'`,
      [portal.reader.fnr],
    );
    expect(rows).toEqual([{ ends: 2 }]);
  });

  it('speak the reader’s language', async () => {
    const reader = await logIn();
    for (const [locale, title] of [
      ['nb', 'Her er du logget inn'],
      ['nn', 'Her er du logga inn'],
      ['en', 'Where you are logged in'],
    ]) {
      await reader.get(`/sprak/${locale}`);
      expect(await (await reader.get('/innlogginger')).text()).toContain(title);
    }
  });

  it('end when the login service says so in the browser, for its own sessions only', async () => {
    const ctx = withCtx(portal.test.ctx({ tenant: null, actor: { kind: 'anonymous', id: 'x' } }), {});
    const named = await portal.access.createSession(ctx, {
      fnr: portal.reader.fnr,
      level: 3,
      sid: 'sid-1',
      sub: 'sub-1',
      device: 'firefox/windows',
    });
    const reader = anonymousReader(portal);
    reader.setCookie('grunnmur-okt', named.token);
    expect(await (await reader.get('/innlogginger')).text()).toContain('Firefox på Windows');
    const iss = `${portal.baseUrl}/idporten`;
    const frame = (query: Record<string, string>) =>
      anonymousReader(portal).get(`/logg-ut/idporten?${new URLSearchParams(query)}`);
    const wrongs: Record<string, string>[] = [
      {},
      { sid: 'sid-1' },
      { iss },
      { iss: `${iss}/`, sid: 'sid-1' },
      { iss, sid: '' },
    ];
    for (const wrong of wrongs) expect((await frame(wrong)).status).toBe(400);
    expect((await frame({ iss, sid: 'sid-2' })).status).toBe(200);
    expect(await isIn(reader)).toBe(true);
    const answer = await frame({ iss, sid: 'sid-1' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-security-policy')).toContain(`frame-ancestors ${portal.baseUrl}`);
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect(await isIn(reader)).toBe(false);
  });

  it('end when one logs out at the login service itself, which tells our server', async () => {
    const reader = await logIn();
    const phone = await logIn();
    const page = await (await reader.get('/idporten/logout')).text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const action = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', portal.baseUrl).pathname;
    await reader.post(action, { xsrf, logout: 'yes' });
    expect(await Promise.all([reader, phone].map(isIn))).toEqual([false, true]);
    const { rows } = await portal.test.owner.query(
      `select actor_kind, actor_id from kernel.audit
       where operation = 'access.session.end' and detail->>'by' = 'login_service' order by at desc limit 1`,
    );
    expect(rows).toEqual([{ actor_kind: 'system', actor_id: 'idporten' }]);
  });

  it('are kept when a logout token is not the login service’s', async () => {
    const reader = await logIn();
    const stays = await logIn();
    const { sid } = await namedBy(reader);
    const unsigned = (claims: unknown) =>
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    for (const form of [
      {},
      { logout_token: '' },
      { logout_token: 'x.y.z' },
      { logout_token: unsigned({ iss: `${portal.baseUrl}/idporten`, aud: 'portal', sid, events, jti: '1' }) },
    ]) {
      const answer = await anonymousReader(portal).post('/logg-ut/idporten', form as Record<string, string>);
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_request' }]);
    }
    expect(await isIn(stays)).toBe(true);
  });
});

describe('a device in words', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0',
      'Firefox',
      'Windows',
    ],
    [
      'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
      'Chrome',
      'Chromebook',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0',
      'Edge',
      'Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'Safari',
      'iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36',
      'Samsung Internet',
      'Android',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
      'Safari',
      'Mac',
    ],
  ])('%s', (userAgent, browser, system) => {
    expect(deviceNames(deviceOf(userAgent)!)).toEqual({ browser, system });
  });

  it('is none when nothing is known', () => {
    for (const text of [undefined, '', 'node', 'curl/8.0', 'Firefox/1'])
      expect(deviceOf(text)).toBeUndefined();
  });
});
