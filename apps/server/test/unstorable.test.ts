import { sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './harness.ts';
import { goodCalls, takesJson } from './request-kit.ts';
import { type Route, withRouteTable } from './route-table.ts';
import { basic } from './send-faces.ts';

/** NUL and half a surrogate pair: what PostgreSQL stores in no text. */
const UNSTORABLE = ['\0', 'a\0b', '\ud800', 'x\udc00'];
/** Each face's errors have a text that people read, under its own name. */
const ERROR_TEXT = ['message', 'title', 'error_description'];

describe('what no table can hold', () => {
  let test: TestServer;
  let routes: Route[];
  let good: Awaited<ReturnType<typeof goodCalls>>;
  let headers: Record<string, string>;

  beforeAll(async () => {
    ({ result: test, routes } = await withRouteTable(() => startTestServer()));
    good = await goodCalls(test);
    headers = await test.headers(test.integration('Eksempel'));
  });
  afterAll(() => test.stop());

  const named = (text: string): boolean => {
    try {
      const body = JSON.parse(text) as Record<string, unknown>;
      return ERROR_TEXT.some((name) => typeof body[name] === 'string');
    } catch {
      return false;
    }
  };

  /** Answers that are not a refusal. */
  const wrong: string[] = [];
  async function refused(what: string, answer: Promise<{ status: number; text: string }>, exactly?: number) {
    const { status, text } = await answer;
    if (status < 400 || status >= 500 || (exactly !== undefined && (status !== exactly || !named(text))))
      wrong.push(`${what} → ${status} ${text.slice(0, 200)}`);
  }

  const ask = async (method: string, path: string, v1: boolean) => {
    const account = test.access.svarutV1Accounts[0]!;
    const answer = await fetch(`${test.baseUrl}${path}`, {
      method,
      redirect: 'manual',
      headers: v1 ? { authorization: basic(account.username, account.password) } : headers,
    });
    return { status: answer.status, text: await answer.text() };
  };

  it('is refused in every address, in the words of its face', async () => {
    wrong.length = 0;
    let asked = 0;
    for (const { method, url, schema } of routes) {
      if (!/^(?:GET|POST|PUT|PATCH|DELETE)$/.test(method)) continue;
      const face = /^\/(?:api|tjenester|fiks-|dokumentlager)/.test(url);
      const exactly = face ? 400 : undefined;
      const params = [...url.matchAll(/:\w+|\*/g)].map(([name]) => name);
      const filled = (poison?: string) =>
        url.replaceAll(/:\w+|\*/g, (name) => (name === poison ? 'a%00b' : crypto.randomUUID()));
      for (const poison of params) {
        asked++;
        await refused(
          `${method} ${url} ${poison}`,
          ask(method, filled(poison), url.startsWith('/tjenester')),
          exactly,
        );
      }
      const known = Object.keys(
        (schema?.querystring as { properties?: object } | undefined)?.properties ?? {},
      );
      for (const name of [...known, 'ukjent', 'id', 'a%00']) {
        asked++;
        await refused(
          `${method} ${url}?${name}`,
          ask(method, `${filled()}?${name}=x%00`, url.startsWith('/tjenester')),
          exactly,
        );
      }
    }
    expect(asked).toBeGreaterThan(400);
    expect(wrong).toEqual([]);
  });

  /** `body` with `text` in the place of each of its texts in turn, and as a name in each of its objects. */
  function* poisoned(body: unknown, text: string): Generator<unknown> {
    if (typeof body === 'string') yield text;
    if (typeof body !== 'object' || body === null) return;
    if (!Array.isArray(body)) yield { ...body, [text]: 'x' };
    for (const [key, value] of Object.entries(body))
      for (const other of poisoned(value, text))
        yield Array.isArray(body)
          ? body.map((item, nr) => (String(nr) === key ? other : item))
          : { ...body, [key]: other };
  }

  it('is refused in every body, as a value and as a name', async () => {
    wrong.length = 0;
    expect(routes.filter(takesJson).length).toBeGreaterThan(30);
    for (const [key, make] of Object.entries(good.calls)) {
      const method = key.split(' ')[0]!;
      for (const text of UNSTORABLE) {
        const call = make();
        for (const body of poisoned(call.body, text))
          await refused(
            `${key} ${JSON.stringify(body).slice(0, 200)}`,
            good.call(method, { ...call, body }),
            400,
          );
      }
    }
    expect(wrong).toEqual([]);
  }, 240_000);

  it('is refused in the names of a form', async () => {
    wrong.length = 0;
    for (const [key, make] of Object.entries(good.calls)) {
      const call = make();
      if (!call.part) continue;
      const text = (field: string, filename: string) =>
        `--g\r\nContent-Disposition: form-data; name="${field}"; filename="${filename}"\r\n\r\n{}\r\n--g--\r\n`;
      for (const body of [text('a\0b', 'c'), text(call.part, 'a\0b')]) {
        const account = test.access.svarutV1Accounts[0]!;
        const answer = fetch(`${test.baseUrl}${call.path}`, {
          method: 'POST',
          headers: {
            ...(call.v1 ? { authorization: basic(account.username, account.password) } : headers),
            'content-type': 'multipart/form-data; boundary=g',
          },
          body,
        }).then(async (found) => ({ status: found.status, text: await found.text() }));
        await refused(key, answer, 400);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is refused in what a login carries', async () => {
    wrong.length = 0;
    const { clientId, privateKeyPem, keyId } = test.integration('Eksempel') as unknown as Record<
      string,
      string
    >;
    const token = async (claims: Record<string, unknown>, kid = keyId ?? 'k') => {
      const now = Math.floor(Date.now() / 1000);
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const content = {
        iss: clientId,
        aud: `${test.baseUrl}/maskinporten/`,
        scope: 'ks:fiks',
        jti: crypto.randomUUID(),
        iat: now,
        exp: now + 60,
        ...claims,
      };
      const signed = `${part({ alg: 'RS256', kid })}.${part(content)}`;
      const signature = sign('sha256', Buffer.from(signed), privateKeyPem!).toString('base64url');
      const assertion = `${signed}.${signature}`;
      const answer = await fetch(`${test.baseUrl}/maskinporten/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
      });
      return { status: answer.status, text: await answer.text() };
    };
    for (const text of UNSTORABLE) {
      for (const claim of ['iss', 'aud', 'scope', 'jti', 'consumer_org', 'resource', 'pid'])
        await refused(`claim ${claim}`, token({ [claim]: text }));
      await refused('kid', token({}, text));
      const login = (more: Record<string, string>) =>
        fetch(`${test.baseUrl}/api/exchange/meldinger`, { headers: { ...headers, ...more } }).then(
          async (found) => ({
            status: found.status,
            text: await found.text(),
          }),
        );
      await refused('bearer', login({ authorization: `Bearer ${Buffer.from(text).toString('base64url')}` }));
      await refused('basic', login({ authorization: basic(text, text) }));
    }
    const form = (name: string, value: string) =>
      fetch(`${test.baseUrl}/maskinporten/token`, {
        method: 'POST',
        body: new URLSearchParams({ [name]: value }),
      }).then(async (found) => ({ status: found.status, text: await found.text() }));
    await refused('form value', form('grant_type', 'a\0b'), 400);
    await refused('form name', form('a\0b', 'x'), 400);
    expect(wrong).toEqual([]);
  });
});
