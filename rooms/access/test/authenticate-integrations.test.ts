import { randomUUID } from 'node:crypto';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { createApp } from '@grunnmur/kernel/http';
import { createLogger } from '@grunnmur/kernel/log';
import { beforeAll, describe, expect, it } from 'vitest';
import { authenticateIntegrations, caller } from '../contract.ts';
import { fingerprintOf, readClientCertificate } from '../issuer/client-certificate.ts';
import {
  createFixture,
  createOrganisation,
  type Fixture,
  LEVERANDOR,
  requestToken,
  selfSigned,
  signAssertion,
  x5cOf,
} from './fixture.ts';

describe('the login of integrations that every face uses', () => {
  let fixture: Fixture;
  let app: Awaited<ReturnType<typeof createApp>>;
  let tenant: string;
  let login: { authorization: string; integrasjonId: string; integrasjonPassord: string };

  beforeAll(async () => {
    fixture = await createFixture();
    const owner = await createOrganisation(fixture, LEVERANDOR);
    tenant = owner.ctx.tenant!;
    const pair = await selfSigned(LEVERANDOR, fixture.clock.now);
    const clientId = randomUUID();
    const { certificate } = readClientCertificate([x5cOf(pair.certificatePem)])!;
    const certificateFingerprints = [fingerprintOf(certificate)];
    const { admin } = fixture.access;
    await admin.createOauthClient(owner.ctx, { clientId, scopes: ['ks:fiks'], certificateFingerprints });
    const made = await admin.createIntegration(owner.ctx, {
      name: 'Fagsystem',
      authorisedOrgnr: LEVERANDOR,
    });
    const assertion = await signAssertion({ ...pair, clientId }, fixture.clock.now);
    login = {
      authorization: `Bearer ${(await requestToken(fixture.app, assertion)).body.access_token}`,
      integrasjonId: made.integrationId,
      integrasjonPassord: made.password,
    };
    app = await createApp({
      log: createLogger({ level: 'silent' }),
      version: '0',
      publicUrl: 'http://localhost',
    });
    const baseCtx = () => ({ tenant: null, actor: { kind: 'anonymous', id: '-' } }) as Ctx;
    await app.register(async (scope) => {
      authenticateIntegrations(scope, { access: fixture.access, baseCtx });
      scope.post('/hvem', async (request) => {
        const { ctx, principal } = caller(request);
        return { tenant: ctx.tenant, actor: ctx.actor.id, integration: principal.integrationId };
      });
    });
  });

  const call = (change: Partial<typeof login>) =>
    app.inject({ method: 'POST', url: '/hvem', headers: { ...login, ...change } });

  it('acts as the integration in the organisation that owns it', async () => {
    const { integrasjonId } = login;
    expect((await call({})).json()).toEqual({
      tenant: tenant,
      actor: integrasjonId,
      integration: integrasjonId,
    });
  });

  it.each([
    ['', ' '],
    [' ', ''],
    ['\t', '  '],
    ['\u00a0', '\u00a0'],
  ])(
    'counts white space around id and password for nothing, in whatever form they come (%j, %j)',
    async (a, z) => {
      const spaced = {
        integrasjonId: `${a}${login.integrasjonId}${z}`,
        integrasjonPassord: `${a}${login.integrasjonPassord}${z}`,
      };
      expect((await call(spaced)).statusCode).toBe(200);
      // Messages over AMQP come without headers.
      const direct = await fixture.access.authenticateIntegration({ ...login, ...spaced });
      expect(direct.integrationId).toBe(login.integrasjonId);
    },
  );

  it.each([
    [
      'white space inside the password',
      () => ({ integrasjonPassord: login.integrasjonPassord.replace(/^./, '$& ') }),
    ],
    ['another password', () => ({ integrasjonPassord: `${login.integrasjonPassord}x` })],
    ['no id', () => ({ integrasjonId: '' })],
    ['no token', () => ({ authorization: '' })],
  ])('refuses %s', async (_, change) => {
    expect((await call(change())).statusCode).toBe(401);
  });
});
