import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimulatorFixture, startSimulator } from './simulator-fixture.ts';

let simulator: SimulatorFixture;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.fixture.app.close());

const insecure = { execute: [oidc.allowInsecureRequests] };
const read = async (path: string) => (await fetch(`${simulator.base}${path}`)).json();

describe('metadata is where clients look for it', () => {
  it.each([
    ['the token issuer, by RFC 8414', '/maskinporten/', { algorithm: 'oauth2' }],
    ['the token issuer, by OpenID Connect Discovery', '/maskinporten/', { algorithm: 'oidc' }],
    ['the login simulator, by RFC 8414', '/idporten', { algorithm: 'oauth2' }],
    ['the login simulator, by OpenID Connect Discovery', '/idporten', { algorithm: 'oidc' }],
  ] as const)('openid-client finds %s', async (_name, issuer, options) => {
    const address = `${simulator.base}${issuer}`;
    const found = await oidc.discovery(new URL(address), 'klient', {}, oidc.None(), {
      ...insecure,
      ...options,
    });
    expect(found.serverMetadata()).toMatchObject({
      issuer: address,
      token_endpoint: `${simulator.base}${issuer.replace(/\/$/, '')}/token`,
    });
  });

  it.each(['/maskinporten', '/idporten'])(
    'below %s and below the root, the same by every name',
    async (path) => {
      const names = ['oauth-authorization-server', 'openid-configuration'];
      const places = names.flatMap((name) => [
        `${path}/.well-known/${name}`,
        `/.well-known/${name}${path}`,
        `/.well-known/${name}${path}/`,
      ]);
      const [first, ...others] = await Promise.all(places.map(read));
      expect(first).toHaveProperty('issuer');
      for (const other of others) expect(other).toEqual(first);
    },
  );
});
