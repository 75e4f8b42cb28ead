import { createPublicKey, randomUUID } from 'node:crypto';
import type { SelfSigned } from '@grunnmur/kernel/crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, exportJWK, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf, readClientCertificate } from '../issuer/client-certificate.ts';
import { AUTHORITY_PEM, SEID_1, SEID_2 } from './enterprise-certificates.ts';
import {
  type Client,
  createFixture,
  createOrganisation,
  type Fixture,
  ISSUER,
  JWT_BEARER,
  KOMMUNE,
  LEVERANDOR,
  operatorCtx,
  requestToken,
  selfSigned,
  signAssertion,
  x5cOf,
} from './fixture.ts';

describe('token endpoint', () => {
  let fixture: Fixture;
  let client: Client;
  let stranger: SelfSigned;
  let kommune: Awaited<ReturnType<typeof createOrganisation>>;
  let leverandor: Awaited<ReturnType<typeof createOrganisation>>;

  beforeAll(async () => {
    fixture = await createFixture();
    kommune = await createOrganisation(fixture, KOMMUNE);
    leverandor = await createOrganisation(fixture, LEVERANDOR);
    const own = await selfSigned(LEVERANDOR, fixture.clock.now);
    stranger = await selfSigned(LEVERANDOR, fixture.clock.now);
    client = { ...own, clientId: randomUUID() };
    await fixture.access.admin.createOauthClient(leverandor.ctx, {
      clientId: client.clientId,
      scopes: ['ks:fiks', 'ks:other'],
      certificateFingerprints: [fingerprint(own)],
    });
  });

  const sign = (change?: Parameters<typeof signAssertion>[2]) =>
    signAssertion(client, fixture.clock.now, change);
  const ask = async (change?: Parameters<typeof signAssertion>[2]) =>
    requestToken(fixture.app, await sign(change));
  const nowS = () => Math.floor(fixture.clock.now.getTime() / 1000);

  it('answers with a token of the published shape, signed by a published key', async () => {
    const { status, headers, body } = await ask();
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 119,
      scope: 'ks:fiks',
    });
    const jwks = (await fixture.app.inject('/maskinporten/jwk')).json();
    const { payload, protectedHeader } = await jwtVerify(body.access_token, createLocalJWKSet(jwks));
    expect(protectedHeader).toEqual({ alg: 'RS256', kid: jwks.keys[0].kid });
    expect(payload).toEqual({
      iss: ISSUER,
      iat: nowS(),
      exp: nowS() + 120,
      jti: expect.any(String),
      scope: 'ks:fiks',
      client_id: client.clientId,
      client_amr: 'virksomhetssertifikat',
      token_type: 'Bearer',
      consumer: { authority: 'iso6523-actorid-upis', ID: `0192:${LEVERANDOR}` },
    });
    expect(JSON.stringify(jwks)).not.toMatch(/"(d|p|q)":/);
  });

  it('publishes metadata that names the issuer with its trailing slash', async () => {
    const answer = await fixture.app.inject('/maskinporten/.well-known/oauth-authorization-server');
    expect(answer.json()).toMatchObject({
      issuer: ISSUER,
      token_endpoint: `${ISSUER}token`,
      jwks_uri: `${ISSUER}jwk`,
      grant_types_supported: [JWT_BEARER],
    });
  });

  it('accepts a registered key by kid, alone or beside a certificate', async () => {
    const pair = await selfSigned(KOMMUNE, fixture.clock.now);
    const jwk = { ...(await exportJWK(createPublicKey(pair.certificatePem))), kid: 'min-nøkkel-1' };
    const keyClient = { ...pair, clientId: randomUUID() };
    await fixture.access.admin.createOauthClient(kommune.ctx, {
      clientId: keyClient.clientId,
      scopes: ['ks:fiks'],
      keys: [jwk],
    });
    const byKid = { header: { x5c: undefined as never, kid: jwk.kid, typ: 'JWT' } };
    const first = await requestToken(fixture.app, await signAssertion(keyClient, fixture.clock.now, byKid));
    expect(decodeJwt(first.body.access_token)).toMatchObject({
      client_amr: 'private_key_jwt',
      consumer: { ID: `0192:${KOMMUNE}` },
    });
    const both = { header: { kid: jwk.kid, typ: 'JWT' } };
    const second = await requestToken(fixture.app, await signAssertion(keyClient, fixture.clock.now, both));
    expect(second.status).toBe(200);
    const unknown = { header: { x5c: undefined as never, kid: 'en-annen' } };
    const third = await requestToken(fixture.app, await signAssertion(keyClient, fixture.clock.now, unknown));
    expect(third).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('accepts numbers with a fraction, several scopes, a resource and a pid', async () => {
    const { status, body } = await ask({
      claims: {
        iat: nowS() + 0.25,
        exp: nowS() + 119.5,
        scope: 'ks:fiks ks:other',
        resource: 'https://api.example/',
        pid: '01819010192',
      },
    });
    expect({ status, scope: body.scope }).toEqual({ status: 200, scope: 'ks:fiks ks:other' });
    expect(decodeJwt(body.access_token)).toMatchObject({ aud: 'https://api.example/', pid: '01819010192' });
  });

  const refused: [string, Parameters<typeof signAssertion>[2] & object, string, RegExp][] = [
    [
      'an audience without the trailing slash',
      { claims: { aud: ISSUER.slice(0, -1) } },
      'invalid_grant',
      /^aud/,
    ],
    ['two audiences', { claims: { aud: [ISSUER, 'https://other/'] } }, 'invalid_grant', /^aud/],
    ['no audience', { claims: { aud: null } }, 'invalid_grant', /^aud/],
    ['no iat', { claims: { iat: null } }, 'invalid_grant', /^iat and exp/],
    ['no exp', { claims: { exp: null } }, 'invalid_grant', /^iat and exp/],
    ['a text as exp', { claims: { exp: '99' } }, 'invalid_grant', /^iat and exp/],
    ['no jti', { claims: { jti: null } }, 'invalid_grant', /^jti/],
    ['an empty jti', { claims: { jti: '' } }, 'invalid_grant', /^jti/],
    ['an endless jti', { claims: { jti: 'x'.repeat(256) } }, 'invalid_grant', /^jti/],
    ['no scope', { claims: { scope: null } }, 'invalid_scope', /^scope/],
    ['only spaces as scope', { claims: { scope: '  ' } }, 'invalid_scope', /^scope/],
    ['a scope not granted', { claims: { scope: 'ks:fiks ks:secret' } }, 'invalid_scope', /granted/],
    ['an unknown client', { claims: { iss: randomUUID() } }, 'invalid_grant', /unknown/],
    ['no client', { claims: { iss: null } }, 'invalid_grant', /^iss/],
    ['a consumer without delegation', { claims: { consumer_org: KOMMUNE } }, 'invalid_grant', /delegated/],
    [
      'a consumer that is no number',
      { claims: { consumer_org: '123456789' } },
      'invalid_grant',
      /^consumer_org/,
    ],
    ['iss_onbehalfof', { claims: { iss_onbehalfof: 'x' } }, 'invalid_request', /not supported/],
    [
      'iss_onbehalfof beside consumer_org',
      { claims: { iss_onbehalfof: 'x', consumer_org: KOMMUNE } },
      'invalid_request',
      /exclude/,
    ],
    ['a pid that is no identity number', { claims: { pid: '12345678901' } }, 'invalid_grant', /^pid/],
    ['two resources', { claims: { resource: ['a', 'b'] } }, 'invalid_grant', /^resource/],
    ['neither kid nor certificate', { header: { x5c: undefined as never } }, 'invalid_grant', /neither/],
    ['a certificate that is none', { header: { x5c: ['QUJD'] } }, 'invalid_grant', /not a certificate/],
    ['another algorithm', { header: { alg: 'PS256' } }, 'invalid_grant', /signature/],
  ];

  it.each(refused)('refuses %s', async (_name, change, error, description) => {
    const { status, body } = await ask(change);
    expect({ status, error: body.error }).toEqual({ status: 400, error });
    expect(body.error_description).toMatch(description);
    expect(body.error_uri).toMatch(/^https:/);
    expect(body).not.toHaveProperty('access_token');
  });

  it.each([
    ['issued 11 s ahead', 11, 131, /^iat must be at most 10 seconds ahead/],
    ['living for 181 s', 0, 181, /^exp must be at most 180 seconds/],
    ['that expired 11 s ago', -100, -11, /has expired/],
    ['expiring before it was issued', 0, -1, /^exp must be at most/],
    ['expired longer ago than the clocks may differ', -10, -10.5, /^exp must be at most/],
  ])('refuses a request %s', async (_name, iat, exp, description) => {
    const { status, body } = await ask({ claims: { iat: nowS() + iat, exp: nowS() + exp } });
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_grant' });
    expect(body.error_description).toMatch(description);
  });

  it('looks at nbf, as at iat, when there is one', async () => {
    for (const nbf of [11, 500]) {
      const { status, body } = await ask({ claims: { nbf: nowS() + nbf } });
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_grant' });
      expect(body.error_description).toMatch(/^nbf must be at most 10 seconds ahead/);
    }
    expect((await ask({ claims: { nbf: 'x' as never } })).status).toBe(400);
    for (const nbf of [-500, 0, 9]) expect((await ask({ claims: { nbf: nowS() + nbf } })).status).toBe(200);
  });

  it.each([
    ['at the edge of a clock that is fast', 9, 129],
    ['from a clock that is a minute slow', -60, 60],
    ['that lives for three minutes', 0, 180],
    ['that is three minutes old, by a clock that is slow', -180, -5],
  ])('accepts a request %s, as Maskinporten does', async (_name, iat, exp) => {
    expect((await ask({ claims: { iat: nowS() + iat, exp: nowS() + exp } })).status).toBe(200);
  });

  it('refuses a certificate anybody could have made, and a signature by another key', async () => {
    const forged = await ask({
      key: stranger.privateKeyPem,
      header: { x5c: [x5cOf(stranger.certificatePem)] },
    });
    expect(forged.body.error_description).toMatch(/neither registered/);
    const stolen = await ask({ key: stranger.privateKeyPem });
    expect(stolen.body.error_description).toMatch(/signature/);
    expect([forged.status, stolen.status]).toEqual([400, 400]);
  });

  it('refuses a registered certificate of another organisation, or past its end', async () => {
    const foreign = await selfSigned(KOMMUNE, fixture.clock.now);
    const shortLived = await selfSigned(LEVERANDOR, fixture.clock.now, 0.001);
    const clientId = randomUUID();
    await fixture.access.admin.createOauthClient(leverandor.ctx, {
      clientId,
      scopes: ['ks:fiks'],
      certificateFingerprints: [fingerprint(foreign), fingerprint(shortLived)],
    });
    const asForeign = await requestToken(
      fixture.app,
      await signAssertion({ ...foreign, clientId }, fixture.clock.now),
    );
    expect(asForeign.body.error_description).toMatch(/another organisation/);
    const later = new Date(fixture.clock.now.getTime() + 120_000);
    const before = fixture.clock.now;
    fixture.clock.now = later;
    const expired = await requestToken(fixture.app, await signAssertion({ ...shortLived, clientId }, later));
    fixture.clock.now = before;
    expect(expired.body.error_description).toMatch(/not valid at this time/);
  });

  it('refuses a jti a second time, also after a restart', async () => {
    const assertion = await sign();
    expect((await requestToken(fixture.app, assertion)).status).toBe(200);
    const again = await requestToken(fixture.app, assertion);
    const restarted = await fixture.restart();
    const afterRestart = await requestToken(restarted.app, assertion);
    for (const answer of [again, afterRestart]) {
      expect(answer).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant', error_description: 'jti has been used before' },
      });
    }
    const jti = decodeJwt(assertion).jti!;
    const stored = await fixture.test.owner.query('select jti_hash::text as hash from access.jti_seen');
    expect(stored.rows.map((row) => row.hash).join()).not.toContain(jti);
  });

  it('lets one of many simultaneous repeats through', async () => {
    const assertion = await sign();
    const answers = await Promise.all([1, 2, 3, 4].map(() => requestToken(fixture.app, assertion)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  });

  it('names supplier and consumer when the consumer has delegated', async () => {
    const delegation = { supplierOrgnr: LEVERANDOR, scope: 'ks:fiks' };
    await fixture.access.admin.addDelegation(kommune.ctx, delegation);
    const { body } = await ask({ claims: { consumer_org: KOMMUNE } });
    expect(decodeJwt(body.access_token)).toMatchObject({
      consumer: { authority: 'iso6523-actorid-upis', ID: `0192:${KOMMUNE}` },
      supplier: { authority: 'iso6523-actorid-upis', ID: `0192:${LEVERANDOR}` },
      delegation_source: ISSUER,
    });
    const beyond = await ask({ claims: { consumer_org: KOMMUNE, scope: 'ks:fiks ks:other' } });
    expect(beyond.body.error_description).toMatch(/delegated/);
    await fixture.access.admin.removeDelegation(kommune.ctx, delegation);
    expect((await ask({ claims: { consumer_org: KOMMUNE } })).status).toBe(400);
  });

  it('stops at once for a client or an organisation that is switched off', async () => {
    const { admin } = fixture.access;
    await admin.setOauthClientActive(leverandor.ctx, client.clientId, false);
    expect((await ask()).body.error_description).toMatch(/not active/);
    await admin.setOauthClientActive(leverandor.ctx, client.clientId, true);
    await admin.setOrganisationActive(leverandor.ctx, false);
    expect((await ask()).status).toBe(400);
    await admin.setOrganisationActive(leverandor.ctx, true);
    expect((await ask()).status).toBe(200);
  });

  it('accepts an enterprise certificate of the client’s organisation from a trust anchor, unregistered', async () => {
    const anchored = await fixture.restart({ issuer: { trustAnchorsPem: [AUTHORITY_PEM] } });
    const grant = async (from: Fixture, pair: SelfSigned, clientId = client.clientId) =>
      requestToken(from.app, await signAssertion({ ...pair, clientId }, fixture.clock.now));
    for (const pair of [SEID_2, SEID_1]) {
      expect((await grant(anchored, pair)).status).toBe(200);
      expect((await grant(fixture, pair)).body.error_description).toMatch(/neither registered/);
    }
    const kommuneClient = randomUUID();
    await fixture.access.admin.createOauthClient(kommune.ctx, {
      clientId: kommuneClient,
      scopes: ['ks:fiks'],
    });
    const foreign = await grant(anchored, SEID_2, kommuneClient);
    expect(foreign.body.error_description).toMatch(/another organisation/);
    // Not an authority: what it has signed (itself) is worth nothing, though it is configured as an anchor.
    const wrongly = await fixture.restart({ issuer: { trustAnchorsPem: [stranger.certificatePem] } });
    expect((await grant(wrongly, stranger)).body.error_description).toMatch(/neither registered/);
  });

  it('holds nothing against a client that somebody else has written into an assertion', async () => {
    const from = 'one.address';
    const forged = await signAssertion({ ...stranger, clientId: client.clientId }, fixture.clock.now);
    const ask = async (assertion: string) =>
      (await requestToken(fixture.app, assertion, JWT_BEARER, from)).status;
    for (let attempt = 0; attempt < 10; attempt++) expect(await ask(forged)).toBe(400);
    expect(await ask(forged)).toBe(429);
    expect(await ask(await sign())).toBe(200);
    // What it has signed itself is its own: told what is wrong, until it has been wrong too often.
    const own = { claims: { scope: 'ks:never' } };
    for (let attempt = 0; attempt < 10; attempt++) expect(await ask(await sign(own))).toBe(400);
    expect(await ask(await sign(own))).toBe(429);
    expect(await ask(await sign())).toBe(200);
  });

  it('answers malformed requests as OAuth does', async () => {
    const assertion = await sign();
    const other = await requestToken(fixture.app, assertion, 'client_credentials');
    expect(other).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
    const none = await requestToken(fixture.app, '');
    expect(none).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const garbage = await requestToken(fixture.app, 'a.b.c');
    expect(garbage).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const twice = await requestToken(fixture.app, `${assertion}&assertion=${assertion}`);
    expect(twice).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const huge = await requestToken(fixture.app, 'x'.repeat(100_000));
    expect(huge).toMatchObject({ status: 413, body: { error: 'invalid_request' } });
    const json = await fixture.app.inject({
      method: 'POST',
      url: '/maskinporten/token',
      payload: { grant_type: JWT_BEARER, assertion },
    });
    expect({ status: json.statusCode, body: json.json() }).toMatchObject({
      status: 415,
      body: { error: 'invalid_request' },
    });
    const get = await fixture.app.inject('/maskinporten/token');
    expect({ status: get.statusCode, body: get.json() }).toMatchObject({
      status: 404,
      body: { error: 'invalid_request' },
    });
  });

  it('rotates: publishes the next key a day ahead, keeps the former, drops a withdrawn one at once', async () => {
    const kidOf = async (from: Fixture) =>
      decodeProtectedHeader((await requestToken(from.app, await sign())).body.access_token).kid;
    const published = async (from: Fixture) =>
      (await from.app.inject('/maskinporten/jwk')).json().keys.map((key: { kid: string }) => key.kid);
    const start = fixture.clock.now;
    const old = await kidOf(fixture);
    const next = await fixture.access.admin.rotateSigningKey(operatorCtx(fixture));
    expect(await published(fixture)).toEqual([next.kid, old]);
    expect(await kidOf(fixture)).toBe(old);

    fixture.clock.now = new Date(next.activeFrom.getTime() + 1000);
    expect(await kidOf(fixture)).toBe(next.kid);
    expect(await kidOf(await fixture.restart())).toBe(next.kid);
    expect(await published(fixture)).toEqual([next.kid, old]);

    fixture.clock.now = new Date(next.activeFrom.getTime() + 26 * 3_600_000);
    expect(await published(fixture)).toEqual([next.kid]);

    const urgent = await fixture.access.admin.rotateSigningKey(operatorCtx(fixture), { immediately: true });
    expect(await published(fixture)).toEqual([urgent.kid]);
    expect(await kidOf(fixture)).toBe(urgent.kid);
    fixture.clock.now = start;
  });
});

function fingerprint(pair: SelfSigned): string {
  return fingerprintOf(readClientCertificate([x5cOf(pair.certificatePem)])!.certificate);
}
