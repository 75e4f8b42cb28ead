import { randomUUID } from 'node:crypto';
import { createSelfSigned, type SelfSigned } from '@grunnmur/kernel/crypto';
import { withCtx } from '@grunnmur/kernel/ctx';
import { createApp } from '@grunnmur/kernel/http';
import { createLogger } from '@grunnmur/kernel/log';
import { type TestDatabase, testDatabase } from '@grunnmur/kernel/testing';
import type { FastifyInstance } from 'fastify';
import { importPKCS8, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import type { AccessOptions } from '../access-options.ts';
import { type AccessRoom, createAccessRoom } from '../create-room.ts';

/** Valid numbers of the synthetic series. */
export const KOMMUNE = '310000019';
export const LEVERANDOR = '310000027';
const MASTER_KEY = new Uint8Array(32).fill(7);
export const PUBLIC_URL = 'http://127.0.0.1:8080';
export const ISSUER = `${PUBLIC_URL}/maskinporten/`;
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Moves with the wall clock, unless a test tells the two apart. */
interface Clock {
  now: Date;
  elapsedMs?: number;
}

export interface Fixture extends AccessRoom {
  readonly test: TestDatabase;
  /** The clock that everything in the room reads; may be moved. */
  readonly clock: Clock;
  readonly app: FastifyInstance;
  /** Another process on the same database and clock. */
  readonly restart: (change?: Partial<AccessOptions>) => Promise<Fixture>;
}

export async function createFixture(change: Partial<AccessOptions> = {}): Promise<Fixture> {
  const test = await testDatabase();
  return start(test, { now: new Date() }, change);
}

async function start(test: TestDatabase, clock: Clock, change: Partial<AccessOptions>): Promise<Fixture> {
  const log = createLogger({ level: 'silent' });
  const accessRoom = createAccessRoom({
    db: test.db,
    log,
    now: () => clock.now,
    elapsedMs: () => clock.elapsedMs ?? clock.now.getTime(),
    masterKey: MASTER_KEY,
    publicUrl: () => PUBLIC_URL,
    issuer: {},
    ...change,
  });
  const app = await createApp({ log, version: '0', publicUrl: PUBLIC_URL });
  await accessRoom.room.routes!(app);
  const restart = (next: Partial<AccessOptions> = {}) => start(test, clock, { ...change, ...next });
  return { ...accessRoom, test, clock, app, restart };
}

/** The operator's context in an organisation. */
export function operatorCtx(fixture: Fixture, tenant: string | null = null) {
  return fixture.test.ctx({
    tenant,
    actor: { kind: 'system', id: 'operator' },
    now: () => fixture.clock.now,
  });
}

export async function createOrganisation(fixture: Fixture, orgnr: string) {
  const ctx = operatorCtx(fixture);
  const organisation = await fixture.access.admin.createOrganisation(ctx, {
    orgnr,
    name: `Eksempel ${orgnr}`,
    kind: 'kommune',
  });
  return { ...organisation, ctx: withCtx(ctx, { tenant: organisation.id }) };
}

export interface Client extends SelfSigned {
  readonly clientId: string;
}

/** A key pair with an enterprise-like certificate. RSA keys are slow to make: share them where the test allows. */
export function selfSigned(orgnr: string, now: Date, days = 30): Promise<SelfSigned> {
  return createSelfSigned({
    commonName: 'Test',
    organisationNumber: orgnr,
    notBefore: new Date(now.getTime() - 86_400_000),
    notAfter: new Date(now.getTime() + days * 86_400_000),
  });
}

/** The base64 DER text that `x5c` holds. */
export function x5cOf(certificatePem: string): string {
  return certificatePem.replace(/-----[^-]+-----|\s/g, '');
}

/** Signs a token request as the published clients do; anything can be put otherwise. `null` leaves a claim out. */
export async function signAssertion(
  client: Client,
  now: Date,
  change: { claims?: Record<string, unknown>; header?: Partial<JWTHeaderParameters>; key?: string } = {},
): Promise<string> {
  const iat = Math.floor(now.getTime() / 1000);
  const claims: Record<string, unknown> = {
    iss: client.clientId,
    aud: ISSUER,
    scope: 'ks:fiks',
    iat,
    exp: iat + 120,
    jti: randomUUID(),
    ...change.claims,
  };
  for (const name of Object.keys(claims)) if (claims[name] === null) delete claims[name];
  const header = { alg: 'RS256', x5c: [x5cOf(client.certificatePem)], ...change.header };
  const key = await importPKCS8(change.key ?? client.privateKeyPem, header.alg ?? 'RS256');
  return new SignJWT(claims as JWTPayload).setProtectedHeader(header).sign(key);
}

let lastAddress = 0;

/** Posts a token request, by default each from its own address: failures are limited per address. */
export async function requestToken(
  app: FastifyInstance,
  assertion: string,
  grantType = JWT_BEARER,
  remoteAddress = `10.0.${++lastAddress >> 8}.${lastAddress & 255}`,
) {
  const answer = await app.inject({
    method: 'POST',
    remoteAddress,
    url: '/maskinporten/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', charset: 'utf-8' },
    // The Java client sends the colons unescaped.
    payload: `grant_type=${grantType}&assertion=${assertion}`,
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
}
