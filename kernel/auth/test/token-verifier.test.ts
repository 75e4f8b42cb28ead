import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLruMap } from '../lru-map.ts';
import { orgnrOf } from '../token-claims.ts';
import { createTokenVerifier, type TokenVerifierOptions } from '../token-verifier.ts';

describe('token verifier', () => {
  let server: Server;
  let base: string;
  let issuer: string;
  let now: Date;
  /** The monotonic clock; moves with the wall clock, unless a test tells the two apart. */
  let elapsed: number | undefined;
  let published: JWK[];
  let requests: string[];
  let answer: ((path: string) => { status: number; body: string } | undefined) | undefined;
  const keys = new Map<string, CryptoKey>();

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(request.url!);
      const special = answer?.(request.url!);
      response.statusCode = special?.status ?? 200;
      response.end(special?.body ?? JSON.stringify(documentAt(request.url!)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    issuer = `${base}/issuer/`;
    for (const kid of ['a', 'b']) await addKey(kid);
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  beforeEach(async () => {
    now = new Date('2030-01-01T12:00:00Z');
    elapsed = undefined;
    requests = [];
    answer = undefined;
    published = [await publicKey('a')];
  });

  function documentAt(path: string): unknown {
    if (path.includes('.well-known')) return { issuer, jwks_uri: `${base}/jwk` };
    return { keys: published };
  }

  const publicKeys = new Map<string, JWK>();
  async function addKey(kid: string): Promise<void> {
    const pair = await generateKeyPair('RS256', { extractable: true });
    keys.set(kid, pair.privateKey as CryptoKey);
    publicKeys.set(kid, { ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256', use: 'sig' });
  }
  const publicKey = async (kid: string): Promise<JWK> => publicKeys.get(kid)!;

  async function sign(claims: Record<string, unknown> = {}, kid = 'a', alg = 'RS256'): Promise<string> {
    const iat = now.getTime() / 1000;
    const all: Record<string, unknown> = { iss: issuer, iat, exp: iat + 120, scope: 'a b', ...claims };
    for (const name of Object.keys(all)) if (all[name] === null) delete all[name];
    return new SignJWT(all).setProtectedHeader({ alg, kid }).sign(keys.get(kid)!);
  }

  const verifier = (change: Partial<TokenVerifierOptions> = {}, issuerChange: object = {}) =>
    createTokenVerifier({
      issuers: [{ issuer, keys: { metadata: 'oauth-authorization-server' }, ...issuerChange }],
      now: () => now,
      elapsedMs: () => elapsed ?? now.getTime(),
      ...change,
    });

  const reason = (promise: Promise<unknown>) =>
    promise.then(
      () => 'accepted',
      (error) => error.params?.reason ?? error.code,
    );

  it('reads what a Maskinporten token says', async () => {
    const consumer = { authority: 'iso6523-actorid-upis', ID: '0192:310000019' };
    const token = await verifier().verify(
      await sign({ client_id: 'c', consumer, supplier: 'wrong', aud: 'x', acr: 4 }),
    );
    expect(token).toMatchObject({
      issuer,
      clientId: 'c',
      consumer,
      audience: ['x'],
      expiresAt: new Date('2030-01-01T12:02:00Z'),
    });
    expect([...token.scopes]).toEqual(['a', 'b']);
    expect([token.supplier, token.acr, token.pid]).toEqual([undefined, undefined, undefined]);
    expect(orgnrOf(token.consumer)).toBe('310000019');
    expect(requests).toEqual(['/issuer/.well-known/oauth-authorization-server', '/jwk']);
  });

  it.each([
    ['another issuer', { iss: 'https://other/' }, 'unknown_issuer'],
    ['the issuer without its slash', { iss: 'SLASHLESS' }, 'unknown_issuer'],
    ['no issuer', { iss: null }, 'unknown_issuer'],
    ['a passed exp', { exp: -11 }, 'expired'],
    ['no exp', { exp: null }, 'claims'],
    ['no iat', { iat: null }, 'claims'],
    ['an iat ahead of the clock', { iat: 11 }, 'not_yet_valid'],
    ['an nbf ahead of the clock', { nbf: 11 }, 'not_yet_valid'],
  ])('refuses %s', async (_name, change: Record<string, unknown>, expected) => {
    const claims = { ...change };
    for (const name of ['exp', 'iat', 'nbf'])
      if (typeof claims[name] === 'number') claims[name] = now.getTime() / 1000 + claims[name];
    if (claims.iss === 'SLASHLESS') claims.iss = issuer.slice(0, -1);
    expect(await reason(verifier().verify(await sign(claims)))).toBe(expected);
  });

  it('tolerates clocks that differ by ten seconds', async () => {
    const s = now.getTime() / 1000;
    expect(await reason(verifier().verify(await sign({ iat: s + 9, exp: s + 129 })))).toBe('accepted');
    expect(await reason(verifier().verify(await sign({ iat: s - 129, exp: s - 9 })))).toBe('accepted');
    expect(await reason(verifier({ clockSkewS: 0 }).verify(await sign({ iat: s - 129, exp: s - 9 })))).toBe(
      'expired',
    );
  });

  it('refuses other algorithms, other keys, changed tokens and things that are no tokens', async () => {
    const good = await sign();
    const [header, payload, signature] = good.split('.') as [string, string, string];
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const forged = `${header}.${Buffer.from(JSON.stringify({ iss: issuer, iat: 1, exp: 9e9 })).toString('base64url')}.${signature}`;
    const secret = await new SignJWT({ iss: issuer, iat: 1, exp: 9e9 })
      .setProtectedHeader({ alg: 'HS256', kid: 'a' })
      .sign(new TextEncoder().encode(JSON.stringify(published[0])));
    const check = (token: string) => reason(verifier().verify(token));
    expect(await check(none)).toBe('algorithm');
    expect(await check(secret)).toBe('algorithm');
    expect(await check(forged)).toBe('signature');
    expect(await check(await sign({}, 'b'))).toBe('unknown_key');
    expect(await check('opaque')).toBe('malformed');
    expect(await check('')).toBe('malformed');
    expect(await check(`${good}${'x'.repeat(20_000)}`)).toBe('too_long');
  });

  it('wants the audience where one is configured', async () => {
    const strict = verifier({}, { audience: ['me', 'us'] });
    expect(await reason(strict.verify(await sign({ aud: 'us' })))).toBe('accepted');
    expect(await reason(strict.verify(await sign({ aud: ['x', 'me'] })))).toBe('accepted');
    expect(await reason(strict.verify(await sign({ aud: 'you' })))).toBe('audience');
    expect(await reason(strict.verify(await sign()))).toBe('audience');
  });

  it('remembers a token until it expires, and fetches keys once for many', async () => {
    const one = verifier();
    const tokens = await Promise.all([sign({ n: 1 }), sign({ n: 2 }), sign({ n: 3 })]);
    const verified = await Promise.all(tokens.map((token) => one.verify(token)));
    expect(requests).toHaveLength(2);
    expect(await one.verify(tokens[0]!)).toBe(verified[0]);
    now = new Date(now.getTime() + 131_000);
    expect(await reason(one.verify(tokens[0]!))).toBe('expired');
  });

  it('believes a token no longer than its life, and keys no longer than their day, when the clock is set back', async () => {
    elapsed = 5_000;
    const one = verifier();
    const token = await sign();
    await one.verify(token);
    now = new Date(now.getTime() - 2 * 3_600_000);
    elapsed += 131_000;
    expect(await reason(one.verify(token))).toBe('expired');
    expect(requests).toHaveLength(2);
    elapsed += 24 * 3_600_000;
    await one.verify(await sign());
    expect(requests).toHaveLength(4);
  });

  it('fetches again for an unknown key, but not more often than every ten seconds', async () => {
    const one = verifier();
    await one.verify(await sign());
    published = [await publicKey('b')];
    expect(await reason(one.verify(await sign({}, 'b')))).toBe('unknown_key');
    now = new Date(now.getTime() + 10_001);
    expect(await reason(one.verify(await sign({}, 'b')))).toBe('accepted');
    const fetched = requests.length;
    published = [];
    for (let n = 0; n < 20; n++) await reason(one.verify(await sign({ n }, 'a')));
    expect(requests).toHaveLength(fetched);
  });

  it('keeps keys for a day, and through an outage', async () => {
    const one = verifier();
    await one.verify(await sign());
    now = new Date(now.getTime() + 23 * 3_600_000);
    await one.verify(await sign());
    expect(requests).toHaveLength(2);
    answer = () => ({ status: 500, body: '' });
    now = new Date(now.getTime() + 2 * 3_600_000);
    expect(await reason(one.verify(await sign()))).toBe('accepted');
    now = new Date(now.getTime() + 24 * 3_600_000);
    expect(await reason(one.verify(await sign()))).toBe('auth.issuer_unavailable');
  });

  it.each([
    ['an error', () => ({ status: 500, body: '{}' })],
    ['no JSON', () => ({ status: 200, body: '<html>' })],
    ['more than it should', () => ({ status: 200, body: ' '.repeat(300_000) })],
    [
      'metadata of another issuer',
      (path: string) =>
        path.includes('well-known') ? { status: 200, body: '{"issuer":"https://x/"}' } : undefined,
    ],
  ])('is unavailable when the issuer answers with %s', async (_name, wrong) => {
    answer = wrong;
    const one = verifier();
    expect(await reason(one.verify(await sign()))).toBe('auth.issuer_unavailable');
    answer = undefined;
    expect(await reason(one.verify(await sign()))).toBe('auth.issuer_unavailable');
    now = new Date(now.getTime() + 10_001);
    expect(await reason(one.verify(await sign()))).toBe('accepted');
  });

  it('reads keys from the process itself when the issuer is built in', async () => {
    const one = verifier({}, { keys: { load: async () => ({ keys: published }) } });
    expect(await reason(one.verify(await sign()))).toBe('accepted');
    expect(requests).toEqual([]);
  });

  it('keeps claims out of errors, since errors are logged', async () => {
    const error = await verifier({}, { audience: 'me' })
      .verify(await sign({ pid: '01819010192' }))
      .catch((thrown) => thrown);
    expect(JSON.stringify([error, error.cause, error.message])).not.toContain('01819010192');
    expect(error.cause).toBeUndefined();
  });
});

describe('LRU map', () => {
  it('drops what was used longest ago', () => {
    const map = createLruMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.get('a');
    map.set('c', 3);
    expect([...map.entries()]).toEqual([
      ['a', 1],
      ['c', 3],
    ]);
    map.delete('a');
    expect([map.get('a'), map.size]).toEqual([undefined, 1]);
    map.clear();
    expect(map.size).toBe(0);
    expect(() => createLruMap(0)).toThrow(/positive/);
  });
});
