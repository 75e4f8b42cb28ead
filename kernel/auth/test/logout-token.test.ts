import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLogoutTokenVerifier, type LoggedOut } from '../index.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const ISSUER = 'https://login.example.no';

describe('a logout token', () => {
  let pair: Awaited<ReturnType<typeof generateKeyPair>>;
  let stranger: typeof pair;
  let verify: (token: string) => Promise<LoggedOut>;
  const now = new Date('2030-01-01T12:00:00Z');
  const nowS = now.getTime() / 1000;

  beforeAll(async () => {
    [pair, stranger] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
    const keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'a', alg: 'RS256', use: 'sig' }] };
    verify = createLogoutTokenVerifier({
      issuer: ISSUER,
      audience: 'portal',
      keys: { load: async () => keys },
      now: () => now,
    });
  });

  const sign = (change: Record<string, unknown> = {}, key = pair.privateKey, kid = 'a') => {
    const claims: Record<string, unknown> = {
      iss: ISSUER,
      aud: 'portal',
      iat: nowS,
      exp: nowS + 120,
      jti: randomUUID(),
      sid: 'session',
      sub: 'person',
      events: { [EVENT]: {} },
      ...change,
    };
    for (const name of Object.keys(claims)) if (claims[name] === null) delete claims[name];
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'logout+jwt', kid }).sign(key);
  };
  const reason = async (token: string) =>
    verify(token).then(
      () => 'accepted',
      (error: { status: number; params: Record<string, unknown> }) =>
        `${error.status} ${error.params.reason}`,
    );

  it('names a session, a person, or both', async () => {
    expect(await verify(await sign())).toEqual({ sid: 'session', sub: 'person' });
    expect(await verify(await sign({ sub: null }))).toEqual({ sid: 'session' });
    expect(await verify(await sign({ sid: null, aud: ['x', 'portal'] }))).toEqual({ sub: 'person' });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['of another issuer', { iss: 'https://evil.example' }, 'signature_or_claims'],
    ['for another client', { aud: 'another' }, 'signature_or_claims'],
    ['that has expired', { iat: nowS - 200, exp: nowS - 100 }, 'signature_or_claims'],
    ['of long ago that never expires', { iat: nowS - 3600, exp: nowS + 1e9 }, 'signature_or_claims'],
    ['without time', { iat: null }, 'signature_or_claims'],
    ['without id', { jti: null }, 'signature_or_claims'],
    ['without event (an ID token)', { events: null }, 'signature_or_claims'],
    ['with another event', { events: { other: {} } }, 'events'],
    ['whose event is no object', { events: { [EVENT]: true } }, 'events'],
    ['with a nonce', { nonce: 'n' }, 'nonce'],
    ['that names nobody', { sid: null, sub: '' }, 'nobody'],
  ])('is refused %s', async (_what, change, expected) => {
    expect(await reason(await sign(change))).toBe(`401 ${expected}`);
  });

  it('is refused when nobody we know has signed it, is not a token, or comes a second time', async () => {
    expect(await reason(await sign({}, stranger.privateKey))).toBe('401 signature_or_claims');
    expect(await reason(await sign({}, stranger.privateKey, 'b'))).toBe('401 signature_or_claims');
    expect(await reason('x')).toBe('401 signature_or_claims');
    expect(await reason('x'.repeat(20_000))).toBe('401 too_long');
    const token = await sign();
    expect([await reason(token), await reason(token)]).toEqual(['accepted', '401 repeated']);
  });
});
