import { createHash } from 'node:crypto';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Fixture } from './fixture.ts';
import {
  DEAD,
  KARI,
  OLA,
  REAL_SERIES,
  type SimulatorFixture,
  startSimulator,
  startLogin as startSimulatorLogin,
  UNLISTED,
} from './simulator-fixture.ts';

describe('ID-porten simulator', () => {
  let simulator: SimulatorFixture;
  let fixture: Fixture;
  let base: string;
  let config: oidc.Configuration;
  let redirectUri: string;
  const printed: string[] = [];

  beforeAll(async () => {
    for (const method of ['info', 'warn', 'error', 'log'] as const)
      vi.spyOn(console, method).mockImplementation((...args) => void printed.push(args.join(' ')));
    simulator = await startSimulator();
    ({ fixture, base, redirectUri, config } = simulator);
  });

  afterAll(async () => {
    vi.restoreAllMocks();
    await fixture.app.close();
  });

  /** A browser without JavaScript: keeps cookies, follows redirects below our own address until the portal is reached. */
  function createBrowser() {
    const cookies = new Map<string, { value: string; path: string }>();
    const go = async (
      url: string,
      form?: Record<string, string>,
    ): Promise<{ url: string; response: Response }> => {
      const { pathname } = new URL(url);
      const cookie = [...cookies]
        .filter(([, { path }]) => pathname.startsWith(path))
        .map(([key, { value }]) => `${key.split('|')[0]}=${value}`)
        .join('; ');
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie, ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
        ...(form ? { method: 'POST', body: new URLSearchParams(form).toString() } : {}),
      });
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/';
        if (value) cookies.set(`${name}|${path}`, { value, path });
        else cookies.delete(`${name}|${path}`);
      }
      const location = response.headers.get('location');
      if (!location) return { url, response };
      const next = new URL(location, url).href;
      return next.startsWith(redirectUri) || next === `${base}/` ? { url: next, response } : go(next);
    };
    return { go, cookies };
  }

  const startLogin = (extra?: Record<string, string>) => startSimulatorLogin(simulator, extra);

  it('publishes a discovery document with its configured address, whatever the caller claims', async () => {
    const answer = await fetch(`${base}/idporten/.well-known/openid-configuration`, {
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    });
    expect(await answer.json()).toMatchObject({
      issuer: `${base}/idporten`,
      authorization_endpoint: `${base}/idporten/authorize`,
      token_endpoint: `${base}/idporten/token`,
      end_session_endpoint: `${base}/idporten/logout`,
      jwks_uri: `${base}/idporten/jwk`,
      pushed_authorization_request_endpoint: `${base}/idporten/par`,
      acr_values_supported: ['idporten-loa-substantial', 'idporten-loa-high'],
      code_challenge_methods_supported: ['S256'],
      subject_types_supported: ['pairwise'],
    });
  });

  it('logs a person in with the claims of ID-porten, and out again', async () => {
    const browser = createBrowser();
    const login = await startLogin({ acr_values: 'idporten-loa-high', ui_locales: 'nn' });
    const page = await browser.go(login.url);
    const text = await page.response.text();
    expect(page.response.status).toBe(200);
    expect(text).toContain('<html lang="nn">');
    expect(text).toContain('Kari &lt;Æøå&gt;');
    expect(text).not.toContain('Død Mann');
    expect(text).not.toContain('value="3"');
    expect(text).not.toContain('<script');

    const { url } = await browser.go(page.url, { person: KARI, level: '4' });
    const tokens = await login.finish(url);
    const claims = tokens.claims()!;
    expect(claims).toMatchObject({
      iss: `${base}/idporten`,
      aud: 'portal',
      pid: KARI,
      acr: 'idporten-loa-high',
      amr: ['BankID'],
      locale: 'nb',
      sid: expect.any(String),
      auth_time: expect.any(Number),
    });
    expect(claims.sub).not.toContain(KARI);

    const out = oidc.buildEndSessionUrl(config, {
      post_logout_redirect_uri: `${base}/`,
      id_token_hint: tokens.id_token!,
    });
    const question = await browser.go(out.href);
    const html = await question.response.text();
    expect(html).toContain('form="op.logoutForm"');
    const action = /action="([^"]+)"/.exec(html)![1]!;
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(html)![1]!;
    const done = await browser.go(action, { xsrf, logout: 'yes' });
    expect(done.url).toBe(`${base}/`);
    const next = await browser.go((await startLogin()).url);
    expect(next.response.status).toBe(200);
    expect(next.url).toContain('/idporten/logg-inn/');
  });

  it('takes requests that come as forms', async () => {
    const browser = createBrowser();
    const login = await startLogin({ acr_values: 'idporten-loa-high' });
    const address = new URL(login.url);
    const page = await browser.go(`${base}/idporten/authorize`, Object.fromEntries(address.searchParams));
    expect(page.url).toContain('/idporten/logg-inn/');
    const { url } = await browser.go(page.url, { person: KARI, level: '4' });
    const tokens = await login.finish(url);
    expect(tokens.claims()).toMatchObject({ pid: KARI, acr: 'idporten-loa-high' });
    const logout = { post_logout_redirect_uri: `${base}/`, id_token_hint: tokens.id_token! };
    const question = await browser.go(`${base}/idporten/logout`, logout);
    expect(await question.response.text()).toContain('form="op.logoutForm"');
  });

  it('tells a service that asks for a level there is none of, and takes one of several', async () => {
    const unknown = await startLogin({ acr_values: 'Level4' });
    const { url } = await createBrowser().go(unknown.url);
    await expect(unknown.finish(url)).rejects.toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('idporten-loa-substantial, idporten-loa-high'),
    });
    const several = await startLogin({ acr_values: 'urn:annet idporten-loa-high' });
    const page = await createBrowser().go(several.url);
    expect(await page.response.text()).toContain('name="level" id="level-4"');
  });

  it('goes on without scripts and in the reader’s language when another person logs in', async () => {
    const browser = createBrowser();
    const first = await startLogin();
    await browser.go((await browser.go(first.url)).url, { person: OLA, level: '3' });
    const second = await startLogin({ prompt: 'login', ui_locales: 'nn' });
    const page = await browser.go((await browser.go(second.url)).url, { person: KARI, level: '3' });
    const text = await page.response.text();
    expect(text).toContain('<html lang="nn">');
    expect(text).toContain('<button class="primary">Hald fram</button>');
    const script = /<script>(.*?)<\/script>/.exec(text)![1]!;
    const allowed = createHash('sha256').update(script).digest('base64');
    expect(page.response.headers.get('content-security-policy')).toContain(`script-src 'sha256-${allowed}'`);
    const action = /action="([^"]+)"/.exec(text)![1]!;
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(text)![1]!;
    const { url } = await browser.go(action.replaceAll('&amp;', '&'), { xsrf, logout: 'yes' });
    expect((await second.finish(url)).claims()).toMatchObject({ pid: KARI });
  });

  it('reuses a login, and asks again when a higher level is wanted', async () => {
    const browser = createBrowser();
    const first = await startLogin();
    const page = await browser.go(first.url);
    const { url } = await browser.go(page.url, { person: OLA, level: '3' });
    expect((await first.finish(url)).claims()).toMatchObject({ pid: OLA, acr: 'idporten-loa-substantial' });

    const second = await startLogin();
    const silent = await browser.go(second.url);
    expect((await second.finish(silent.url)).claims()).toMatchObject({ pid: OLA });

    const third = await startLogin({ acr_values: 'idporten-loa-high' });
    const again = await browser.go(third.url);
    expect(again.url).toContain('/idporten/logg-inn/');
    const raised = await browser.go(again.url, { person: OLA, level: '3' });
    // A form that was tampered with to ask for the lower level still gives the level that the service required.
    expect((await third.finish(raised.url)).claims()).toMatchObject({ acr: 'idporten-loa-high' });
  });

  it('takes any synthetic number and explains why it takes no other', async () => {
    const browser = createBrowser();
    const login = await startLogin();
    const page = await browser.go(login.url);
    const attempt = async (number: string) => {
      const { response } = await browser.go(`${page.url}?lang=en`, { number, level: '3' });
      return { status: response.status, text: await response.text() };
    };
    const wrong = await attempt('12345678901');
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('Enter a valid synthetic national identity number');
    expect(wrong.text).toContain('aria-invalid="true"');
    expect(wrong.text).toContain('value="12345678901"');
    const real = await attempt(REAL_SERIES);
    expect(real.text).toContain('The number is not synthetic');
    expect(real.text).not.toContain(REAL_SERIES);
    expect((await attempt(DEAD)).text).toContain('registered as deceased');
    const { url } = await browser.go(page.url, {
      number: `${UNLISTED.slice(0, 6)} ${UNLISTED.slice(6)}`,
      level: '3',
    });
    expect((await login.finish(url)).claims()).toMatchObject({ pid: UNLISTED });
  });

  it('lets the person cancel, and knows only logins that the browser itself has started', async () => {
    const browser = createBrowser();
    const login = await startLogin();
    const page = await browser.go(login.url);
    const { url } = await browser.go(`${page.url}/avbryt`, {});
    await expect(login.finish(url)).rejects.toMatchObject({ error: 'access_denied' });
    const stranger = await createBrowser().go(page.url, { person: KARI });
    expect(stranger.response.status).toBe(404);
    expect(await stranger.response.text()).toContain('Innloggingen er utløpt');
  });

  it('insists on PKCE, the registered address and the client’s secret', async () => {
    const browser = createBrowser();
    const { url } = await startLogin();
    const withoutPkce = new URL(url);
    withoutPkce.searchParams.delete('code_challenge');
    withoutPkce.searchParams.delete('code_challenge_method');
    const refused = await browser.go(withoutPkce.href);
    expect(new URL(refused.url).searchParams.get('error')).toBe('invalid_request');
    const elsewhere = new URL(url);
    elsewhere.searchParams.set('redirect_uri', 'https://evil.example/');
    const stopped = await browser.go(elsewhere.href);
    expect(stopped.response.status).toBe(400);
    expect(await stopped.response.text()).toContain('<html lang="nb">');
    const answer = await fetch(`${base}/idporten/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa('portal:wrong')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=authorization_code&code=x&redirect_uri=y',
    });
    expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({
      status: 401,
      error: 'invalid_client',
    });
  });

  it('signs with a stored key that another process uses too', async () => {
    const kids = async () => {
      const keys = (await (await fetch(`${base}/idporten/jwk`)).json()) as { keys: { kid: string }[] };
      return keys.keys.map((key) => key.kid);
    };
    const stored = await fixture.test.owner.query(
      `select kid from access.signing_key where purpose = 'idporten'`,
    );
    expect(await kids()).toEqual(stored.rows.map((row) => row.kid));
  });

  it('prints nothing', () => {
    expect(printed).toEqual([]);
  });
});
