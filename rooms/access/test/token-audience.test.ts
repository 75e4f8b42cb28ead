import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { fingerprintOf, readClientCertificate } from '../issuer/client-certificate.ts';
import {
  createFixture,
  createOrganisation,
  LEVERANDOR,
  PUBLIC_URL,
  requestToken,
  selfSigned,
  signAssertion,
  x5cOf,
} from './fixture.ts';

it('takes a token for itself or for nobody named, none for another service or for a person', async () => {
  const fixture = await createFixture({
    audiences: ['https://brev-gammel.example.no/', 'urn:eksempel:brev'],
  });
  const { access, app, clock } = fixture;
  const owner = await createOrganisation(fixture, LEVERANDOR);
  const pair = await selfSigned(LEVERANDOR, clock.now);
  const clientId = randomUUID();
  const { certificate } = readClientCertificate([x5cOf(pair.certificatePem)])!;
  await access.admin.createOauthClient(owner.ctx, {
    clientId,
    scopes: ['ks:fiks'],
    certificateFingerprints: [fingerprintOf(certificate)],
  });
  const { integrationId, password } = await access.admin.createIntegration(owner.ctx, {
    name: 'Fagsystem',
    authorisedOrgnr: LEVERANDOR,
  });
  let address = 0;
  const attempt = async (claims: Record<string, unknown>) => {
    const assertion = await signAssertion({ ...pair, clientId }, clock.now, { claims });
    const { body } = await requestToken(app, assertion);
    return access
      .authenticateIntegration({
        address: `a${++address}`,
        authorization: `Bearer ${body.access_token}`,
        integrasjonId: integrationId,
        integrasjonPassord: password,
      })
      .then(
        () => 'taken',
        (refused) => refused.params.reason,
      );
  };
  expect(await attempt({})).toBe('taken');
  expect(await attempt({ resource: PUBLIC_URL })).toBe('taken');
  expect(await attempt({ resource: `${PUBLIC_URL}/api/v2` })).toBe('taken');
  // Named by the installation's settings.
  expect(await attempt({ resource: 'https://brev-gammel.example.no' })).toBe('taken');
  expect(await attempt({ resource: 'https://brev-gammel.example.no/api' })).toBe('taken');
  expect(await attempt({ resource: 'https://brev-gammel.example.no.evil.example' })).toBe('audience');
  expect(await attempt({ resource: 'https://api.helt-annen-tjeneste.no' })).toBe('audience');
  expect(await attempt({ resource: `${PUBLIC_URL}.evil.example` })).toBe('audience');
  expect(await attempt({ pid: '01819010192' })).toBe('person');
});
