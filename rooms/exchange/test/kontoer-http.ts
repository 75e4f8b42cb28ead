import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createMaskinportenClient } from '@grunnmur/kernel/auth';
import type { SelfSigned } from '@grunnmur/kernel/crypto';
import { createApp } from '@grunnmur/kernel/http';
import { afterTestFile } from '@grunnmur/kernel/testing';
import { registerKontoer } from '../routes/register-kontoer.ts';
import {
  createFixture,
  createOrganisation,
  createTestSystem,
  type Fixture,
  newKeys,
  type TestSystem,
} from './kontoer-fixture.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, else the text; undefined when empty. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  readonly body: any;
}

/** A system that calls over HTTP with a token of the built-in issuer. */
export interface HttpSystem extends TestSystem {
  readonly orgnr: string;
  readonly headers: Readonly<Record<string, string>>;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface HttpFixture extends Fixture {
  readonly url: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Creates the organisation when it is new, and a system in it. */
  system(orgnr: string, input?: Parameters<typeof createTestSystem>[2]): Promise<HttpSystem>;
}

/** Every account face over real HTTP, with the access room, its issuer and PostgreSQL. */
export async function startHttp(): Promise<HttpFixture> {
  let url = '';
  const fixture = await createFixture(undefined, () => url);
  const app = await createApp({ log: fixture.log, version: 'test', publicUrl: 'http://127.0.0.1' });
  await fixture.accessRoom.room.routes!(app);
  const baseCtx = (request: { id: string }) =>
    fixture.test.ctx({
      tenant: null,
      actor: { kind: 'anonymous', id: '' },
      requestId: request.id,
      now: () => fixture.clock.now,
    });
  await registerKontoer(app, { ...fixture.deps, admin: fixture.admin, baseCtx });
  await app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  afterTestFile(() => app.close());

  const call: HttpFixture['call'] = async (method, path, body, headers = {}) => {
    const isForm = body instanceof FormData;
    const sent =
      body === undefined ? {} : { body: isForm || typeof body === 'string' ? body : JSON.stringify(body) };
    const type: Record<string, string> =
      body === undefined || isForm ? {} : { 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, { method, headers: { ...type, ...headers }, ...sent });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : isJson ? JSON.parse(text) : text,
    };
  };

  const keys = new Map<string, Promise<SelfSigned>>();
  const keysOf = (orgnr: string) => {
    const known = keys.get(orgnr) ?? newKeys({ orgnr });
    keys.set(orgnr, known);
    return known;
  };
  const organisations = new Map<string, Awaited<ReturnType<typeof createOrganisation>>>();
  const system: HttpFixture['system'] = async (orgnr, input) => {
    const { certificatePem, privateKeyPem } = await keysOf(orgnr);
    let ctx = organisations.get(orgnr);
    const clientId = `klient-${orgnr}`;
    if (!ctx) {
      ctx = await createOrganisation(fixture, orgnr);
      organisations.set(orgnr, ctx);
      const fingerprint = new X509Certificate(certificatePem).fingerprint256
        .replaceAll(':', '')
        .toLowerCase();
      await fixture.access.admin.createOauthClient(ctx, {
        clientId,
        scopes: ['ks:fiks'],
        certificateFingerprints: [fingerprint],
      });
    }
    const made = await createTestSystem(fixture, ctx, input);
    const issuer = fixture.accessRoom.issuer()!;
    const client = createMaskinportenClient({
      issuer,
      tokenEndpoint: `${issuer}token`,
      clientId,
      privateKeyPem,
      certificatePem,
      now: () => fixture.clock.now,
    });
    const headers = {
      // In the case that the Java client sends.
      AUTHORIZATION: `Bearer ${await client.token({ scope: 'ks:fiks' })}`,
      integrasjonId: made.integrasjonId,
      integrasjonPassord: made.integrasjonPassord,
    };
    return {
      ...made,
      orgnr,
      headers,
      call: (method, path, body, more) => call(method, path, body, { ...headers, ...more }),
    };
  };
  return { ...fixture, url, call, system };
}
