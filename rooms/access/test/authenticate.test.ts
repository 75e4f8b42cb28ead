import { randomUUID } from 'node:crypto';
import { AuthError } from '@grunnmur/kernel/auth';
import { withCtx } from '@grunnmur/kernel/ctx';
import { beforeAll, describe, expect, it } from 'vitest';
import { grantFor, type IntegrationCredentials } from '../contract.ts';
import { fingerprintOf, readClientCertificate } from '../issuer/client-certificate.ts';
import {
  type Client,
  createFixture,
  createOrganisation,
  type Fixture,
  KOMMUNE,
  LEVERANDOR,
  operatorCtx,
  requestToken,
  selfSigned,
  signAssertion,
  x5cOf,
} from './fixture.ts';

describe('logins of machines', () => {
  let fixture: Fixture;
  let client: Client;
  let kommuneClient: Client;
  let kommune: Awaited<ReturnType<typeof createOrganisation>>;
  let leverandor: Awaited<ReturnType<typeof createOrganisation>>;

  beforeAll(async () => {
    fixture = await createFixture();
    kommune = await createOrganisation(fixture, KOMMUNE);
    leverandor = await createOrganisation(fixture, LEVERANDOR);
    client = await createClient(leverandor, LEVERANDOR);
    kommuneClient = await createClient(kommune, KOMMUNE);
  });

  async function createClient(owner: typeof kommune, orgnr: string): Promise<Client> {
    const pair = await selfSigned(orgnr, fixture.clock.now);
    const clientId = randomUUID();
    const { certificate } = readClientCertificate([x5cOf(pair.certificatePem)])!;
    await fixture.access.admin.createOauthClient(owner.ctx, {
      clientId,
      scopes: ['ks:fiks', 'ks:other'],
      certificateFingerprints: [fingerprintOf(certificate)],
    });
    return { ...pair, clientId };
  }

  async function bearer(of = client, claims: Record<string, unknown> = {}): Promise<string> {
    const assertion = await signAssertion(of, fixture.clock.now, { claims });
    return `Bearer ${(await requestToken(fixture.app, assertion)).body.access_token}`;
  }

  let lastAddress = 0;
  /** Each call from its own address unless one is given: failures are limited per address. */
  const authenticate = (credentials: IntegrationCredentials) =>
    fixture.access.authenticateIntegration({ address: `a${++lastAddress}`, ...credentials });

  async function createIntegration(change: { clientIds?: string[] } = {}) {
    const { integrationId, password } = await fixture.access.admin.createIntegration(leverandor.ctx, {
      name: 'Fagsystem',
      authorisedOrgnr: LEVERANDOR,
      ...change,
    });
    return { integrationId, password };
  }

  const headers = (authorization: string, integration: { integrationId: string; password: string }) => ({
    authorization,
    integrasjonId: integration.integrationId,
    integrasjonPassord: integration.password,
  });

  const error = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.unreachable('was let in'),
      (thrown) => thrown,
    );

  describe('integration', () => {
    it('is let in with its grants, in any case of its id', async () => {
      const integration = await createIntegration();
      const konto = randomUUID();
      await fixture.access.admin.grant(kommune.ctx, integration.integrationId, 'svarut.konto', konto);
      const principal = await authenticate({
        ...headers(await bearer(), integration),
        integrasjonId: integration.integrationId.toUpperCase(),
      });
      expect(principal).toEqual({
        kind: 'integration',
        integrationId: integration.integrationId,
        name: 'Fagsystem',
        orgnr: LEVERANDOR,
        tenant: leverandor.id,
        grants: [{ resourceKind: 'svarut.konto', resourceId: konto, tenant: kommune.id }],
        actor: { kind: 'integration', id: integration.integrationId, name: 'Fagsystem' },
      });
      expect(grantFor(principal, 'svarut.konto', konto)?.tenant).toBe(kommune.id);
      expect(grantFor(principal, 'other', konto)).toBeUndefined();
    });

    it('gives one answer for unknown, wrong password, wrong organisation, wrong client and switched off', async () => {
      const integration = await createIntegration();
      const otherClient = await createIntegration({ clientIds: ['another'] });
      const inactive = await createIntegration();
      await fixture.access.admin.setIntegrationActive(leverandor.ctx, inactive.integrationId, false);
      const token = await bearer();
      const id = integration.integrationId;
      const failures = await Promise.all([
        error(authenticate(headers(token, { ...integration, integrationId: randomUUID() }))),
        error(authenticate(headers(token, { ...integration, password: `${integration.password}x` }))),
        error(authenticate({ ...headers(token, integration), integrasjonPassord: undefined })),
        error(authenticate(headers(await bearer(kommuneClient), integration))),
        error(authenticate(headers(token, otherClient))),
        error(authenticate(headers(token, inactive))),
      ]);
      const shapes = failures.map(({ code, status, message, params }) => ({
        code,
        status,
        message: message.replace(params.id, id),
        params: { id },
      }));
      expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1);
      expect(shapes[0]).toEqual({
        code: 'access.integration_unauthenticated',
        status: 401,
        message: `Autentisering feilet for integrasjon med id ${id}`,
        params: { id },
      });
    });

    it('does not repeat an id that is none', async () => {
      const thrown = await error(
        authenticate({
          authorization: await bearer(),
          integrasjonId: '01819010192',
          integrasjonPassord: 'x',
        }),
      );
      expect(thrown.message).toBe('Autentisering feilet for integrasjon med id -');
    });

    it('names what is wrong with a token', async () => {
      const integration = await createIntegration();
      const good = await bearer();
      const reasonOf = async (authorization: string | undefined) => {
        const thrown = await error(authenticate({ ...headers('', integration), authorization }));
        // Words in the text, the code for programs apart from it.
        expect(thrown.message).toMatch(/^Access token kunne ikke valideres: [^{}]{20,}$/);
        return [thrown.code, thrown.status, thrown.params.reason];
      };
      const refused = (reason: string) => ['access.token_invalid', 401, reason];
      expect(await reasonOf(undefined)).toEqual(refused('missing'));
      expect(await reasonOf('Basic YTpi')).toEqual(refused('missing'));
      expect(await reasonOf('Bearer opaque')).toEqual(refused('malformed'));
      expect(await reasonOf(`${good.slice(0, -4)}AAAA`)).toEqual(refused('signature'));
      expect(await reasonOf(await bearer(client, { scope: 'ks:other' }))).toEqual(refused('scope'));
      const other = await fixture.restart({ publicUrl: () => 'http://other.example' });
      const thrown = await error(other.access.authenticateIntegration(headers(good, integration)));
      expect(thrown.params.reason).toBe('unknown_issuer');
    });

    it('notices an expired token, also one that was accepted before', async () => {
      const integration = await createIntegration();
      const credentials = headers(await bearer(), integration);
      await authenticate(credentials);
      const before = fixture.clock.now;
      fixture.clock.now = new Date(before.getTime() + 131_000);
      const thrown = await error(authenticate(credentials));
      fixture.clock.now = before;
      expect(thrown.params.reason).toBe('expired');
    });

    it('answers a repeated login from memory, and forgets within five seconds what another process changed', async () => {
      const integration = await createIntegration();
      const konto = randomUUID();
      const other = await fixture.restart();
      await other.access.admin.grant(kommune.ctx, integration.integrationId, 'svarut.konto', konto);
      const credentials = { ...headers(await bearer(), integration), address: 'here' };
      const first = await fixture.access.authenticateIntegration(credentials);
      expect(await fixture.access.authenticateIntegration(credentials)).toBe(first);

      await other.access.admin.revokeGrant(kommune.ctx, integration.integrationId, 'svarut.konto', konto);
      const before = fixture.clock.now;
      fixture.clock.now = new Date(before.getTime() + 4_999);
      expect((await fixture.access.authenticateIntegration(credentials)).grants).toHaveLength(1);
      fixture.clock.now = new Date(before.getTime() + 5_000);
      expect((await fixture.access.authenticateIntegration(credentials)).grants).toHaveLength(0);

      await other.access.admin.setIntegrationActive(leverandor.ctx, integration.integrationId, false);
      fixture.clock.now = new Date(before.getTime() + 10_000);
      expect((await error(fixture.access.authenticateIntegration(credentials))).status).toBe(401);
      fixture.clock.now = before;
    });

    it('notices at once what this process changed', async () => {
      const integration = await createIntegration();
      const credentials = headers(await bearer(), integration);
      await authenticate(credentials);
      const { password } = await fixture.access.admin.rotateIntegrationPassword(
        leverandor.ctx,
        integration.integrationId,
      );
      expect((await error(authenticate(credentials))).status).toBe(401);
      await authenticate({ ...credentials, integrasjonPassord: password });
      await fixture.access.admin.setOrganisationActive(leverandor.ctx, false);
      expect((await error(authenticate({ ...credentials, integrasjonPassord: password }))).status).toBe(401);
      await fixture.access.admin.setOrganisationActive(leverandor.ctx, true);
    });

    it('slows down after ten failures from one address, and nobody else', async () => {
      const integration = await createIntegration();
      const token = await bearer();
      const wrong = { ...headers(token, { ...integration, password: 'wrong' }), address: 'noisy' };
      for (let attempt = 0; attempt < 10; attempt++)
        expect((await error(fixture.access.authenticateIntegration(wrong))).status).toBe(401);
      const thrown = await error(fixture.access.authenticateIntegration(wrong));
      expect([thrown.code, thrown.status]).toEqual(['kernel.rate_limited', 429]);
      const elsewhere = { ...wrong, address: 'quiet' };
      expect((await error(fixture.access.authenticateIntegration(elsewhere))).status).toBe(401);
    });

    it('lets the right credential in whatever wrong ones have been tried in its name from its address', async () => {
      const integration = await createIntegration();
      const token = await bearer();
      const right = { ...headers(token, integration), address: 'shared' };
      const wrongOnes = [
        { ...right, integrasjonPassord: 'wrong' },
        { ...right, authorization: 'Bearer rubbish' },
        { ...right, authorization: undefined },
      ];
      for (let attempt = 0; attempt < 12; attempt++)
        for (const wrong of wrongOnes) await error(fixture.access.authenticateIntegration(wrong));
      expect((await error(fixture.access.authenticateIntegration(wrongOnes[0]!))).status).toBe(429);
      // Twice: the second is not the one that is remembered.
      for (const target of [fixture, await fixture.restart()]) {
        const principal = await target.access.authenticateIntegration(right);
        expect(principal.integrationId).toBe(integration.integrationId);
      }
    });

    it('measures its times by a clock that nobody sets', async () => {
      const integration = await createIntegration();
      const token = await bearer();
      const right = { ...headers(token, integration), address: 'clock' };
      const wrong = { ...right, integrasjonPassord: 'wrong' };
      const { clock } = fixture;
      const real = clock.now;
      clock.elapsedMs = 1_000_000;
      try {
        const target = await fixture.restart();
        for (let attempt = 0; attempt < 11; attempt++)
          await error(target.access.authenticateIntegration(wrong));
        await target.access.authenticateIntegration(right);
        // Two hours back: as NTP, or a hand, may set it.
        clock.now = new Date(real.getTime() - 2 * 3_600_000);
        const { params } = await error(target.access.authenticateIntegration(wrong));
        expect(Number(params.seconds)).toBeLessThanOrEqual(60);
        clock.elapsedMs += 60_001;
        expect((await error(target.access.authenticateIntegration(wrong))).status).toBe(401);
        // What another process takes away is believed no longer than five seconds, whatever the time of day.
        clock.now = real;
        await target.access.authenticateIntegration(right);
        clock.now = new Date(real.getTime() - 60_000);
        await fixture.access.admin.setIntegrationActive(leverandor.ctx, integration.integrationId, false);
        clock.elapsedMs += 5_000;
        expect((await error(target.access.authenticateIntegration(right))).status).toBe(401);
      } finally {
        clock.now = real;
        delete clock.elapsedMs;
      }
    });

    it('says that the keys are out of reach when they are, not that the token is wrong', async () => {
      const integration = await createIntegration();
      const token = await bearer();
      const issuer = fixture.issuer()!;
      const unreachable = await fixture.restart({
        issuer: undefined as never,
        trustedIssuers: [{ issuer, keys: { jwksUri: 'http://127.0.0.1:1/jwk' } }],
      });
      const thrown = await error(unreachable.access.authenticateIntegration(headers(token, integration)));
      expect(thrown.code).toBe(AuthError.issuerUnavailable().code);
    });
  });

  describe('account', () => {
    const basic = (username: string, password: string, encoding: BufferEncoding = 'utf8') =>
      `Basic ${Buffer.from(`${username}:${password}`, encoding).toString('base64')}`;

    it('is let in to its one konto', async () => {
      const kontoId = randomUUID();
      const { password } = await fixture.access.admin.createAccount(kommune.ctx, {
        username: 'konto1',
        kontoId,
      });
      expect(await fixture.access.authenticateAccount(basic('konto1', password))).toEqual({
        kind: 'integration',
        username: 'konto1',
        tenant: kommune.id,
        kontoId,
        orgnr: KOMMUNE,
        actor: { kind: 'integration', id: 'konto1', name: `Eksempel ${KOMMUNE}` },
      });
    });

    it('gives one answer for unknown, wrong, unreadable and switched off', async () => {
      const { password } = await fixture.access.admin.createAccount(kommune.ctx, {
        username: 'konto2',
        kontoId: randomUUID(),
      });
      await fixture.access.authenticateAccount(basic('konto2', password));
      await fixture.access.admin.setAccountActive(kommune.ctx, 'konto2', false);
      const attempts = [
        basic('konto2', password),
        basic('konto2', 'wrong'),
        basic('nobody', password),
        basic('x'.repeat(200), password),
        basic('kåre', 'påssord', 'latin1'),
        'Basic !!!',
        undefined,
      ];
      const failures = await Promise.all(
        attempts.map((header, n) => error(fixture.access.authenticateAccount(header, `b${n}`))),
      );
      expect(new Set(failures.map(({ code, status, message }) => `${code} ${status} ${message}`))).toEqual(
        new Set(['access.account_unauthenticated 401 Ukjent brukernavn eller feil passord']),
      );
    });

    it('has its own names for mottakersystemer', async () => {
      const { certificatePem } = client;
      const { id, password } = await fixture.access.admin.createMottakersystem(kommune.ctx, {
        username: 'mottak',
        name: 'Arkivet',
        certificatePem,
      });
      const principal = await fixture.access.authenticateMottakersystem(basic('mottak', password));
      expect(principal).toMatchObject({ mottakersystemId: id, tenant: kommune.id, certificatePem });
      expect((await error(fixture.access.authenticateAccount(basic('mottak', password)))).status).toBe(401);
      const renewed = await fixture.access.admin.rotateMottakersystemPassword(kommune.ctx, 'mottak');
      expect((await error(fixture.access.authenticateMottakersystem(basic('mottak', password)))).status).toBe(
        401,
      );
      await fixture.access.authenticateMottakersystem(basic('mottak', renewed.password));
    });
  });

  it('counts refusals in few rows, whatever names callers invent', async () => {
    const target = await fixture.restart();
    const integration = await createIntegration();
    const token = await bearer();
    for (let n = 0; n < 50; n++) {
      await error(target.access.authenticateAccount(`Basic ${btoa(`invented${n}:x`)}`, `c${n}`));
      const wrong = { ...integration, password: 'wrong' };
      await error(target.access.authenticateIntegration({ ...headers(token, wrong), address: `c${n}` }));
    }
    await fixture.test.owner.query('delete from access.refusal');
    await target.room.stop!();
    const { rows } = await fixture.test.owner.query(
      'select subject, reason, count::int from access.refusal order by subject',
    );
    const expected = [
      { subject: integration.integrationId, reason: 'integration', count: 50 },
      { subject: 'unknown', reason: 'password', count: 50 },
    ];
    expect(rows).toHaveLength(2);
    expect(rows).toEqual(expect.arrayContaining(expected));
    const audited = await fixture.test.owner.query(
      `select count(*)::int as entries from kernel.audit where operation = 'access.login.refuse' and object = $1`,
      [integration.integrationId],
    );
    expect(audited.rows).toEqual([{ entries: 1 }]);
  });

  it('lets nobody but the operator and organisasjonsadministratorer change anything', async () => {
    const fnr = '01819010192';
    const asPerson = withCtx(leverandor.ctx, { actor: { kind: 'person', id: fnr } });
    const asIntegration = withCtx(leverandor.ctx, { actor: { kind: 'integration', id: randomUUID() } });
    const { admin } = fixture.access;
    const input = { name: 'X', authorisedOrgnr: LEVERANDOR };
    for (const ctx of [asPerson, asIntegration, operatorCtx(fixture)])
      expect((await error(admin.createIntegration(ctx, input))).code).toBe('kernel.forbidden');
    await admin.addRole(leverandor.ctx, fnr, 'avsender');
    expect((await error(admin.createIntegration(asPerson, input))).code).toBe('kernel.forbidden');
    await admin.addRole(leverandor.ctx, fnr, 'organisasjonsadministrator');
    await admin.createIntegration(asPerson, input);
    expect((await error(admin.setOrganisationActive(asPerson, false))).code).toBe('kernel.forbidden');
    expect((await error(admin.rotateSigningKey(asPerson))).code).toBe('kernel.forbidden');
    const elsewhere = withCtx(asPerson, { tenant: kommune.id });
    expect((await error(admin.createIntegration(elsewhere, input))).code).toBe('kernel.forbidden');
    const roles = await fixture.access.rolesOf(withCtx(asPerson, { tenant: null }));
    expect(roles.map(({ role, organisation }) => [organisation.orgnr, role])).toEqual([
      [LEVERANDOR, 'avsender'],
      [LEVERANDOR, 'organisasjonsadministrator'],
    ]);
    await admin.removeRole(leverandor.ctx, fnr, 'organisasjonsadministrator');
    expect((await error(admin.createIntegration(asPerson, input))).code).toBe('kernel.forbidden');
  });
});
