import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { REDIRECT_PAYLOADS } from '@grunnmur/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymousReader, type HttpReader, httpReader } from './http-reader.ts';
import { type PortalFixture, startPortal } from './portal-under-test.ts';

describe('the portal', () => {
  let portal: PortalFixture;
  let reader: HttpReader;

  beforeAll(async () => {
    portal = await startPortal();
    reader = await httpReader(portal, portal.reader.fnr);
  });
  afterAll(async () => portal?.close());

  const csrfIn = (html: string): string => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';

  it('allows its pages no script, no foreign content and no frame', async () => {
    const answer = await reader.get('/innboks');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; style-src 'self'; /);
    expect(policy).toContain(`form-action 'self' ${portal.baseUrl}`);
    expect(policy).not.toMatch(/unsafe|script-src/);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cache-control': 'private, no-store',
    });
    expect(await answer.text()).not.toMatch(/<script|style=|javascript:/i);
  });

  it('serves its style sheet for a year under the hash of its content, compressed', async () => {
    const path = /href="(\/stil\/grunnmur\.[^"]+)"/.exec(await (await reader.get('/')).text())?.[1] ?? '';
    const answer = await reader.get(path, { headers: { 'accept-encoding': 'gzip, br' } });
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-encoding')).toBe('br');
    const hash = createHash('sha256')
      .update(await answer.text())
      .digest('base64url')
      .slice(0, 12);
    expect(path).toBe(`/stil/grunnmur.${hash}.css`);
    expect((await reader.get('/stil/grunnmur.other.css')).status).toBe(404);
  });

  it('sends a stranger to log in and back to the page', async () => {
    const answer = await anonymousReader(portal).get(`/brev/${portal.letters.read}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`/logg-inn?til=%2Fbrev%2F${portal.letters.read}`);
  });

  it('never sends anybody to another site, whatever the address to come back to says', async () => {
    for (const til of REDIRECT_PAYLOADS) {
      for (const path of ['/sprak/nb', '/logg-inn']) {
        const answer = await reader.get(`${path}?til=${encodeURIComponent(til)}`);
        const location = new URL(answer.headers.get('location') ?? '', portal.baseUrl);
        // NUL is refused before any page sees it.
        const status = til.includes('\0') ? 400 : 303;
        expect([answer.status, location.origin], `${path} ${til}`).toEqual([status, portal.baseUrl]);
      }
    }
  });

  it('makes its addresses of the public one, whatever host a request names', async () => {
    const { port } = new URL(portal.baseUrl);
    const requests: [target: string, headers: readonly string[]][] = [
      ['http://evil.example/logg-inn', ['Host: evil.example']],
      ['http://evil.example//evil.example/logg-inn', ['Host: evil.example']],
      ['/logg-inn?til=/innsyn', ['Host: evil.example']],
      ['/logg-inn', ['Host: evil.example:80', 'X-Forwarded-Host: evil.example']],
      [`http://evil.example/sprak/nb?til=/x`, [`Host: 127.0.0.1:${port}`]],
      ['/innboks', ['Host: @evil.example']],
      ['http://evil.example/innboks', [`Host: 127.0.0.1:${port}`]],
    ];
    for (const [target, headers] of requests) {
      const answer = await rawAnswer(Number(port), [`GET ${target} HTTP/1.1`, ...headers]);
      const location = /^location: (.*)$/im.exec(answer)?.[1];
      if (location !== undefined)
        expect(new URL(location, portal.baseUrl).origin, target).toBe(portal.baseUrl);
      expect(answer, target).toMatch(/^HTTP\/1.1 (303|400|404) /);
    }
  });

  it('says that a session has ended, and forgets its cookie', async () => {
    const late = anonymousReader(portal);
    late.setCookie('grunnmur-okt', 'x'.repeat(43));
    const answer = await late.get('/innboks');
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain('/logg-inn?til=%2Finnboks');
    expect(late.cookie()).not.toContain('grunnmur-okt');
  });

  it('stores a session only as a hash, behind a cookie that scripts and other sites do not get', async () => {
    const fresh = anonymousReader(portal);
    const start = await fresh.get('/logg-inn');
    expect(start.headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Lax/);
    const token = /grunnmur-okt=([^;]+)/.exec(reader.cookie())?.[1] ?? '';
    const { rows } = await portal.test.owner.query(
      'select row_to_json(s)::text as row from access.session s',
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(token).toMatch(/^[\w-]{43}$/);
    for (const { row } of rows) expect(row).not.toContain(token);
  });

  it('logs out only by its own form, and then for good', async () => {
    const leaver = await httpReader(portal, portal.newcomer.fnr);
    const own = csrfIn(await (await leaver.get('/innboks')).text());
    const foreign = csrfIn(await (await reader.get('/innboks')).text());
    const refused = [
      leaver.post('/logg-ut', {}),
      leaver.post('/logg-ut', { csrf: foreign }),
      leaver.post('/logg-ut', { csrf: own }, { origin: 'https://evil.example' }),
      leaver.post('/logg-ut', { csrf: own }, { 'sec-fetch-site': 'cross-site' }),
      leaver.post('/logg-ut', { csrf: own }, { 'sec-fetch-site': 'same-site' }),
    ];
    for (const answer of await Promise.all(refused)) expect(answer.status).toBe(403);
    expect((await leaver.get('/innboks')).status).toBe(200);

    const cookie = leaver.cookie();
    const out = await leaver.post('/logg-ut', { csrf: own }, { origin: portal.baseUrl });
    const location = new URL(out.headers.get('location') ?? '');
    expect(location.pathname).toBe('/idporten/logout');
    expect(location.searchParams.get('post_logout_redirect_uri')).toBe(`${portal.baseUrl}/logget-ut`);
    expect(location.searchParams.get('id_token_hint')).toMatch(/^ey/);
    const replay = await fetch(`${portal.baseUrl}/innboks`, { headers: { cookie }, redirect: 'manual' });
    expect(replay.status).toBe(401);
  });

  it('moves who came by another host name to the public one before the login, once', async () => {
    const { port } = new URL(portal.baseUrl);
    const other = `http://localhost:${port}`;
    const moved = await fetch(`${other}/logg-inn?til=%2Finnsyn`, { redirect: 'manual' });
    expect(moved.headers.get('location')).toBe(`${portal.baseUrl}/logg-inn?til=%2Finnsyn&vert=1`);
    const once = await fetch(`${other}/logg-inn?til=%2Finnsyn&vert=1`, { redirect: 'manual' });
    expect(once.headers.get('location')).toContain('/idporten/authorize?');
  });

  it('answers a stolen or repeated return address with nothing', async () => {
    const thief = anonymousReader(portal);
    expect((await thief.get('/logg-inn/retur?code=abc&state=def')).status).toBe(400);
    await thief.get('/logg-inn');
    const answer = await thief.get('/logg-inn/retur?code=abc&state=def');
    expect(answer.status).toBe(400);
    expect(thief.cookie()).toBe('');
  });

  it('gives the timeline as JSON, and its errors too', async () => {
    const answer = await reader.get(`/brev/${portal.letters.kindergarten}/tidslinje`);
    expect(answer.headers.get('content-type')).toContain('application/json');
    const timeline = (await answer.json()) as { entries: { attempts: unknown[] }[]; next: { kode: string } };
    expect(timeline.entries[2]?.attempts).toHaveLength(2);
    expect(timeline.next.kode).toBe('print_om_ulest');
    const missing = await reader.get(`/brev/${portal.letters.somebodyElses}/tidslinje`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ code: 'post.not_found', status: 404 });
    const stranger = await anonymousReader(portal).get(`/brev/${portal.letters.read}/tidslinje`);
    expect(stranger.status).toBe(401);
  });

  it('shows the same page for what does not exist and for what is not yours', async () => {
    const strip = async (path: string) =>
      (await (await reader.get(path)).text()).replaceAll(/til=[^"]*|value="[^"]*"/g, '');
    const foreign = await strip(`/brev/${portal.letters.somebodyElses}`);
    expect(foreign).toContain('Vi finner ikke denne siden');
    expect(await strip('/brev/0198c0de-ffff-7000-8000-000000000000')).toBe(foreign);
    expect(await strip('/brev/no-such-thing')).toBe(foreign);
  });

  it('gives machines a problem document for unknown addresses', async () => {
    const answer = await fetch(`${portal.baseUrl}/finnes-ikke`, {
      headers: { accept: 'text/html, */*; q=.2' },
    });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('says so with a number to quote when something breaks, and tells no more', async () => {
    const answer = await reader.get(`/brev/${portal.letters.broken}`);
    const html = await answer.text();
    expect(answer.status).toBe(500);
    expect(html).toContain(answer.headers.get('x-request-id') ?? 'none');
    expect(html).not.toContain('fixture broke');
    expect(portal.logged()).toContain('fixture broke');
  });

  it('refuses form bodies over its limit', async () => {
    const answer = await reader.post('/logg-ut', { csrf: 'x'.repeat(20_000) });
    expect(answer.status).toBe(413);
  });

  it('shows who has used the information, a row for each matter, for what is asked for', async () => {
    const page = async (path: string) => (await reader.get(path)).text();
    const first = await page('/innsyn');
    expect(first).toContain('Eksempel kommune sendte deg et brev');
    expect(first).toContain('Eksempel kommune slo opp kontaktopplysningene dine');
    expect(first).toContain('En virksomhet prøvde å bruke opplysninger om deg, men fikk ikke tilgang');
    expect(first).not.toContain('Tjenesten selv prøvde');
    expect(first).toContain('forvaltningsloven § 16');
    const next = /href="(\/innsyn\?[^"]*etter=[^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const count = (html: string) => html.match(/<h2>/g)?.length ?? 0;
    // One letter is one row, whatever was done with it; the rest are single uses.
    expect([count(first), count(await page(next))]).toEqual([25, 7]);
    expect(count(await page('/innsyn?hva=kontaktinformasjon'))).toBe(1);
    expect(count(await page('/innsyn?hvem=310000019&hva=brev'))).toBe(25);
    for (const wrong of ['etter=rubbish', 'hvem=310000027', 'hva=ukjent'])
      expect((await reader.get(`/innsyn?${wrong}`)).status, wrong).toBe(400);
    const others = await httpReader(portal, portal.newcomer.fnr);
    expect(await (await others.get('/innsyn')).text()).toContain('Ingen har brukt opplysninger om deg');
  });

  it('folds what was done with a letter together, names and links it, and leaves own visits to who asks', async () => {
    const html = await (await reader.get('/innsyn')).text();
    const { kindergarten } = portal.letters;
    const row = new RegExp(`<li><h2><a [^>]*href="/brev/${kindergarten}">.*?</details></li>`).exec(html)?.[0];
    expect(row).toContain('Brev: Vedtak om barnehageplass fra 1. august');
    expect(row).toContain('Vis 3 ting som ble gjort');
    expect(row).toContain('Du så på eller åpnet dette én gang');
    // Old entries have the Norwegian reason itself, new ones its code: both are read in one's own language.
    expect(row).toContain('Levere brevet til deg');
    expect(row).toMatch(/href="mailto:post@eksempel\.example\?subject=[^"]*referanse%20\d+-\d+/);
    expect(html).not.toContain('Du brukte opplysninger om deg');
    expect(await (await reader.get('/innsyn?egne=1')).text()).toContain('Du brukte opplysninger om deg');
    await reader.get('/sprak/en');
    const english = await (await reader.get('/innsyn')).text();
    await reader.get('/sprak/nb');
    expect(english).toContain('To deliver the letter to you');
    expect(english).toContain('A task in the public interest');
    expect(english).not.toMatch(/personvernforordningen|Levere brev/);
  });

  it('shows letters by what they want of the reader, and finds them by sender and title', async () => {
    const html = await (await reader.get('/innboks')).text();
    const groups = [...html.matchAll(/<h2 id="(\w+)">/g)].map(([, name]) => name);
    expect(groups).toEqual(['act', 'new', 'earlier']);
    expect(html).toMatch(/id="act">.*Vedtak om barnehageplass.*Åpne innen \d+\. \p{L}+.*id="new"/u);
    const found = async (text: string) =>
      [...(await (await reader.get(`/innboks?sok=${encodeURIComponent(text)}`)).text()).matchAll(/<h3>/g)]
        .length;
    expect(await found('barnehage')).toBe(1);
    expect(await found('døme BRANN')).toBe(1);
    expect(await found('finnes ikke')).toBe(0);
    expect(await found('Ikke ditt')).toBe(0);
    for (const odd of [
      'sok=%00',
      'sok=a&sok=b',
      `sok=${'x'.repeat(300)}`,
      'vis=uleste&etter=1',
      'sok=%F0%9F',
    ])
      expect((await reader.get(`/innboks?${odd}`)).status, odd).toBeLessThan(500);
  });

  it('shows a letter where the browser can draw it, in a frame of our own, and says whom to ask', async () => {
    const path = `/brev/${portal.letters.printed}`;
    const desktop = await reader.get(path);
    const html = await desktop.text();
    expect(desktop.headers.get('content-security-policy')).toMatch(/; frame-src 'self'$/);
    expect(html).toMatch(/<iframe [^>]*src="\/brev\/[^"]*\/dokument\/0"/);
    expect(html).toContain('Servicesenteret i Eksempel kommune');
    expect(html.indexOf('<iframe')).toBeLessThan(html.indexOf('Hva har skjedd med brevet?'));
    for (const [name, value] of [
      ['sec-ch-ua-mobile', '?1'],
      ['user-agent', 'Mozilla/5.0 (iPhone) Mobile'],
    ] as const) {
      const phone = await (await reader.get(path, { headers: { [name]: value } })).text();
      expect(phone).not.toContain('<iframe');
      expect(phone).toMatch(/href="\/brev\/[^"]*\/dokument\/0">.*Les brevet/);
    }
    const document = await reader.get(`${path}/dokument/0`);
    expect(document.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(document.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
    expect((await reader.get(`${path}/alt`)).headers.get('content-disposition')).toContain('filename=');
  });

  it('writes no identity number, name or title to its log', () => {
    const log = portal.logged();
    expect(log).not.toContain(portal.reader.fnr);
    expect(log).not.toContain('Østgård');
    expect(log).not.toContain('barnehageplass');
  });
});

describe('a portal in production', () => {
  it('lets nobody in by the login service of a demonstration', async () => {
    const portal = await startPortal({ demonstration: false });
    try {
      expect((await anonymousReader(portal).get('/logg-inn')).status).toBe(503);
    } finally {
      await portal.close();
    }
  });
});

describe('a portal whose login service is away', () => {
  it('says so, and that nothing is lost', async () => {
    const portal = await startPortal({ issuer: 'http://127.0.0.1:9/idporten' });
    try {
      const answer = await anonymousReader(portal).get('/logg-inn');
      expect(answer.status).toBe(503);
      expect(await answer.text()).toContain('Vi får ikke kontakt med ID-porten');
    } finally {
      await portal.close();
    }
  });
});

describe('a portal on https', () => {
  it('has host-bound, secure cookies and strict transport', async () => {
    const portal = await startPortal({ publicUrl: 'https://post.example' });
    try {
      const answer = await anonymousReader(portal).get('/logg-inn?vert=1');
      expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-grunnmur-innlogging=.*; Path=\/;.* Secure/);
      expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
    } finally {
      await portal.close();
    }
  });
});

/** What the server answers to exactly these lines. */
async function rawAnswer(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${[...lines, 'Connection: close', '', ''].join('\r\n')}`);
  return text(socket);
}
