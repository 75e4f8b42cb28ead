import { freePort } from '@grunnmur/kernel/net';
import * as oidc from 'openid-client';
import { createFixture, type Fixture } from './fixture.ts';

export const KARI = '01819010192';
export const OLA = '01819010273';
export const DEAD = '01819010354';
/** A valid synthetic number that is not on the list. */
export const UNLISTED = '01819010435';
/** A valid number of the series that real persons have. */
export const REAL_SERIES = '01019010127';

const CLIENT_SECRET = 'a-secret-of-the-portal-0123456789abcdef';

export interface SimulatorFixture {
  readonly fixture: Fixture;
  /** Address of the running server. */
  readonly base: string;
  readonly redirectUri: string;
  readonly config: oidc.Configuration;
}

/** The room with its simulator, listening on a free port, and a client that has read its discovery document. */
export async function startSimulator(): Promise<SimulatorFixture> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const redirectUri = `${base}/auth/callback`;
  const fixture = await createFixture({
    publicUrl: () => base,
    idporten: {
      persons: () => [
        { fnr: KARI, name: 'Kari <Æøå>', situation: 'digital-mailbox' },
        { fnr: OLA, name: 'Ola Nordmann', situation: 'reserved' },
        { fnr: DEAD, name: 'Død Mann', situation: 'deceased' },
      ],
      client: {
        clientId: 'portal',
        clientSecret: CLIENT_SECRET,
        redirectUris: () => [redirectUri],
        postLogoutRedirectUris: () => [`${base}/`],
      },
    },
  });
  await fixture.app.listen({ port, host: '127.0.0.1' });
  const config = await oidc.discovery(
    new URL(`${base}/idporten`),
    'portal',
    {},
    oidc.ClientSecretBasic(CLIENT_SECRET),
    { execute: [oidc.allowInsecureRequests] },
  );
  return { fixture, base, redirectUri, config };
}

/** An authorization request with PKCE, and what redeems the code that comes back. */
export async function startLogin(simulator: SimulatorFixture, extra: Record<string, string> = {}) {
  const { config, redirectUri } = simulator;
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...extra,
  });
  const finish = (callback: string) =>
    oidc.authorizationCodeGrant(config, new URL(callback), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    });
  return { url: url.href, finish };
}
